import { type ZodType, z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { INEXACT, inexact } from './exact-json.ts';
import { isRecord } from './is-record.ts';

/*
 * Checks that generated validators need beyond zod. Each of these decides exactly as JSON Schema 2020-12 does, or as the `x-`
 * keyword it is named after says; the conformance oracle uses the same functions.
 */

const wholeNumber = z.check<number>((payload) => {
  if (Number.isInteger(payload.value)) return;
  payload.issues.push({ code: 'custom', message: 'Invalid input: expected an integer', input: payload.value });
});
// `safeint` is the word by which the emitted document tells integers from numbers.
wholeNumber._zod.onattach.push((schema) => void Object.assign(schema._zod.bag, { format: 'safeint' }));

/** `type: integer`: every number without a fraction, also beyond 2^53, where `z.int()` stops. */
export const integer = () => z.number().check(wholeNumber);

/** `{}`: any JSON value, which undefined is not: a required field has to be there. */
export const anything = () =>
  z.unknown().check(
    z.check((payload) => {
      if (payload.value === undefined)
        payload.issues.push({ code: 'custom', message: 'Required', input: payload.value });
    }),
  );

/** `multipleOf` for whole divisors; the remainder of doubles is exact, so no tolerance is needed. */
export const multipleOf = (divisor: number) =>
  z.refine<number>((value) => value % divisor === 0, { error: `Invalid input: must be a multiple of ${divisor}` });

/**
 * A named schema or null. `.nullable()` would make the emitted *component* nullable, and a plain union would hide the
 * faults of the schema behind "Invalid input".
 */
export const nullable = <S extends ZodType>(schema: S) => {
  const union = z.union([schema, z.null()]);
  union._zod.parse = (payload, context) => (payload.value === null ? payload : schema._zod.run(payload, context));
  union._zod.run = union._zod.parse;
  return union;
};

/** A fault of a whole value: the path leads to it from that value. */
export interface RuleFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}
/** Judges a value as it was sent; says nothing about values of other types, as JSON Schema does. */
export type Rule = (value: unknown) => RuleFault | undefined;

/**
 * A validator that also obeys rules about the value as it was sent: the validator itself may drop unknown fields and
 * replace unknown values, so its result can no longer be counted or measured.
 */
export const onInput = <S extends ZodType>(schema: S, ...rules: readonly Rule[]) =>
  z.preprocess((value, context) => {
    for (const rule of rules) {
      const fault = rule(value);
      if (fault)
        context.addIssue({ code: 'custom', message: fault.message, path: [...(fault.path ?? [])], input: value });
    }
    return value;
  }, schema);

/** A closed object that ignores these fields: `readOnly` ones in a request, `writeOnly` ones in an answer. */
export const without = <S extends ZodType>(schema: S, ...names: readonly string[]) =>
  z.preprocess((value) => {
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
  }, schema);

/** `x-moddy-max-bytes`: UTF-8 bytes of the value's JSON text. */
export const maxBytes =
  (bytes: number): Rule =>
  (value) =>
    jsonBytes(value) > bytes ? { message: `Too big: expected at most ${bytes} bytes of JSON` } : undefined;

/** `x-moddy-max-depth`: levels of arrays and objects; `{}` and `[]` have one, a scalar none. */
export const maxDepth =
  (levels: number): Rule =>
  (value) =>
    deeperThan(value, levels) ? { message: `Too deep: expected at most ${levels} levels` } : undefined;

/** `x-moddy-disjoint`: two array properties share no element. */
export const disjoint =
  (first: string, second: string): Rule =>
  (value) => {
    const one = isRecord(value) ? value[first] : undefined;
    const other = isRecord(value) ? value[second] : undefined;
    if (!Array.isArray(one) || !Array.isArray(other)) return undefined;
    const seen = new Set(one.map(canonicalJson));
    const index = other.findIndex((item) => seen.has(canonicalJson(item)));
    return index < 0 ? undefined : { message: `Must not also stand in ${first}`, path: [second, index] };
  };

/** `uniqueItems`: no two elements are equal as JSON. */
export const uniqueItems = (): Rule => (value) => {
  if (!Array.isArray(value)) return undefined;
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const text = canonicalJson(item);
    if (seen.has(text)) return { message: 'Must not repeat an earlier element', path: [index] };
    seen.add(text);
  }
  return undefined;
};

/** `minProperties`: counts every field that was sent, also unknown ones. */
export const minProperties =
  (count: number): Rule =>
  (value) =>
    isRecord(value) && Object.keys(value).length < count
      ? { message: `Too small: expected at least ${count} fields` }
      : undefined;

