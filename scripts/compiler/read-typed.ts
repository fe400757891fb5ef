import { isDeepStrictEqual } from 'node:util';
import { isArray, isScalar, type Json, type JsonObject, own, typeOf } from './json.ts';
import type { Place } from './place.ts';
import { readObject } from './read-object.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { readRules, ruleKeywords } from './rules.ts';
import { REJECTED, ruled, type Schema, TYPES, type Type } from './schema.ts';

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
  // Null last, whatever its place in the list: it reads as "or null".
  return types.sort((a, b) => Number(a === 'null') - Number(b === 'null'));
}

function readType(type: Type, place: Place, reader: Reader): Schema {
  if (type === 'object') return readObject(place, reader);
  if (type !== 'array') return { kind: type };
  return { kind: 'array', items: place.has('items') ? readSchema(place.at('items'), reader) : { kind: 'anything' } };
}

/** Reads a schema with `enum` or `const`. */
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
