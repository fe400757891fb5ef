/** How many at once, and how many more each second after that. */
export interface BucketLimits {
  readonly burst: number;
  readonly perSecond: number;
}

/** Lets `burst` through at once and `perSecond` more as time goes. */
export class TokenBucket {
  readonly #limits: BucketLimits;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds. */
  constructor(limits: BucketLimits, now: () => number = () => Date.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#tokens = limits.burst;
    this.#filledAt = now();
  }

  /** Takes one. @returns 0, or the seconds until there is one again. */
  take(): number {
    const { burst, perSecond } = this.#limits;
    const now = this.#now();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1_000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
