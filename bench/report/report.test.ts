import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { pictureOf } from './picture.ts';
import { isMet, type Row } from './result.ts';
import { tableOf } from './table.ts';

const steady = (median: number) => ({ median, low: median, high: median });
const row = (ratio: number): Row => ({
  name: 'Moddy',
  value: steady(80),
  unit: 'µs',
  ratio: steady(ratio),
  goal: { of: 'ratio', bound: 'at least', is: 0.8 },
});

it('a goal is met at its bound', () => {
  expect([isMet(row(0.8)), isMet(row(0.79)), isMet({ name: 'x', value: steady(1), unit: 's' })]).toEqual([
    true,
    false,
    undefined,
  ]);
});

it('the table says what was reached and what was asked', () => {
  const table = stripVTControlCharacters(tableOf({ title: 'Title', note: 'Note', rows: [row(0.75)] }));
  expect(table).toMatch(
    /^Title\nNote\n {2}Moddy +80\.0 µs +\[80\.0–80\.0\] +0\.75× \[0\.75–0\.75\] +missed: ≥ 0\.8×\n$/,
  );
});

it('the picture is SVG, whatever the names hold', () => {
  const picture = pictureOf([{ title: 'a < b & c', note: '', rows: [row(1)] }], 'caption');
  expect(picture).toContain('a &lt; b &amp; c');
  expect(picture.match(/<rect /g)).toHaveLength(1);
});
