import type { Cost } from './meter.ts';
import type { measureReplicas } from './replicas.ts';

/** One operation's cost at every size. */
export interface Row {
  readonly name: string;
  readonly costs: readonly Cost[];
}

export type Verdict = 'constant' | 'logarithmic' | 'worse';

/** Pages that a deeper index, a visit of a page more, or a plan that was made anew may add by chance. */
const NOISE = 8;

/**
 * How a cost grows, judged by the pages Postgres touches: logarithmic if the last decade adds about what the one before
 * added, where linear growth would add ten times as much.
 */
export function verdictOf(costs: readonly Cost[]): Verdict {
  const buffers = costs.map((cost) => cost.buffers);
  const [first = 0, last = 0] = [buffers[0], buffers.at(-1)];
  if (last <= first * 1.2 + 1) return 'constant';
  const steps = buffers.slice(1).map((value, index) => value - (buffers[index] ?? 0));
  const [before = 0, latest = 0] = steps.slice(-2);
  return latest <= 2 * Math.max(0, before) + NOISE ? 'logarithmic' : 'worse';
}

/** By which factor a cost grew with each decade. */
export function growthOf(costs: readonly Cost[]): number {
  const [first, last] = [costs[0]?.buffers ?? 0, costs.at(-1)?.buffers ?? 0];
  return (Math.max(1, last) / Math.max(1, first)) ** (1 / Math.max(1, costs.length - 1));
}

export function renderTable(rows: readonly Row[], times: readonly number[]): string {
  const header = [
    '',
    ...times.map((factor) => `${factor}× ms`),
    ...times.map((factor) => `${factor}× pages`),
    'stmts',
    'per decade',
    '',
  ];
  const lines = rows.map(({ name, costs }) => [
    name,
    ...costs.map(({ ms }) => figure(ms)),
    ...costs.map(({ buffers }) => figure(buffers)),
    figure(costs.at(-1)?.statements ?? 0),
    `×${growthOf(costs).toFixed(2)}`,
    verdictOf(costs),
  ]);
  return render([header, ...lines]);
}

export function renderReplicas({ maxConnections, rows }: Awaited<ReturnType<typeof measureReplicas>>): string {
  const header = ['replicas', 'deliveries/s', 'syncs/s', 'connections', 'ms of backends', 'of Postgres', 'of others'];
  const lines = rows.map(({ replicas, deliveriesPerSecond, syncsPerSecond, connections, processorMs }) => [
    String(replicas),
    figure(deliveriesPerSecond),
    figure(syncsPerSecond),
    `${connections} of ${maxConnections}`,
    ...[processorMs.backends, processorMs.postgres, processorMs.others].map(figure),
  ]);
  return render([header, ...lines]);
}

function render(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2));
