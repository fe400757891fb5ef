/** The sandbox's clock: real time plus what `advance` added. Only Discord's own deadlines and windows run on it. */
export class Clock {
  #offsetMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #due: { at: number; run: () => void }[] = [];

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  iso(): string {
    return new Date(this.now()).toISOString();
  }

  /** As Discord writes a time: microseconds and an offset. */
  timestamp(): string {
    return this.iso().replace('Z', '000+00:00');
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
    this.#fire();
  }

  /** Runs once when this clock reaches now + ms. Answers the cancellation. */
  after(ms: number, run: () => void): () => void {
    const entry = { at: this.now() + ms, run };
    this.#due.push(entry);
    this.#due.sort((a, b) => a.at - b.at);
    this.#arm();
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
      this.#arm();
    };
  }

  stop(): void {
    this.#due = [];
    clearTimeout(this.#timer);
  }

  #fire(): void {
    for (let next = this.#due[0]; next && next.at <= this.now(); next = this.#due[0]) {
      this.#due.shift();
      next.run();
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#due[0];
    // setTimeout holds at most 2^31 - 1 ms; waking early only arms again.
    if (next) this.#timer = setTimeout(() => this.#fire(), Math.min(Math.max(next.at - this.now(), 0), 2 ** 31 - 1));
  }
}
