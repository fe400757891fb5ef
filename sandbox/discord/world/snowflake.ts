import type { Clock } from './clock.ts';

// Discord's epoch, the first second of 2015 (Discord docs: API Reference, Snowflakes).
const EPOCH_MS = 1_420_070_400_000;

/** Makes ids that are unique and ascending: milliseconds since the epoch, then a counter. */
export function snowflakes(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const fromClock = BigInt(clock.now() - EPOCH_MS) << 22n;
    last = fromClock > last ? fromClock : last + 1n;
    return last.toString();
  };
}

export const compareSnowflakes = (a: string, b: string): number => {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const isSnowflake = (text: string): boolean => /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
