/**
 * Exponential back-off with full jitter: between half and all of `firstMs * 2^failures`, at most `longestMs`. Jitter
 * keeps what failed together from coming back together.
 */
export function backOffMs(
  failures: number,
  firstMs: number,
  longestMs: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return ceiling * (0.5 + random() / 2);
}
