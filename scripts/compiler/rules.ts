/* A table of the keywords that no type of TypeScript describes: the types each one judges, its form, and its validator. */

import { isArray, isObject, type Json, type Scalar } from './json.ts';
import type { Place } from './place.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { rejectInherited, typesIn } from './read-typed.ts';
import type { Rule, Schema, Type } from './schema.ts';

/** The form that the value of a keyword must have. */
type Form = readonly [name: string, test: (value: Json) => boolean];

interface RuleKeyword {
  readonly of: readonly Type[];
  readonly form: Form;
  /** The method of zod that it becomes, or else the function of runtime/schema.ts. */
  readonly method?: string;
  readonly call?: string;
  /** Judges a number, or the length of a string. */
  readonly allows?: (measure: number, limit: number) => boolean;
}

const isCount = (value: Json): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const number: Form = ['a number', (value) => typeof value === 'number'];
const count: Form = ['a whole number from 0', isCount];
const divisor: Form = [
  'a whole number from 1: decimal fractions have no exact remainder',
  (value) => isCount(value) && value !== 0,
];
const pattern: Form = ['a regular expression for the `u` flag', isPattern];
const flag: Form = ['true or false', (value) => typeof value === 'boolean'];
const NUMBERS = ['integer', 'number'] as const;
const LISTS_AND_OBJECTS = ['array', 'object'] as const;
const atLeast = (measure: number, limit: number) => measure >= limit;
const atMost = (measure: number, limit: number) => measure <= limit;

const RULES: Readonly<Record<string, RuleKeyword>> = {
  minLength: { of: ['string'], form: count, method: 'min', allows: atLeast },
  maxLength: { of: ['string'], form: count, method: 'max', allows: atMost },
  pattern: { of: ['string'], form: pattern, method: 'regex' },
  minimum: { of: NUMBERS, form: number, method: 'gte', allows: atLeast },
  exclusiveMinimum: { of: NUMBERS, form: number, method: 'gt', allows: (value, limit) => value > limit },
  maximum: { of: NUMBERS, form: number, method: 'lte', allows: atMost },
  exclusiveMaximum: { of: NUMBERS, form: number, method: 'lt', allows: (value, limit) => value < limit },
  multipleOf: { of: NUMBERS, form: divisor, method: 'check', allows: (value, by) => value % by === 0 },
  minItems: { of: ['array'], form: count, method: 'min' },
  maxItems: { of: ['array'], form: count, method: 'max' },
  uniqueItems: { of: ['array'], form: flag, call: 'uniqueItems' },
  minProperties: { of: ['object'], form: count, call: 'minProperties' },
  maxProperties: { of: ['object'], form: count, call: 'maxProperties' },
  'x-moddy-max-bytes': { of: LISTS_AND_OBJECTS, form: count, call: 'maxBytes' },
  'x-moddy-max-depth': { of: LISTS_AND_OBJECTS, form: count, call: 'maxDepth' },
};

function isPattern(value: Json): boolean {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') !== undefined;
  } catch {
    return false;
  }
}

/** The method of zod that a rule becomes; any other judges the value as it was sent, of any type. */
export const methodOf = ({ name }: Rule): string | undefined => RULES[name]?.method;
export const callOf = ({ name }: Rule): string => RULES[name]?.call ?? name;

export function ruleAllows(rule: Rule, value: Scalar, within: (schema: Schema) => boolean): boolean {
  const { name, schemas: [first, then, otherwise] = [], values: [limit] = [] } = rule;
  if (name === 'not') return !first || !within(first);
  if (name === 'when' && first && then && otherwise) return within(within(first) ? then : otherwise);
  if (name === 'oneOfValues') return rule.values?.includes(value) ?? false;
  if (name === 'pattern') return new RegExp(String(limit), 'u').test(String(value));
  return RULES[name]?.allows?.(typeof value === 'string' ? [...value].length : Number(value), Number(limit)) ?? true;
}

/** Pairs of bounds: the first is the least, the second the most. */
const OPPOSED = [
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
  ['minimum', 'maximum'],
  ['exclusiveMinimum', 'maximum'],
  ['minimum', 'exclusiveMaximum'],
  ['exclusiveMinimum', 'exclusiveMaximum'],
] as const;

/** Bounds that no value is within: the keyword of the upper one, and why. */
export function contradictions({ rules = [] }: Schema): readonly (readonly [keyword: string, why: string])[] {
  const all = (name: string) => rules.filter((rule) => rule.name === name).map(({ values = [] }) => Number(values[0]));
  return OPPOSED.flatMap(([least, most]) => {
    const [low, high] = [Math.max(...all(least)), Math.min(...all(most))];
    const isExclusive = least.startsWith('exclusive') || most.startsWith('exclusive');
    if (low < high || (low === high && !isExclusive)) return [];
    return [[most, `no value is within ${least} ${low} and ${most} ${high}; correct one of them`] as const];
  });
}

