import { setTimeout as delay } from 'node:timers/promises';

/** Things done again and again until told to stop. */
export interface Callers {
  /** Each of so many callers acts, waits and acts again. */
  add(callers: number, everyMs: number, act: () => Promise<void>): void;
  /** Resolves when the last act is over. */
  stop(): Promise<void>;
}

export function createCallers(): Callers {
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  const run = async (everyMs: number, act: () => Promise<void>) => {
    // Not all at once, so that the connections are of different ages.
    let waitMs = Math.random() * everyMs;
    while (!stopping.signal.aborted) {
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      await act();
      waitMs = everyMs * (0.5 + Math.random());
    }
  };
  return {
    add: (callers, everyMs, act) => {
      for (let caller = 0; caller < callers; caller += 1) running.push(run(everyMs, act));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
