import type { Logger } from '@moddy/runtime/log';
import type { Queryable } from '../database/database.ts';
import { finishJob, saveJob } from '../jobs/claim-job.ts';
import type { Job } from '../jobs/schedule.ts';
import { MAX_ROWS, prune } from './prune.ts';

const EVERY_MS = 60 * 60 * 1_000;
/** Where more is old than one run deletes: hourly, 55 new rows a second would outgrow it. */
const SOON_MS = 60 * 1_000;

/** Hourly housekeeping. */
export const pruneJob = (db: Queryable, log: Logger, retentionMs: number, now: () => Date): Job => ({
  name: 'prune',
  everyMs: EVERY_MS,
  run: async (claim, signal) => {
    const deleted = await prune(db, {
      before: new Date(now().getTime() - retentionMs),
      onProgress: async (count) => {
        signal.throwIfAborted();
        await saveJob(db, claim, { count });
      },
    });
    const outcome = Object.entries(deleted)
      .map(([table, count]) => `${table} ${count}`)
      .join(', ');
    log.info('old rows deleted', { count: Object.values(deleted).reduce((a, b) => a + b, 0), detail: outcome });
    const unfinished = Object.values(deleted).some((count) => count >= MAX_ROWS);
    await finishJob(db, claim, { everyMs: unfinished ? SOON_MS : EVERY_MS, outcome, alert: false });
  },
});
