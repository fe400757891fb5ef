import { at, isArray, isObject, isScalar, type Json, type JsonObject, own, type Scalar } from './json.ts';
import { type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
import type { Property, Schema } from './schema.ts';

/** Reads the keywords of `type: object`, rules apart. */
export const readObject = (json: JsonObject, pointer: string, reader: Reader): Schema => ({
  kind: 'object',
  properties: readProperties(json, pointer, reader),
  ...readAdditional(json, pointer, reader),
});

function readProperties(json: JsonObject, pointer: string, reader: Reader): Property[] {
  const given = own(json, 'properties') ?? {};
  const listed = isObject(given) ? given : {}; // Anything else was rejected with the keys.
  const required = readRequired(json, pointer, reader);
  const additional = own(json, 'additionalProperties');
  return [...new Set([...Object.keys(listed), ...required.keys()])].map((name) => {
    const place = required.get(name) ?? '';
    if (Object.hasOwn(listed, name)) return readProperty(name, listed[name], required, pointer, reader);
    rejectInherited(name, place, reader);
    if (additional === false)
      reader.rejections.add(
        place,
        `\`${name}\` is required and not allowed: add it to properties, or leave it out here`,
      );
    const schema = isObject(additional)
      ? readSchema(additional, at(pointer, 'additionalProperties'), reader)
      : ANYTHING;
    return { name, schema, required: true };
  });
}

const ANYTHING: Schema = { kind: 'anything' };

function readProperty(
  name: string,
  json: Json | undefined,
  required: ReadonlyMap<string, string>,
  pointer: string,
  reader: Reader,
): Property {
  const place = at(at(pointer, 'properties'), name);
  rejectInherited(name, place, reader);
  const has = (key: string) => isObject(json) && own(json, key) === true;
  const [answered, sent] = [has('readOnly'), has('writeOnly')];
  if (answered && sent)
    reader.rejections.add(place, 'readOnly and writeOnly together leave no place for the field; leave one of them out');
  return {
    name,
    schema: readSchema(json, place, reader, 'property'),
    required: required.has(name),
    ...(!required.has(name) && readDefault(json, place, reader.rejections)),
    ...((answered || sent) && { only: answered ? 'response' : 'request' }),
  };
}

function rejectInherited(name: string, place: string, { rejections }: Reader): void {
  if (name in Object.prototype)
    rejections.add(place, 'every JavaScript object inherits a field of this name; rename it');
}

/** The required names, each with the place that says so. */
function readRequired(json: JsonObject, pointer: string, { rejections }: Reader): ReadonlyMap<string, string> {
  const listed = own(json, 'required') ?? [];
  if (!isArray(listed)) rejections.add(at(pointer, 'required'), 'expected a list of property names');
  const required = new Map<string, string>();
  for (const [index, name] of (isArray(listed) ? listed : []).entries()) {
    const place = at(at(pointer, 'required'), index);
    if (typeof name !== 'string') rejections.add(place, 'expected the name of a property');
    else if (required.has(name)) rejections.add(place, `\`${name}\` is there twice; remove one of them`);
    else required.set(name, place);
  }
  return required;
}

/** The `default` of a property or parameter that may be absent. */
export function readDefault(json: Json | undefined, pointer: string, rejections: Rejections): { default?: Scalar } {
  const value = isObject(json) ? own(json, 'default') : undefined;
  if (value === undefined) return {};
  if (isScalar(value)) return { default: value };
  rejections.add(
    at(pointer, 'default'),
    'a list or object as default is not compiled; say in the description what absence means',
  );
  return {};
}

function readAdditional(json: JsonObject, pointer: string, reader: Reader): { additional?: boolean | Schema } {
  const value = own(json, 'additionalProperties');
  if (value === undefined) return {};
  if (typeof value === 'boolean') return { additional: value };
  const place = at(pointer, 'additionalProperties');
  const schema = readSchema(value, place, reader);
  if (schema.kind === 'anything' && !schema.rules) return { additional: true };
  const properties = own(json, 'properties');
  if (isObject(properties) && Object.keys(properties).length > 0) {
    reader.rejections.add(
      place,
      'a schema beside properties has no type in TypeScript; give the free fields an object of their own',
    );
  }
  return { additional: schema };
}
