import { TooManyRequests } from '../errors.ts';

export interface FailureLimits {
  /** Failures that an address may make at once. */
  readonly burst: number;
  /** And how many each second after that. */
  readonly perSecond: number;
  /** Addresses remembered; beyond it the one that has been quiet longest is forgotten. */
  readonly addresses: number;
}

/**
 * A peer with another secret asks at most about once a second, twice when it has a previous one: it must go on to see
 * 403, which names its fault, and never 429, which would hide it.
 */
export const FAILURE_LIMITS: FailureLimits = { burst: 120, perSecond: 2, addresses: 1_000 };

interface Bucket {
  left: number;
  at: number;
}

/**
 * Slows whoever keeps failing to authenticate, by address. Only failures are counted and only failures are refused, so
 * a caller with the secret is never hurt, whoever else calls from its address.
 */
export class FailedAuthentications {
  readonly #limits: FailureLimits;
  readonly #now: () => number;
  /** In the order of their last failure. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param now milliseconds on a clock that never goes back. */
  constructor(limits: FailureLimits = FAILURE_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  get addresses(): number {
    return this.#buckets.size;
  }

  /** Counts a failure. @throws {SlowDown} when the address has made too many. */
  count(address: string): void {
    const { burst, perSecond, addresses } = this.#limits;
    const at = this.#now();
    const known = this.#buckets.get(address);
    const left = known ? Math.min(burst, known.left + ((at - known.at) / 1_000) * perSecond) : burst;
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: Math.max(0, left < 1 ? left : left - 1), at });
    if (this.#buckets.size > addresses) {
      const [quietest] = this.#buckets.keys();
      if (quietest !== undefined) this.#buckets.delete(quietest);
    }
    if (left < 1) throw new TooManyRequests('Too many failed authentications', (1 - left) / perSecond);
  }
}
