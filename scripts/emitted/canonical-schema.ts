import { isArray, isObject, type Json, type JsonObject, listOr, objectOr, own } from '../compiler/json.ts';

/** How one of the two documents is to be understood. */
export interface Reading {
  readonly schemas: JsonObject;
  /** The component name as the hand-written document spells it. */
  readonly nameOf: (name: string) => string;
  /** True where objects that do not say are closed and fields with a default are sent: what a server may send. */
  readonly strict: boolean;
}

/** A schema as the list of what it allows, each with a single type: one spelling for what means the same. */
export type Canonical = readonly Json[];

const PLAIN: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  array: ['minItems', 'maxItems'],
  boolean: [],
};

/**
 * Plain keywords only: what zod-to-openapi cannot say (multipleOf, uniqueItems, rules of `x-` keywords, oneOf apart from
 * anyOf) is judged by the differential test.
 */
export function canonicalSchema(schema: Json | undefined, reading: Reading, above: readonly string[] = []): Canonical {
  const alternatives = spread(schema, reading, above);
  const values = alternatives.flatMap((one) =>
    isObject(one) && isArray(own(one, 'enum')) ? (own(one, 'enum') as Json[]) : [],
  );
  const others = alternatives.filter((one) => !isObject(one) || own(one, 'enum') === undefined);
  const distinct = new Map(others.map((one) => [JSON.stringify(one), one]));
  return [...(values.length > 0 ? [{ enum: sortedByText(values) }] : []), ...sortedByText([...distinct.values()])];
}

const sortedByText = (values: readonly Json[]): Json[] =>
  [...new Map(values.map((value) => [JSON.stringify(value), value])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value);

function spread(schema: Json | undefined, reading: Reading, above: readonly string[]): Json[] {
  if (!isObject(schema) || Object.keys(schema).length === 0) return [{ type: 'anything' }];
  const ref = own(schema, '$ref');
  if (typeof ref === 'string') {
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    if (above.includes(reading.nameOf(name))) return [{ recursion: reading.nameOf(name) }];
    return spread(own(reading.schemas, name), reading, [...above, reading.nameOf(name)]);
  }
  const listed = own(schema, 'anyOf') ?? own(schema, 'oneOf');
  if (isArray(listed)) return listed.flatMap((one) => spread(one, reading, above));
  const whole = merged(schema, reading);
  const values = own(whole, 'const') === undefined ? own(whole, 'enum') : [own(whole, 'const') ?? null];
  if (isArray(values)) return [{ enum: values }];
  const type = own(whole, 'type');
  return (isArray(type) ? type : [type ?? 'anything']).map((one) => single(String(one), whole, reading, above));
}

function single(type: string, schema: JsonObject, reading: Reading, above: readonly string[]): Json {
  if (type === 'null') return { enum: [null] };
  if (type === 'object') return canonicalObject(schema, reading, above);
  const kept: Record<string, Json> = { type };
  for (const key of PLAIN[type] ?? []) {
    const value = own(schema, key);
    if (value !== undefined) kept[key] = key === 'pattern' ? patternOf(String(value)) : value;
  }
  if (type === 'array') kept.items = canonicalSchema(own(schema, 'items'), reading, above);
  return kept;
}

/** zod-to-openapi leaves the flag behind the pattern. */
const patternOf = (text: string): string => new RegExp(text.replace(/\/u$/, ''), 'u').source;

function canonicalObject(schema: JsonObject, reading: Reading, above: readonly string[]): Json {
  const listed = own(schema, 'properties');
  const properties = isObject(listed) ? listed : {};
  const required = own(schema, 'required');
  const names = new Set((isArray(required) ? required : []).map(String));
  const canonical: Record<string, Json> = {};
  for (const name of Object.keys(properties).sort()) {
    const property = own(properties, name);
    const fallback = isObject(property) ? own(property, 'default') : undefined;
    if (reading.strict && fallback !== undefined) names.add(name);
    canonical[name] = {
      schema: canonicalSchema(property, reading, above),
      ...(!reading.strict && fallback !== undefined && { default: fallback }),
    };
  }
  return {
    type: 'object',
    properties: canonical,
    required: [...names].sort(),
    additionalProperties: canonicalAdditional(own(schema, 'additionalProperties'), reading, above),
  };
}

function canonicalAdditional(value: Json | undefined, reading: Reading, above: readonly string[]): Json {
  if (value === undefined) return !reading.strict;
  if (typeof value === 'boolean' || !isObject(value)) return value;
  return Object.keys(value).length === 0 ? true : canonicalSchema(value, reading, above);
}

/** `allOf` of objects as one object. */
function merged(schema: JsonObject, reading: Reading): JsonObject {
  const parts = own(schema, 'allOf');
  if (!isArray(parts)) return schema;
  const { allOf: _, ...rest } = schema;
  let whole: JsonObject = {};
  for (const part of [...parts, rest]) {
    const ref = isObject(part) ? own(part, '$ref') : undefined;
    const target = typeof ref === 'string' ? own(reading.schemas, ref.slice(ref.lastIndexOf('/') + 1)) : part;
    const one = isObject(target) ? merged(target, reading) : {};
    const [properties, added] = [own(whole, 'properties'), own(one, 'properties')];
    const [required, more] = [own(whole, 'required'), own(one, 'required')];
    whole = {
      ...whole,
      ...one,
      ...((isObject(properties) || isObject(added)) && { properties: { ...objectOr(properties), ...objectOr(added) } }),
      ...((isArray(required) || isArray(more)) && { required: [...listOr(required), ...listOr(more)] }),
    };
  }
  return whole;
}
