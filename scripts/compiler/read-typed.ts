import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, isScalar, type Json, type JsonObject, own, type Scalar, typeOf } from './json.ts';
import type { Place } from './place.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { readRules, ruleKeywords } from './rules.ts';
import { type Property, REJECTED, ruled, type Schema, TYPES, type Type } from './schema.ts';

/** The keywords of each type, rules apart. */
const SHAPES: Readonly<Partial<Record<Type, readonly string[]>>> = {
  array: ['items'],
  object: ['properties', 'required', 'additionalProperties'],
};
const keywordsOf = (type: Type): readonly string[] => [...(SHAPES[type] ?? []), ...ruleKeywords(type)];

/** The types that keywords say by `type`, or by the values of `enum` and `const`. */
export function typesIn(json: JsonObject): Type[] | undefined {
  const type = own(json, 'type');
  const listed: readonly Json[] = isArray(type) ? type : [type ?? null];
  const nullable = type !== undefined && own(json, 'nullable') === true;
  const types = TYPES.filter((known) => listed.includes(known) || (known === 'null' && nullable));
  if (type !== undefined) return types;
  const constant = own(json, 'const');
  const values = own(json, 'enum') ?? (constant === undefined ? undefined : [constant]);
  if (!isArray(values)) return undefined;
  const found = new Set<string>(values.map(typeOf));
  return TYPES.filter((known) => found.has(known));
}

/** Reads keywords that stand together; without a type of their own they have the one of what they stand in. */
export function readTyped(place: Place, reader: Reader): Schema {
  const types = readTypes(place, reader);
  if (types.length === 0) return REJECTED;
  const literal = ['enum', 'const'].find((keyword) => place.has(keyword));
  if (literal !== undefined) return readLiteral(place, literal, types) ?? REJECTED;
  const known = new Set(['type', 'nullable', ...types.flatMap(keywordsOf)]);
  for (const [key, inner] of place.entries) {
    if (!known.has(key))
      inner.reject(`\`${key}\` says nothing about ${types.join(' or ')}; remove it or correct the type`);
  }
  const { types: _, ...inside } = reader;
  const schemas = types.map((type) => ruled(readType(type, place, inside), readRules(place, type, inside)));
  const [only] = schemas;
  return only && schemas.length === 1 ? only : { kind: 'union', alternatives: schemas, exactlyOne: false };
}

function readTypes(place: Place, { types: around }: Reader): Type[] {
  const type = place.at('type');
  const types = typesIn(place.object) ?? [...(around ?? [])];
  if (type.isAbsent) {
    if (place.at('nullable').json === true)
      place.at('nullable').reject("write a `type` beside it, or anyOf with `{ type: 'null' }`");
    else if (types.length === 0) {
      const meant = TYPES.find((one) => one !== 'integer' && keywordsOf(one).some((key) => place.has(key)));
      const instead = meant ? `\`type: ${meant}\`` : 'a `type`';
      place.reject(`a schema without \`type\` allows every value of other types; write ${instead}`);
    }
  } else {
    const listed = isArray(type.json) ? type.json : [type.json ?? null];
    const given = TYPES.filter((known) => listed.includes(known));
    if (given.length !== listed.length || listed.length === 0)
      type.reject(`expected distinct types of ${TYPES.join(', ')}`);
    else if (types.includes('integer') && types.includes('number'))
      type.reject('every integer is a number; leave one out');
  }
  // Null always comes last: it reads as "or null".
  return types.sort((a, b) => Number(a === 'null') - Number(b === 'null'));
}

function readType(type: Type, place: Place, reader: Reader): Schema {
  if (type === 'object')
    return { kind: 'object', properties: readProperties(place, reader), ...readAdditional(place, reader) };
  if (type !== 'array') return { kind: type };
  return { kind: 'array', items: place.has('items') ? readSchema(place.at('items'), reader) : { kind: 'anything' } };
}

function readLiteral(place: Place, keyword: string, types: readonly Type[]): Schema | undefined {
  for (const [key, inner] of place.entries) {
    if (!['type', 'nullable', keyword, 'x-moddy-unknown-value'].includes(key))
      inner.reject(`not compiled beside ${keyword}, which alone says which values are allowed`);
  }
  const values = readValues(place, keyword, types);
  if (values.length === 0) return undefined;
  const scalars = values.filter(isScalar);
  // TypeScript has no type for the other ones.
  if (scalars.length < values.length) return { kind: 'anything', rules: [{ name: 'oneOfValues', values }] };
  const { isAbsent, text } = place.at('x-moddy-unknown-value');
  if (isAbsent) return { kind: 'literal', values: scalars };
  if (text !== undefined && values.includes(text) && types.every((type) => type === 'string'))
    return { kind: 'literal', values: scalars, unknownValue: text };
  place.at('x-moddy-unknown-value').reject('expected one of the values of an enum of strings');
  return undefined;
}

function readValues(place: Place, keyword: string, types: readonly Type[]): readonly Json[] {
  const given = place.at(keyword);
  const items = isArray(given.json) ? given.entries.map(([, inner]) => inner) : [];
  const listed = keyword === 'enum' ? items : [given];
  if (listed.length === 0) given.reject('expected a list with at least one value');
  const values: Json[] = [];
  for (const inner of listed) {
    const value = inner.json ?? null;
    if (!hasType(value, types))
      inner.reject(`${JSON.stringify(value)} is not of type ${types.join(' or ')}; correct the type or the value`);
    else if (values.some((one) => isDeepStrictEqual(one, value)))
      inner.reject(`${JSON.stringify(value)} is there twice; remove one of them`);
    else if (value === '__proto__') inner.reject('the value `__proto__` cannot be read safely; rename it');
    else values.push(value);
  }
  for (const type of types) {
    if (listed.length > 0 && !values.some((value) => hasType(value, [type])))
      place.at('type').reject(`no value is of type ${type}; add one or leave the type out`);
  }
  return values;
}

const hasType = (value: Json, types: readonly string[]): boolean =>
  types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));

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
