import { valuesOfRule } from '../breaking/intersection.ts';
import { asserts, branchesOf, followed, jsonOf, propertiesOf, typesIn, valuesOf } from '../breaking/side.ts';
import { isObject, type Json, type JsonObject, listAt, objectOr, own } from '../compiler/json.ts';
import { valueAt } from '../conformance/document.ts';

/** How one of the two documents is to be understood. */
export interface Reading {
  readonly document: JsonObject;
  /** The component name as the hand-written document spells it. */
  readonly nameOf: (name: string) => string;
  /** True for bodies that a server sends: objects are closed by default, and fields with a default are required. */
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
 * Plain keywords only. The differential test judges those that zod-to-openapi cannot emit (multipleOf, uniqueItems, rules
 * of `x-` keywords, oneOf apart from anyOf).
 */
export function canonicalSchema(schema: Json | undefined, reading: Reading, above: readonly string[] = []): Canonical {
  const alternatives = spread(schema, reading, above);
  const values = alternatives.flatMap((one) => listAt(objectOr(one), 'enum'));
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
  const { $ref: ref, ...beside } = schema;
  if (typeof ref === 'string' && !asserts(beside)) {
    const name = reading.nameOf(ref.slice(ref.lastIndexOf('/') + 1));
    if (above.includes(name)) return [{ recursion: name }];
    return spread(valueAt(reading.document, ref.slice(1)), reading, [...above, name]);
  }
  const whole = jsonOf(followed({ document: reading.document, schema }));
  const branches = branchesOf(whole);
  if (branches.length > 0) return branches.flatMap((one) => spread(one, reading, above));
  const values = valuesOf(whole);
  if (values.length > 0) return [{ enum: values }];
  const types = typesIn(whole);
  return (types.length > 0 ? types : ['anything']).map((one) => single(String(one), whole, reading, above));
}

function single(type: string, schema: JsonObject, reading: Reading, above: readonly string[]): Json {
  if (type === 'null') return { enum: [null] };
  if (type === 'object') return canonicalObject(schema, reading, above);
  const kept: Record<string, Json> = { type };
  for (const key of PLAIN[type] ?? []) {
    const [value] = valuesOfRule(own(schema, key));
    // zod-to-openapi emits only the first of several patterns.
    if (value !== undefined) kept[key] = key === 'pattern' ? patternOf(String(value)) : value;
  }
  if (type === 'array') kept.items = canonicalSchema(own(schema, 'items'), reading, above);
  return kept;
}

/** zod-to-openapi leaves the flag behind the pattern. */
const patternOf = (text: string): string => new RegExp(text.replace(/\/u$/, ''), 'u').source;

function canonicalObject(schema: JsonObject, reading: Reading, above: readonly string[]): Json {
  const properties = propertiesOf(schema);
  const names = new Set(listAt(schema, 'required').map(String));
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
