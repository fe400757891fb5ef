import { styleText } from 'node:util';
import type { Spread } from '../measure/rounds.ts';
import { type Goal, isMet, type Row, type Section } from './result.ts';

/** A section as the terminal shows it: median and, in brackets, the middle half. */
export function tableOf({ title, note, rows }: Section): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map((row) =>
    [row.name.padEnd(width), valueText(row), row.ratio ? ratioText(row.ratio) : ''.padEnd(22), goalText(row)]
      .join('  ')
      .trimEnd(),
  );
  return [styleText('bold', title), styleText('dim', note), ...lines.map((line) => `  ${line}`), ''].join('\n');
}

const valueText = ({ value, unit }: Row): string =>
  `${figure(value.median).padStart(8)} ${unit.padEnd(8)} ${`[${figure(value.low)}–${figure(value.high)}]`.padEnd(17)}`;

const ratioText = ({ median, low, high }: Spread): string =>
  `${median.toFixed(2)}× [${low.toFixed(2)}–${high.toFixed(2)}]`.padEnd(22);

export const figure = (value: number): string =>
  value >= 1_000
    ? value.toFixed(0)
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

function goalText(row: Row): string {
  const met = isMet(row);
  if (row.goal === undefined || met === undefined) return '';
  return styleText(met ? 'green' : 'red', `${met ? 'met' : 'missed'}: ${boundOf(row.goal, row.unit)}`);
}

const boundOf = ({ of, bound, is }: Goal, unit: string): string =>
  `${bound === 'at least' ? '≥' : '≤'} ${is}${of === 'ratio' ? '×' : ` ${unit}`}`;