/** Judge values of any type, and stand as a part of their own. */
export const CONDITIONS: readonly string[] = ['not', 'if', 'then', 'else'];

const ANYTHING: Schema = { kind: 'anything' };

export function readConditions(place: Place, reader: Reader): readonly Rule[] {
  const [excluded, condition, then, otherwise] = CONDITIONS.map((key) =>
    place.has(key) ? readSchema(place.at(key), reader) : undefined,
  );
  return [
    ...(excluded ? [{ name: 'not', schemas: [excluded] }] : []),
    // Without `if`, `then` and `else` mean nothing.
    ...(condition ? [when(condition, then ?? ANYTHING, otherwise ?? ANYTHING)] : []),
  ];
}

const when = (...schemas: [condition: Schema, then: Schema, otherwise: Schema]): Rule => ({ name: 'when', schemas });

type ReadRule = (place: Place, reader: Reader, around: Place) => readonly Rule[];

/** Keywords that hold more than a plain value. */
const READERS: Readonly<Record<string, { readonly of: Type; readonly read: ReadRule }>> = {
  'x-moddy-disjoint': { of: 'object', read: readDisjoint },
  propertyNames: {
    of: 'object',
    read: (place, reader) => [
      { name: 'propertyNames', schemas: [readSchema(place, { ...reader, types: ['string'] })] },
    ],
  },
  dependentRequired: { of: 'object', read: readDependentRequired },
  dependentSchemas: {
    of: 'object',
    read: (place, reader) =>
      place.entries.map(([name, inner]) => {
        rejectInherited(name, inner);
        return when(requiring(name), readSchema(inner, { ...reader, types: ['object'] }), ANYTHING);
      }),
  },
  contains: { of: 'array', read: readContains },
  // Read with `contains`, and mean nothing without it.
  minContains: { of: 'array', read: () => [] },
  maxContains: { of: 'array', read: () => [] },
};

export const ruleKeywords = (type: Type): readonly string[] => [
  ...Object.keys(RULES).filter((key) => RULES[key]?.of.includes(type)),
  ...Object.keys(READERS).filter((key) => READERS[key]?.of === type),
];

export function readRules(place: Place, type: Type, reader: Reader): readonly Rule[] {
  return ruleKeywords(type).flatMap((name): readonly Rule[] => {
    const inner = place.at(name);
    const keyword = RULES[name];
    if (inner.json === undefined) return [];
    if (keyword === undefined) return READERS[name]?.read(inner, reader, place) ?? [];
    if (!isOfForm(inner, keyword.form) || inner.json === false) return [];
    return [inner.json === true ? { name } : { name, values: [inner.json] }];
  });
}

function isOfForm(place: Place, [name, test]: Form): boolean {
  const isRight = place.json === undefined || test(place.json);
  if (!isRight) place.reject(`expected ${name}`);
  return isRight;
}

function readContains(place: Place, reader: Reader, around: Place): readonly Rule[] {
  const [least, most] = [around.at('minContains'), around.at('maxContains')];
  const areCounts = isOfForm(least, count) && isOfForm(most, count);
  const schemas = [readSchema(place, { ...reader, types: typesIn(around.at('items').object) })];
  const values = [least.json ?? 1, ...(most.json === undefined ? [] : [most.json])];
  return areCounts ? [{ name: 'contains', schemas, values }] : [];
}

const requiring = (...names: readonly string[]): Schema => ({
  kind: 'object',
  properties: names.map((name) => ({ name, schema: ANYTHING, required: true })),
  additional: true,
});

function readDependentRequired(place: Place): readonly Rule[] {
  if (!isObject(place.json)) place.reject('expected an object from names to lists of names');
  return place.entries.map(([name, names]) => {
    const isList = isArray(names.json) && names.json.every((one) => typeof one === 'string');
    if (!isList) names.reject('expected a list of property names');
    rejectInherited(name, names);
    for (const [, one] of names.entries) rejectInherited(one.text ?? '', one);
    return when(requiring(name), requiring(...names.entries.map(([, one]) => one.text ?? '')), ANYTHING);
  });
}

function readDisjoint(place: Place, _reader: Reader, around: Place): readonly Rule[] {
  const isName = (name: Json) => typeof name === 'string' && around.at('properties').has(name);
  const names = isArray(place.json) && place.json.every(isName) ? place.json : [];
  if (names.length === 2 && names[0] !== names[1]) return [{ name: 'disjoint', values: names }];
  place.reject('expected the names of two array properties of this object');
  return [];
}
