import fc from 'fast-check';
import { expect, it } from 'vitest';
import { comment, key, list, literal } from './layout.ts';

const evaluated = (text: string): unknown => new Function(`'use strict'; return (${text});`)();

it('a literal evaluates to its value', () => {
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\\', '\\"', "'", "\\'", '\u2028', '`', '\n'));
  fc.assert(fc.property(values, (value) => evaluated(literal(value)) === value));
  for (const value of [null, true, 0, -1.5, 1e300]) expect(evaluated(literal(value))).toBe(value);
});

it('a key evaluates to the name of its field', () => {
  fc.assert(
    fc.property(
      fc.string(),
      (name) => name === '__proto__' || Object.keys(evaluated(`{ ${key(name)}: 1 }`) as object)[0] === name,
    ),
  );
});

it('a comment cannot end early', () => {
  expect(comment('a */ b\n  c')).toBe('a * / b c');
});

it('a list that does not fit is broken into lines', () => {
  expect(list('[', ['1', '2'], ']')).toBe('[1, 2]');
  const long = 'x'.repeat(120);
  expect(list('[', [list('[', [long], ']')], ']')).toBe(`[\n  [\n    ${long},\n  ],\n]`);
});
