import { styleText } from 'node:util';
import { ratioOf, type Spread, spreadOf } from './measure.ts';

export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly bound: 'at least' | 'at most';
  readonly is: number;
  /** The lower goal of `make bench-check`, where it has one. */
  readonly gate?: number;
}

export const atMost = (is: number): Goal => ({ of: 'value', bound: 'at most', is });
/** A goal for the ratio to the base. */
export const atLeast = (is: number, gate = is): Goal => ({ of: 'ratio', bound: 'at least', is, gate });

/** One thing that was measured. */
export interface Row {
  readonly name: string;
  readonly value: Spread;
  readonly unit: 'µs' | 'ms' | 'MB' | 's';
  /** Against the section's base, from the same rounds: 1 is as good as the base, 2 twice as good. */
  readonly ratio?: Spread;
  readonly goal?: Goal;
}

export interface Section {
  readonly title: string;
  /** Explains the figures, and the base of the ratios. */
  readonly note: string;
  readonly rows: readonly Row[];
}

/** A row for each name, with the ratio to the first one. */
export function compared(
  samples: ReadonlyMap<string, readonly number[]>,
  unit: Row['unit'],
  goals: Readonly<Record<string, Goal>>,
): readonly Row[] {
  const [base = []] = samples.values();
  return [...samples].map(([name, of]) => {
    const goal = goals[name];
    return { name, value: spreadOf(of), unit, ratio: ratioOf(base, of), ...(goal && { goal }) };
  });
}

const boundOf = ({ is, gate = is }: Goal, check: boolean): number => (check ? gate : is);

/** @param check against the gate, by the better end of the middle half: a loud neighbour must not fail it. */
export function isMet({ value, ratio, goal }: Row, check: boolean): boolean | undefined {
  if (goal === undefined) return undefined;
  const spread = goal.of === 'value' ? value : ratio;
  const better = goal.bound === 'at least' ? spread?.high : spread?.low;
  const reached = (check ? better : spread?.median) ?? Number.NaN;
  return goal.bound === 'at least' ? reached >= boundOf(goal, check) : reached <= boundOf(goal, check);
}

/** A section as the terminal shows it: median and, in brackets, the middle half. */
export function textOf({ title, note, rows }: Section, check: boolean): string {
  const cells = rows.map((row) => [
    `  ${row.name}`,
    spreadText(row.value, figure, ` ${row.unit}`),
    row.ratio ? spreadText(row.ratio, (value) => value.toFixed(2), '×') : '',
    goalText(row, check),
  ]);
  return [styleText('bold', title), styleText('dim', note), columns(cells), ''].join('\n');
}

const spreadText = ({ median, low, high }: Spread, text: (value: number) => string, unit: string) =>
  `${text(median)}${unit} [${text(low)}–${text(high)}]`;

function goalText(row: Row, check: boolean): string {
  const met = isMet(row, check);
  if (row.goal === undefined || met === undefined) return '';
  const { of, bound } = row.goal;
  const asked = `${bound === 'at least' ? '≥' : '≤'} ${boundOf(row.goal, check)}${of === 'ratio' ? '×' : ` ${row.unit}`}`;
  return styleText(met ? 'green' : 'red', `${met ? 'met' : 'missed'}: ${asked}`);
}

export const figure = (value: number): string => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** Text in columns: the first one to the left, the others to the right. */
export function columns(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const pad = (cell: string, at: number) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0));
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}
