import type { Cluster } from '../faults/cluster.ts';
import type { Aftermath } from '../faults/scenario.ts';
import type { Tally } from './tally.ts';

export interface Rounds {
  readonly times: number;
  /** How many times longer each caller waits between two requests than in the proof, for a machine that is busy. */
  readonly slower?: number;
}

export interface Part {
  readonly name: string;
  /** False where the scraper of the metrics would have to follow. */
  readonly alerts?: false;
  run(cluster: Cluster, tally: Tally, rounds: Rounds, onStep: (done: number) => void): Promise<Aftermath>;
}

/** `p50 310 ms, max 402 ms`. */
export function spread(name: string, samples: readonly number[]): string {
  const sorted = samples.toSorted((a, b) => a - b);
  const p50 = sorted[Math.floor(sorted.length / 2)];
  const max = sorted.at(-1);
  if (p50 === undefined || max === undefined) return `${name}: none`;
  return `${name}: p50 ${Math.round(p50)} ms, max ${Math.round(max)} ms`;
}
