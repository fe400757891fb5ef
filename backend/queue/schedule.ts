import type { Logger } from '@moddy/runtime/log';
import type { Queryable } from '../database/database.ts';
import { claimJob, type JobClaim, type JobName, registerJob, releaseJob } from './claim-job.ts';

export interface Job {
  readonly name: JobName;
  readonly everyMs: number;
  /** While false, a run that is due waits; always true unless given. */
  readonly ready?: () => boolean;
  /** Does the whole of it, saves its progress, and finishes the claim; stops between two steps when told to. */
  readonly run: (claim: JobClaim, signal: AbortSignal) => Promise<void>;
}

export interface Schedule {
  start(): Promise<void>;
  /** Looks for work that is due now. */
  wake(): void;
  stop(): Promise<void>;
}

const POLL_EVERY_MS = 60_000;
const RETRY_MS = 5 * 60_000;

/** Runs jobs when they are due, one after the other; of all replicas one does each. */
export function createSchedule(db: Queryable, log: Logger, jobs: readonly Job[]): Schedule {
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  /** Woken while the jobs ran: one that was checked already may be due since. */
  let again = false;

  const attempt = async ({ name, run, ready }: Job): Promise<void> => {
    if (ready?.() === false) return;
    const claim = await claimJob(db, name, 'due');
    if (claim === undefined) return;
    const startedMs = Date.now();
    try {
      await run(claim, signal);
      log.info('job done', { name, durationMs: Date.now() - startedMs });
    } catch (error) {
      // At a shutdown another replica, or our next life, goes on at once.
      if (!signal.aborted) log.warn('job failed', { name, error, retryInMs: RETRY_MS });
      await releaseJob(db, claim, signal.aborted ? 0 : RETRY_MS);
    }
  };
  const runDue = async (): Promise<void> => {
    for (const job of jobs) {
      if (signal.aborted) return;
      await attempt(job).catch((error: unknown) => log.warn('polling failed', { name: job.name, error }));
    }
  };
  const wake = () => {
    again = running !== undefined;
    running ??= runDue().finally(() => {
      running = undefined;
      if (again) wake();
    });
  };
  return {
    start: async () => {
      for (const { name, everyMs } of jobs) await registerJob(db, name, everyMs);
      timer = setInterval(wake, POLL_EVERY_MS);
      wake();
    },
    wake,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
