import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { type Goal, isMet, type Row, textOf } from './report.ts';

const steady = (median: number) => ({ median, low: median, high: median });
const goal: Goal = { of: 'ratio', bound: 'at least', is: 0.75, gate: 0.45 };
const row = (ratio: number): Row => ({ name: 'Moddy', value: steady(80), unit: 'µs', ratio: steady(ratio), goal });

it('a goal is met at its bound, a gate at its own', () => {
  expect([0.75, 0.74].map((ratio) => isMet(row(ratio), false))).toEqual([true, false]);
  expect([0.45, 0.44].map((ratio) => isMet(row(ratio), true))).toEqual([true, false]);
  expect(isMet({ name: 'x', value: steady(1), unit: 's' }, false)).toBeUndefined();
});

it('a gate is judged by the better end of the middle half', () => {
  expect(isMet({ ...row(0.3), ratio: { median: 0.3, low: 0.2, high: 0.5 } }, true)).toBe(true);
  const time: Goal = { of: 'value', bound: 'at most', is: 10 };
  expect(isMet({ name: 'x', value: { median: 12, low: 9, high: 20 }, unit: 'ms', goal: time }, true)).toBe(true);
});

it('the table shows what was reached and what was asked', () => {
  const text = stripVTControlCharacters(textOf({ title: 'Title', note: 'Note', rows: [row(0.7)] }, false));
  expect(text).toBe('Title\nNote\n  Moddy  80.0 µs [80.0–80.0]  0.70× [0.70–0.70]  missed: ≥ 0.75×\n');
});
