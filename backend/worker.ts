import type { Logger } from '@moddy/runtime/log';

/** A loop that looks for work when woken, and otherwise every `pollMs`. */
export interface Worker {
  start(): void;
  wake(): void;
  /** Resolves when the work in hand is done; takes no more. */
  stop(): Promise<void>;
}

export interface WorkerParts {
  readonly name: string;
  /** The safety net below NOTIFY. */
  readonly pollMs: number;
  readonly concurrency: number;
  readonly log: Logger;
}

/** Back-off of the loop itself, when looking for work fails (the database is away). */
const FAILED_LOOK_MS = { first: 200, longest: 3_000 } as const;

/**
 * Keeps up to `concurrency` jobs running. `take(free)` answers at most that many; `run` must not throw: whatever goes
 * wrong with a job is written down there.
 */
export function createWorker<Job>(
  { name, pollMs, concurrency, log }: WorkerParts,
  take: (free: number) => Promise<readonly Job[]>,
  run: (job: Job) => Promise<void>,
): Worker {
  const running = new Set<Promise<void>>();
  let stopping = false;
  let woken = false;
  let wakeUp = () => {};
  let loop: Promise<void> = Promise.resolve();
  let failedLooks = 0;

  const wake = () => {
    woken = true;
    wakeUp();
  };
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (woken) wakeUp();
    });
  const launch = (job: Job) => {
    const done = run(job)
      .catch((error: unknown) => log.error('a job was lost to an error', { name, error }))
      .finally(() => {
        running.delete(done);
        wake();
      });
    running.add(done);
  };
  const look = async (): Promise<number> => {
    try {
      const free = concurrency - running.size;
      const jobs = free > 0 ? await take(free) : [];
      for (const job of jobs) launch(job);
      failedLooks = 0;
      return jobs.length === 0 ? pollMs : 0;
    } catch (error) {
      failedLooks += 1;
      if (failedLooks === 1) log.warn('cannot look for work', { name, error });
      return Math.min(FAILED_LOOK_MS.longest, FAILED_LOOK_MS.first * 2 ** (failedLooks - 1));
    }
  };
  const turn = async () => {
    while (!stopping) {
      woken = false;
      const waitMs = await look();
      if (waitMs > 0 && !stopping) await sleep(waitMs);
    }
    await Promise.all(running);
  };
  return {
    start: () => {
      loop = turn();
    },
    wake,
    stop: () => {
      stopping = true;
      wake();
      return loop;
    },
  };
}
