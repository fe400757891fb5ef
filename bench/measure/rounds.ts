import { median, percentile } from '../statistics.ts';

export interface Rounds {
  /** Named; the first is the one that others are compared with. */
  readonly names: readonly string[];
  readonly rounds: number;
  readonly warmUps: number;
}

/** V8 compiles what is called most only after tens of thousands of calls, and a service lives for weeks. */
const WARM_AFTER = 40_000;

export const warmUpsOf = (requestsPerRound: number): number => Math.ceil(WARM_AFTER / requestsPerRound);

/** Each name's samples, one a round. The order turns with each round, so that a drift of the machine hits all alike. */
export async function interleave(
  { names, rounds, warmUps }: Rounds,
  measure: (name: string) => Promise<number>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const samples = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await measure(name);
      if (round >= 0) samples.get(name)?.push(sample);
    }
  }
  return samples;
}

export interface Spread {
  readonly median: number;
  /** The middle half lies between these. */
  readonly low: number;
  readonly high: number;
}

export const spreadOf = (samples: readonly number[]): Spread => ({
  median: median(samples),
  low: percentile(samples, 0.25),
  high: percentile(samples, 0.75),
});

/** How much of the base's cost each round's sample was: what is common to both sides of a round falls out. */
export const ratioOf = (base: readonly number[], samples: readonly number[]): Spread =>
  spreadOf(samples.map((sample, round) => (base[round] ?? Number.NaN) / sample));
