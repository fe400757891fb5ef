import { isDeepStrictEqual } from 'node:util';
import { at, isArray, isScalar, type Json, type JsonObject, own, typeOf } from './json.ts';
import { readObject } from './read-object.ts';
import { type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
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
export function readTyped(json: JsonObject, pointer: string, reader: Reader): Schema {
  const types = readTypes(json, pointer, reader);
  if (types.length === 0) return REJECTED;
  const literal = ['enum', 'const'].find((keyword) => own(json, keyword) !== undefined);
  if (literal !== undefined) return readLiteral(json, literal, types, pointer, reader.rejections) ?? REJECTED;
  const known = new Set(['type', 'nullable', ...types.flatMap(keywordsOf)]);
  for (const key of Object.keys(json).filter((one) => !known.has(one)))
    reader.rejections.add(
      at(pointer, key),
      `\`${key}\` says nothing about ${types.join(' or ')}; remove it or correct the type`,
    );
  const { types: _, ...inside } = reader;
  const schemas = types.map((type) =>
    ruled(readType(type, json, pointer, inside), readRules(json, type, pointer, inside)),
  );
  const [only] = schemas;
  return only && schemas.length === 1 ? only : { kind: 'union', alternatives: schemas, exactlyOne: false };
}

function readTypes(json: JsonObject, pointer: string, { rejections, types: around }: Reader): Type[] {
  const type = own(json, 'type');
  const types = typesIn(json) ?? [...(around ?? [])];
  if (type === undefined) {
    if (own(json, 'nullable') === true)
      rejections.add(at(pointer, 'nullable'), "write a `type` beside it, or anyOf with `{ type: 'null' }`");
    else if (types.length === 0) {
      const meant = TYPES.filter((one) => Object.keys(json).some((key) => keywordsOf(one).includes(key)));
      const instead = meant.length > 0 ? `\`type: ${meant.find((one) => one !== 'integer') ?? ''}\`` : 'a `type`';
      rejections.add(pointer, `a schema without \`type\` allows every value of other types; write ${instead}`);
    }
  } else {
    const listed = isArray(type) ? type : [type];
    const given = TYPES.filter((known) => listed.includes(known));
    if (given.length !== listed.length || listed.length === 0)
      rejections.add(at(pointer, 'type'), `expected distinct types of ${TYPES.join(', ')}`);
    else if (types.includes('integer') && types.includes('number'))
      rejections.add(at(pointer, 'type'), 'every integer is a number; leave one out');
  }
  // Null last, whatever its place in the list: it reads as "or null".
  return types.sort((a, b) => Number(a === 'null') - Number(b === 'null'));
}

function readType(type: Type, json: JsonObject, pointer: string, reader: Reader): Schema {
  if (type === 'object') return readObject(json, pointer, reader);
  if (type !== 'array') return { kind: type };
  const items = own(json, 'items');
  return {
    kind: 'array',
    items: items === undefined ? { kind: 'anything' } : readSchema(items, at(pointer, 'items'), reader),
  };
}

/** Reads a schema with `enum` or `const`. */
function readLiteral(
  json: JsonObject,
  keyword: string,
  types: readonly Type[],
  pointer: string,
  rejections: Rejections,
): Schema | undefined {
  const known = ['type', 'nullable', keyword, 'x-moddy-unknown-value'];
  for (const key of Object.keys(json).filter((one) => !known.includes(one)))
    rejections.add(at(pointer, key), `not compiled beside ${keyword}, which alone says which values are allowed`);
  const values = readValues(json, keyword, types, pointer, rejections);
  if (values.length === 0) return undefined;
  const scalars = values.filter(isScalar);
  // TypeScript has no type for the other ones.
  if (scalars.length < values.length) return { kind: 'anything', rules: [{ name: 'oneOfValues', values }] };
  const unknownValue = own(json, 'x-moddy-unknown-value');
  if (unknownValue === undefined) return { kind: 'literal', values: scalars };
  if (typeof unknownValue === 'string' && values.includes(unknownValue) && types.every((type) => type === 'string'))
    return { kind: 'literal', values: scalars, unknownValue };
  rejections.add(at(pointer, 'x-moddy-unknown-value'), 'expected one of the values of an enum of strings');
  return undefined;
}

function readValues(
  json: JsonObject,
  keyword: string,
  types: readonly Type[],
  pointer: string,
  rejections: Rejections,
): readonly Json[] {
  const given = own(json, keyword) ?? null;
  const listed = keyword === 'enum' ? given : [given];
  const place = at(pointer, keyword);
  if (!isArray(listed) || listed.length === 0) {
    rejections.add(place, 'expected a list with at least one value');
    return [];
  }
  const values: Json[] = [];
  for (const [index, value] of listed.entries()) {
    const text = JSON.stringify(value);
    const fault = !hasType(value, types)
      ? `${text} is not of type ${types.join(' or ')}; correct the type or the value`
      : values.some((one) => isDeepStrictEqual(one, value))
        ? `${text} is there twice; remove one of them`
        : value === '__proto__' && 'the value `__proto__` cannot be read safely; rename it';
    if (fault) rejections.add(keyword === 'enum' ? at(place, index) : place, fault);
    else values.push(value);
  }
  for (const type of types.filter((one) => !values.some((value) => hasType(value, [one]))))
    rejections.add(at(pointer, 'type'), `no value is of type ${type}; add one or leave the type out`);
  return values;
}

const hasType = (value: Json, types: readonly string[]): boolean =>
  types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));
