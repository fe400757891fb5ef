import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  booleanText,
  disjoint,
  integer,
  jsonBytes,
  maxBytes,
  maxDepth,
  nullable,
  numberText,
  onInput,
  uniqueItems,
  unknownAs,
} from './schema.ts';

const reads = (schema: z.ZodType, value: unknown) => {
  const { success, data, error } = schema.safeParse(value);
  return success ? data : error?.issues.map(({ path, message }) => `/${path.join('/')} ${message}`);
};

it('integer accepts every number without a fraction', () => {
  for (const value of [0, -1, 1e300, 2 ** 60]) expect(reads(integer(), value)).toBe(value);
  expect(reads(integer(), 1.5)).toEqual(['/ Invalid input: expected an integer']);
});

describe('numberText', () => {
  const text = numberText(integer().lte(2 ** 60));
  it.each([
    ['1', 1],
    ['-1', -1],
    ['1.0', 1],
    ['1e3', 1000],
    ['9007199254740992', 2 ** 53],
  ])('reads %s', (given, value) => {
    expect(reads(text, given)).toBe(value);
  });
  it.each(['', ' 1', '01', '0x1', '1.', '.5', '+1', 'NaN', 'Infinity', '1e999', '1.5', '9007199254740993'])(
    'rejects %j',
    (given) => {
      expect(text.safeParse(given).success).toBe(false);
    },
  );
});

it('booleanText accepts only true and false', () => {
  expect([reads(booleanText(z.boolean()), 'true'), reads(booleanText(z.boolean()), 'false')]).toEqual([true, false]);
  for (const given of ['', '1', 'TRUE', 'yes']) expect(booleanText(z.boolean()).safeParse(given).success).toBe(false);
});

it('unknownAs maps unknown strings and nothing else', () => {
  const schema = unknownAs(z.enum(['a', 'other']), 'other');
  expect([reads(schema, 'a'), reads(schema, 'b')]).toEqual(['a', 'other']);
  for (const given of [1, null, undefined]) expect(schema.safeParse(given).success).toBe(false);
});

it('nullable reports the faults of its schema', () => {
  const schema = nullable(z.object({ a: z.string() }));
  expect(reads(schema, null)).toBe(null);
  expect(reads(schema, { a: 1 })).toEqual(['/a Invalid input: expected string, received number']);
});

describe('rules on the input', () => {
  const schema = onInput(
    z.object({ a: z.array(z.string()).optional(), b: z.array(z.string()).nullable().optional() }),
    maxBytes(30),
    maxDepth(2),
    disjoint('a', 'b'),
  );
  it('accept a value that satisfies them', () => {
    expect(reads(schema, { a: ['x'], b: ['y'], u: 1 })).toEqual({ a: ['x'], b: ['y'] });
    expect(reads(schema, { a: ['x'], b: null })).toEqual({ a: ['x'], b: null });
  });
  it('count the bytes of unknown fields in UTF-8', () => {
    expect(reads(schema, { unknown: 'é'.repeat(8) })).toEqual({});
    expect(reads(schema, { unknown: 'é'.repeat(9) })).toEqual(['/ Too big: expected at most 30 bytes of JSON']);
    expect(jsonBytes('é')).toBe(4);
  });
  it('count levels, the outermost included', () => {
    expect(reads(schema, { unknown: [1] })).toEqual({});
    expect(reads(schema, { unknown: [[]] })).toEqual(['/ Too deep: expected at most 2 levels']);
  });
  it('name the element that stands in both lists', () => {
    expect(reads(schema, { a: ['x'], b: ['y', 'x'] })).toEqual(['/b/1 Must not also stand in a']);
  });
  it('compare unique items as JSON', () => {
    const list = onInput(z.array(z.unknown()), uniqueItems());
    expect(reads(list, [1, '1', [1], { a: 1 }])).toHaveLength(4);
    expect(
      reads(list, [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toEqual(['/1 Must not repeat an earlier element']);
  });
});
