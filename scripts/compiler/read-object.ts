import { at, isArray, isObject, isScalar, type Json, type JsonObject, own, type Scalar } from './json.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { valuesOf } from './read-values.ts';
import type { ObjectSchema, Property, Schema } from './schema.ts';

/** Reads the keywords of `type: object`. */
export function readObject(json: JsonObject, pointer: string, reader: Reader): ObjectSchema {
  const values = valuesOf(json, pointer, reader.rejections);
  return {
    kind: 'object',
    properties: readProperties(json, pointer, reader),
    ...readAdditional(json, pointer, reader),
    ...values.count('minProperties'),
    ...values.count('maxProperties'),
    ...values.limits(),
    ...readDisjoint(json, pointer, reader),
  };
}

function readProperties(json: JsonObject, pointer: string, reader: Reader): Property[] {
  const listed = own(json, 'properties') ?? {};
  if (!isObject(listed)) return []; // Refused with the keys.
  const required = readRequired(json, listed, pointer, reader);
  return Object.keys(listed).map((name) => {
    const place = at(at(pointer, 'properties'), name);
    if (name in Object.prototype) {
      reader.rejections.add(place, 'every JavaScript object inherits a field of this name; rename it');
    }
    const schema = readSchema(own(listed, name), place, reader, true);
    return {
      name,
      schema,
      required: required.has(name),
      ...readDefault(own(listed, name), required.has(name), place, reader),
    };
  });
}

function readRequired(
  json: JsonObject,
  properties: JsonObject,
  pointer: string,
  { rejections }: Reader,
): ReadonlySet<string> {
  const listed = own(json, 'required') ?? [];
  if (!isArray(listed)) rejections.add(at(pointer, 'required'), 'expected a list of property names');
  const required = new Set<string>();
  for (const [index, name] of (isArray(listed) ? listed : []).entries()) {
    const place = at(at(pointer, 'required'), index);
    if (typeof name !== 'string') rejections.add(place, 'expected the name of a property');
    else if (!Object.hasOwn(properties, name))
      rejections.add(place, `\`${name}\` is not in properties here; add it there`);
    else if (required.has(name)) rejections.add(place, `\`${name}\` is there twice`);
    else required.add(name);
  }
  return required;
}

function readDefault(
  property: Json | undefined,
  required: boolean,
  pointer: string,
  { rejections }: Reader,
): { default?: Scalar } {
  const value = isObject(property) ? own(property, 'default') : undefined;
  if (value === undefined) return {};
  const place = at(pointer, 'default');
  if (required) rejections.add(place, 'a required property needs no default; remove one of the two');
  else if (!isScalar(value))
    rejections.add(place, 'a list or object as default is not compiled; say in the description what absence means');
  else return { default: value };
  return {};
}

function readAdditional(json: JsonObject, pointer: string, reader: Reader): { additional?: boolean | Schema } {
  const value = own(json, 'additionalProperties');
  if (value === undefined) return {};
  if (typeof value === 'boolean') return { additional: value };
  if (isObject(value) && Object.keys(value).length === 0) return { additional: true };
  const place = at(pointer, 'additionalProperties');
  const properties = own(json, 'properties');
  if (isObject(properties) && Object.keys(properties).length > 0) {
    reader.rejections.add(
      place,
      'a schema beside properties has no type in TypeScript; give the free fields an object of their own',
    );
  }
  return { additional: readSchema(value, place, reader) };
}

function readDisjoint(json: JsonObject, pointer: string, { rejections }: Reader): { disjoint?: [[string, string]] } {
  const value = own(json, 'x-disjoint');
  if (value === undefined) return {};
  const properties = own(json, 'properties');
  const [first, second] = isArray(value) && value.length === 2 ? value : [];
  const named = (name: Json | undefined): name is string =>
    typeof name === 'string' && isObject(properties) && Object.hasOwn(properties, name);
  if (named(first) && named(second) && first !== second) return { disjoint: [[first, second]] };
  rejections.add(at(pointer, 'x-disjoint'), 'expected the names of two array properties of this object');
  return {};
}
