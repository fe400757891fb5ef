import { setTimeout as delay } from 'node:timers/promises';

/** Answers to commands that are being worked on, so that a stop can wait for them. */
export class InFlight {
  readonly #running = new Set<Promise<void>>();

  /** @param work must not reject: it logs its own failures. */
  add(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when all are done, at the latest after `atMostMs`. */
  async settled(atMostMs: number): Promise<void> {
    const waited = new AbortController();
    const enough = delay(atMostMs, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#running), enough]);
    waited.abort();
  }
}
