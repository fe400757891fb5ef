import { isDeepStrictEqual } from 'node:util';
import { at, isArray, isScalar, type Json, type JsonObject, own, type Scalar, typeOf } from './json.ts';
import type { Rejections } from './rejections.ts';
import type { Schema } from './schema.ts';

/** Reads a schema with `enum` or `const`. */
export function readLiteral(
  json: JsonObject,
  keywords: readonly string[],
  types: readonly string[],
  pointer: string,
  rejections: Rejections,
): Schema | undefined {
  const keyword = own(json, 'enum') === undefined ? 'const' : 'enum';
  for (const key of keywords) {
    if (key === 'type' || key === 'nullable' || key === keyword || key === 'x-moddy-unknown-value') continue;
    rejections.add(
      at(pointer, key),
      `\`${key}\` beside ${keyword} is not compiled; ${keyword} alone says which values are allowed`,
    );
  }
  const values = readValues(json, keyword, types, pointer, rejections);
  if (values === undefined) return undefined;
  const scalars = values.filter(isScalar);
  // TypeScript has no type for the other ones.
  if (scalars.length < values.length) return { kind: 'anything', rules: [{ name: 'oneOfValues', values }] };
  return { kind: 'literal', values: scalars, ...unknownValue(json, scalars, pointer, rejections) };
}

function readValues(
  json: JsonObject,
  keyword: 'enum' | 'const',
  types: readonly string[],
  pointer: string,
  rejections: Rejections,
) {
  const listed = keyword === 'enum' ? own(json, 'enum') : [own(json, 'const') ?? null];
  const place = at(pointer, keyword);
  if (!isArray(listed) || listed.length === 0) {
    rejections.add(place, 'expected a list with at least one value');
    return undefined;
  }
  const values: Json[] = [];
  for (const [index, value] of listed.entries()) {
    const where = keyword === 'enum' ? at(place, index) : place;
    if (!hasType(value, types))
      rejections.add(
        where,
        `${JSON.stringify(value)} is not of type ${types.join(' or ')}; correct the type or the value`,
      );
    else if (values.some((one) => isDeepStrictEqual(one, value)))
      rejections.add(where, `${JSON.stringify(value)} is there twice; remove one of them`);
    else if (value === '__proto__') rejections.add(where, 'the value `__proto__` cannot be read safely; rename it');
    else values.push(value);
  }
  for (const type of types) {
    if (!values.some((value) => hasType(value, [type]))) {
      rejections.add(at(pointer, 'type'), `no value is of type ${type}; add one or leave the type out`);
    }
  }
  return values.length > 0 ? values : undefined;
}

const hasType = (value: Json, types: readonly string[]): boolean =>
  types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));

function unknownValue(json: JsonObject, values: readonly Scalar[], pointer: string, rejections: Rejections) {
  const fallback = own(json, 'x-moddy-unknown-value');
  if (fallback === undefined) return {};
  if (typeof fallback === 'string' && values.includes(fallback) && values.every((value) => typeof value === 'string')) {
    return { unknownValue: fallback };
  }
  rejections.add(at(pointer, 'x-moddy-unknown-value'), 'expected one of the values of an enum of strings');
  return {};
}
