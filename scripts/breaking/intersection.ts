import { isDeepStrictEqual } from 'node:util';
import { isArray, isObject, type Json, type JsonObject, listOr, objectOr, own } from '../compiler/json.ts';

/** The larger of two such bounds rejects more. */
export const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
export const UPPER = [
  'maximum',
  'exclusiveMaximum',
  'maxLength',
  'maxItems',
  'maxProperties',
  'x-moddy-max-bytes',
  'x-moddy-max-depth',
];
/** Rules of which a reader may ask no other than the writer obeys. */
export const EXACT = ['pattern', 'format', 'multipleOf', 'uniqueItems', 'x-moddy-disjoint'];

/** Several values of a keyword that hold together. */
interface Together extends JsonObject {
  readonly together: readonly Json[];
}
const isTogether = (value: Json): value is Together => isObject(value) && own(value, 'together') !== undefined;
export const valuesOfRule = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === false ? [] : isTogether(value) ? value.together : [value];

/** The schema of the values that both schemas allow; each without `$ref` and `allOf`. */
export function intersection(one: JsonObject, other: JsonObject): JsonObject {
  const keys = Object.keys(other).map((key): [string, Json] => {
    const [had, value] = [own(one, key), other[key] ?? null];
    return [key, had === undefined || isDeepStrictEqual(had, value) ? value : together(key, had, value)];
  });
  return { ...one, ...Object.fromEntries(keys) };
}

function together(key: string, one: Json, other: Json): Json {
  if (LOWER.includes(key)) return Math.max(Number(one), Number(other));
  if (UPPER.includes(key)) return Math.min(Number(one), Number(other));
  if (EXACT.includes(key)) return { together: [...new Set([...valuesOfRule(one), ...valuesOfRule(other)])] };
  if (key === 'type') return typesOfBoth(one, other);
  if (key === 'enum') return listOr(one).filter((value) => listOr(other).includes(value));
  if (key === 'required') return [...listOr(one), ...listOr(other)];
  if (key === 'properties') return propertiesOfBoth(objectOr(one), objectOr(other));
  if (key === 'items' || key === 'additionalProperties') return schemaOfBoth(one, other);
  if (key === 'anyOf' || key === 'oneOf')
    return listOr(one).flatMap((left) => listOr(other).map((right) => schemaOfBoth(left, right)));
  return other;
}

function typesOfBoth(one: Json, other: Json): Json {
  const [left, right] = [isArray(one) ? one : [one], isArray(other) ? other : [other]];
  const narrow = (mine: readonly Json[], theirs: readonly Json[]) =>
    mine.filter((type) => theirs.includes(type) || (type === 'integer' && theirs.includes('number')));
  return [...new Set([...narrow(left, right), ...narrow(right, left)])];
}

function propertiesOfBoth(one: JsonObject, other: JsonObject): JsonObject {
  const both = Object.keys(other).map((name): [string, Json] => {
    const [had, value] = [own(one, name), other[name] ?? {}];
    return [name, had === undefined ? value : schemaOfBoth(had, value)];
  });
  return { ...one, ...Object.fromEntries(both) };
}

function schemaOfBoth(one: Json, other: Json): Json {
  if (one === false || other === false) return false;
  if (one === true || other === true) return one === true ? other : one;
  return { allOf: [one, other] };
}