/** `maxProperties`: counts every field that was sent, also unknown ones. */
export const maxProperties =
  (count: number): Rule =>
  (value) =>
    isRecord(value) && Object.keys(value).length > count
      ? { message: `Too big: expected at most ${count} fields` }
      : undefined;

/** `additionalProperties: <schema>` for a field named `__proto__`, which zod leaves out unread. */
export const ownProto =
  (schema: ZodType): Rule =>
  (value) => {
    const field = isRecord(value) ? Object.getOwnPropertyDescriptor(value, '__proto__') : undefined;
    return field && faultOf(schema, field.value, '__proto__');
  };

/** The first fault that a schema finds in a value. */
function faultOf(schema: ZodType, value: unknown, ...above: readonly (string | number)[]): RuleFault | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  const path = issue?.path.map((key) => (typeof key === 'symbol' ? String(key) : key)) ?? [];
  return issue && { message: issue.message, path: [...above, ...path] };
}

/** `not`. */
export const not =
  (schema: ZodType): Rule =>
  (value) =>
    schema.safeParse(value).success ? { message: 'Invalid input: matches what is excluded' } : undefined;

/** `if`, `then` and `else`. */
export const when =
  (condition: ZodType, consequence: ZodType, otherwise: ZodType): Rule =>
  (value) =>
    faultOf(condition.safeParse(value).success ? consequence : otherwise, value);

/** `contains` with `minContains` and `maxContains`: how many elements match. */
export const contains =
  (schema: ZodType, least: number, most = Number.POSITIVE_INFINITY): Rule =>
  (value) => {
    if (!Array.isArray(value)) return undefined;
    const count = value.filter((item) => schema.safeParse(item).success).length;
    if (count < least) return { message: `Too small: expected at least ${least} matching elements` };
    return count > most ? { message: `Too big: expected at most ${most} matching elements` } : undefined;
  };

/** `propertyNames`: counts fields that no property lists, too. */
export const propertyNames =
  (schema: ZodType): Rule =>
  (value) => {
    const wrong = isRecord(value) ? Object.keys(value).find((name) => !schema.safeParse(name).success) : undefined;
    return wrong === undefined ? undefined : { message: 'Invalid name of a field', path: [wrong] };
  };

/** `enum` and `const` with lists and objects, by equality as JSON. */
export const oneOfValues = (...values: readonly unknown[]): Rule => {
  const known = new Set(values.map(canonicalJson));
  return (value) => (known.has(canonicalJson(value)) ? undefined : { message: 'Invalid input: not a listed value' });
};

/** `x-moddy-unknown-value`: a string which the enumeration lacks reads as `fallback`. */
export const unknownAs = <S extends z.ZodEnum>(schema: S, fallback: S['options'][number]) => {
  const known: ReadonlySet<unknown> = new Set(schema.options);
  return z.preprocess((value) => (typeof value === 'string' && !known.has(value) ? fallback : value), schema);
};

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A number parameter: takes the text of the wire, which must be a JSON number that a double holds without loss. */
export const numberText = <S extends ZodType>(schema: S) =>
  z.preprocess((text, context) => {
    const { value, fault } = numberOf(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, input: text });
    return value;
  }, schema);

/** A list of such parameters. */
export const numberTexts = <S extends ZodType>(schema: S) =>
  z.preprocess((texts, context) => {
    const read = Array.isArray(texts) ? texts.map(numberOf) : [];
    for (const [index, { fault }] of read.entries()) {
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, path: [index], input: texts });
    }
    return read.map(({ value }) => value);
  }, schema);

function numberOf(text: unknown): { readonly value: unknown; readonly fault?: string } {
  if (typeof text !== 'string' || !NUMBER.test(text)) return { value: text };
  const value = Number(text);
  return inexact(text, value) === undefined ? { value } : { value, fault: INEXACT };
}

/** A boolean parameter: takes `true` or `false`. */
export const booleanText = <S extends ZodType>(schema: S) => z.preprocess(booleanOf, schema);

/** A list of such parameters. */
export const booleanTexts = <S extends ZodType>(schema: S) =>
  z.preprocess((texts) => (Array.isArray(texts) ? texts.map(booleanOf) : texts), schema);

const booleanOf = (text: unknown): unknown => (text === 'true' ? true : text === 'false' ? false : text);

/** UTF-8 bytes of a value's JSON text. */
export function jsonBytes(value: unknown): number {
  if (value === undefined) return 0;
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return Buffer.byteLength(canonicalJson(value)); // Deeper than the stack.
  }
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => deeperThan(inner, levels - 1));
}
