import type { Timings } from '../timings.ts';

/** Bounds IDENTIFYs: some time apart, and so many within an hour. In memory; Discord's own count covers restarts. */
export class IdentifyBudget {
  readonly #timings: Pick<Timings, 'identifySpacingMs' | 'identifiesPerWindow' | 'identifyWindowMs'>;
  #sentAt: readonly number[] = [];

  constructor(timings: Pick<Timings, 'identifySpacingMs' | 'identifiesPerWindow' | 'identifyWindowMs'>) {
    this.#timings = timings;
  }

  /** Until the next IDENTIFY may be sent; 0 when it may be sent now. */
  waitMs(): number {
    const { identifySpacingMs, identifiesPerWindow, identifyWindowMs } = this.#timings;
    const never = Number.NEGATIVE_INFINITY;
    const spaced = (this.#sentAt.at(-1) ?? never) + identifySpacingMs;
    const counted = (this.#sentAt.at(-identifiesPerWindow) ?? never) + identifyWindowMs;
    return Math.max(0, Math.max(spaced, counted) - Date.now());
  }

  spend(): void {
    this.#sentAt = [...this.#sentAt, Date.now()].slice(-this.#timings.identifiesPerWindow);
  }
}
