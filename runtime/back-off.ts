/**
 * Exponential back-off with jitter, in whole milliseconds: between half and all of `firstMs * 2^failures`, at most
 * `longestMs`. Jitter keeps attempts that failed together from being repeated together.
 */
export function backOffMs(
  failures: number,
  firstMs: number,
  longestMs: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.ceil(ceiling * (0.5 + random() / 2));
}

/** The waits of one repeated attempt, in whole milliseconds. */
export class BackOff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  #failures = 0;

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
  }

  next(): number {
    const waitMs = backOffMs(this.#failures, this.#firstMs, this.#longestMs);
    this.#failures += 1;
    return waitMs;
  }

  reset(): void {
    this.#failures = 0;
  }
}
