import { isObject, isScalar, type Json, type Scalar } from './json.ts';
import type { Place } from './place.ts';
import { type Reader, readSchema } from './read-schema.ts';
import type { Property, Schema } from './schema.ts';

/** Reads the keywords of `type: object`, rules apart. */
export const readObject = (place: Place, reader: Reader): Schema => ({
  kind: 'object',
  properties: readProperties(place, reader),
  ...readAdditional(place, reader),
});

function readProperties(place: Place, reader: Reader): Property[] {
  const listed = place.at('properties');
  const required = readRequired(place.at('required'));
  const additional = place.at('additionalProperties');
  return [...new Set([...Object.keys(listed.object), ...required.keys()])].map((name): Property => {
    const here = required.get(name);
    if (listed.has(name)) return readProperty(name, listed.at(name), here !== undefined, reader);
    rejectInherited(name, here ?? place);
    if (additional.json === false)
      here?.reject(`\`${name}\` is required and not allowed: add it to properties, or leave it out here`);
    const schema: Schema = isObject(additional.json) ? readSchema(additional, reader) : { kind: 'anything' };
    return { name, schema, required: true };
  });
}

function readProperty(name: string, place: Place, required: boolean, reader: Reader): Property {
  rejectInherited(name, place);
  const [answered, sent] = [place.at('readOnly').json === true, place.at('writeOnly').json === true];
  if (answered && sent)
    place.reject('readOnly and writeOnly together leave no place for the field; leave one of them out');
  return {
    name,
    schema: readSchema(place, reader, 'property'),
    required,
    ...(!required && readDefault(place)),
    ...((answered || sent) && { only: answered ? 'response' : 'request' }),
  };
}

export function rejectInherited(name: string, place: Place): void {
  if (name in Object.prototype) place.reject('every JavaScript object inherits a field of this name; rename it');
}

/** The required names, each with the place that says so. */
function readRequired(place: Place): ReadonlyMap<string, Place> {
  const required = new Map<string, Place>();
  for (const one of place.list('a list of property names')) {
    if (one.text === undefined) one.reject('expected the name of a property');
    else if (required.has(one.text)) one.reject(`\`${one.text}\` is there twice; remove one of them`);
    else required.set(one.text, one);
  }
  return required;
}

/** The `default` of a property or parameter that may be absent. */
export function readDefault(place: Place): { default?: Scalar } {
  const value: Json | undefined = place.at('default').json;
  if (value === undefined) return {};
  if (isScalar(value)) return { default: value };
  place.at('default').reject('a list or object as default is not compiled; say in the description what absence means');
  return {};
}

function readAdditional(place: Place, reader: Reader): { additional?: boolean | Schema } {
  const additional = place.at('additionalProperties');
  if (additional.isAbsent) return {};
  if (typeof additional.json === 'boolean') return { additional: additional.json };
  const schema = readSchema(additional, reader);
  if (schema.kind === 'anything' && !schema.rules) return { additional: true };
  if (place.at('properties').entries.length > 0)
    additional.reject('no type in TypeScript beside properties; give the free fields an object of their own');
  return { additional: schema };
}
