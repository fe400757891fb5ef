/** The sandbox's time: real time plus what it was advanced by. Stripe counts whole seconds, the sandbox moves in ms. */
export class Clock {
  #offsetMs = 0;

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  seconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Moves forward to a moment; time never runs backwards, an earlier moment changes nothing. */
  moveTo(ms: number): void {
    this.#offsetMs += Math.max(0, ms - this.nowMs());
  }
}
