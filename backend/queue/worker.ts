import type { Logger } from '@moddy/runtime/log';

/** A loop that looks for work when woken, and otherwise every `pollMs`. */
export interface Worker {
  start(): void;
  wake(): void;
  /** Resolves when the work in hand is done; takes no more. */
  stop(): Promise<void>;
}

export interface WorkerDeps<Job> {
  readonly name: string;
  /** The safety net below NOTIFY. */
  readonly pollMs: number;
  readonly concurrency: number;
  readonly log: Logger;
  /** Answers at most `free` jobs, each leased; fewer only when there are no more. */
  readonly take: (free: number) => Promise<readonly Job[]>;
  /** Must not throw: it stores the failure of a job itself. */
  readonly run: (job: Job) => Promise<void>;
  /** Lengthens the leases of jobs that are still running. */
  readonly renew: (jobs: readonly Job[]) => Promise<void>;
}

const RENEW_EVERY_MS = 2_000;
/** Back-off of the loop itself, when looking for work fails (the database is unavailable). */
const FAILED_POLL_MS = { first: 200, longest: 3_000 } as const;

/** Keeps up to `concurrency` jobs running. */
export function createWorker<Job>({ name, pollMs, concurrency, log, take, run, renew }: WorkerDeps<Job>): Worker {
  const running = new Map<Job, Promise<void>>();
  let stopping = false;
  let woken = false;
  let wakeUp = () => {};
  let loop: Promise<void> = Promise.resolve();
  let failedPolls = 0;
  let renewing: NodeJS.Timeout | undefined;
  let renewal: Promise<void> | undefined;

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
        running.delete(job);
        wake();
      });
    running.set(job, done);
  };
  const poll = async (): Promise<number> => {
    try {
      const free = concurrency - running.size;
      const jobs = free > 0 ? await take(free) : [];
      for (const job of jobs) launch(job);
      failedPolls = 0;
      // As many as asked for: there may be more. Fewer: a notification or the end of a job says when there is more.
      return free > 0 && jobs.length === free ? 0 : pollMs;
    } catch (error) {
      failedPolls += 1;
      if (failedPolls === 1) log.warn('polling failed', { name, error });
      return Math.min(FAILED_POLL_MS.longest, FAILED_POLL_MS.first * 2 ** (failedPolls - 1));
    }
  };
  const turn = async () => {
    while (!stopping) {
      woken = false;
      await sleep(await poll());
    }
    await Promise.all(running.values());
    clearInterval(renewing);
  };
  const renewLeases = () => {
    // One at a time: while the database stalls they would take every connection.
    if (running.size === 0 || renewal !== undefined) return;
    renewal = renew([...running.keys()])
      .catch((error: unknown) => log.warn('leases could not be renewed', { name, error }))
      .finally(() => {
        renewal = undefined;
      });
  };
  return {
    start: () => {
      renewing = setInterval(renewLeases, RENEW_EVERY_MS);
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
