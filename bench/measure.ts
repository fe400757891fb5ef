/** How thoroughly: rounds that count, requests in each, and samples of a latency. */
export interface Effort {
  readonly rounds: number;
  readonly requests: number;
  readonly samples: number;
  /** Only what is judged, and what it is compared with. */
  readonly check: boolean;
}

export interface Spread {
  readonly median: number;
  /** The middle half lies between these. */
  readonly low: number;
  readonly high: number;
}

/** Nearest rank. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** How much of the base each round's sample was: what is common to both sides of a round falls out. */
export const ratioOf = (base: readonly number[], samples: readonly number[]): Spread =>
  spreadOf(samples.map((sample, round) => (base[round] ?? Number.NaN) / sample));

/** V8 compiles what is called most only after tens of thousands of calls, and a service lives for weeks. */
const WARM_AFTER = 40_000;
export const warmUpsOf = (requestsPerRound: number): number => Math.ceil(WARM_AFTER / requestsPerRound);

/** Each name's samples, one a round. The order turns with each round, so that a drift of the machine hits all alike. */
export async function interleave(
  names: readonly string[],
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
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
