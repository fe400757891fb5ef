import { columns, figure } from '../report.ts';
import type { Cost } from './meter.ts';

/** Pages that a deeper index, a visit of a page more, or a plan that was made anew may add by chance. */
const NOISE = 8;

/**
 * How a cost grows, judged by the pages Postgres touches: logarithmic if the last decade adds about what the one before
 * added, where linear growth would add ten times as much.
 */
export function verdictOf(costs: readonly Cost[]): 'constant' | 'logarithmic' | 'worse' {
  const buffers = costs.map((cost) => cost.buffers);
  const [first = 0, last = 0] = [buffers[0], buffers.at(-1)];
  if (last <= first * 1.2 + 1) return 'constant';
  const steps = buffers.slice(1).map((value, index) => value - (buffers[index] ?? 0));
  const [before = 0, latest = 0] = steps.slice(-2);
  return latest <= 2 * Math.max(0, before) + NOISE ? 'logarithmic' : 'worse';
}

export function growthText(all: ReadonlyMap<string, readonly Cost[]>, times: readonly number[]): string {
  const header = [
    '',
    ...times.map((factor) => `${factor}× ms`),
    ...times.map((factor) => `${factor}× pages`),
    'stmts',
    '',
  ];
  const lines = [...all].map(([name, costs]) => [
    name,
    ...costs.map(({ ms }) => figure(ms)),
    ...costs.map(({ buffers }) => figure(buffers)),
    figure(costs.at(-1)?.statements ?? 0),
    verdictOf(costs),
  ]);
  return columns([header, ...lines]);
}
