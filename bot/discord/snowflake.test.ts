import { expect, it } from 'vitest';
import { atMostGreatest, couldExist } from './snowflake.ts';

const GREATEST = '9223372036854775807';
const BEYOND = '9223372036854775808';

it.each([
  ['0', false],
  ['00', false],
  ['1', true],
  ['123456789', true],
  [GREATEST, true],
  [BEYOND, false],
  ['99999999999999999999', false],
])('Discord could have given the id %s: %s', (id, expected) => {
  expect(couldExist(id)).toBe(expected);
});

it('an id beyond the greatest takes its place', () => {
  expect(['7', GREATEST, BEYOND].map(atMostGreatest)).toEqual(['7', GREATEST, GREATEST]);
});
