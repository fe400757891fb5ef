import type { Logger } from '@moddy/runtime/log';
import type { Queryable } from '../../database/database.ts';
import { finishJob } from '../../jobs/claim-job.ts';
import type { Job } from '../../jobs/schedule.ts';
import { finishErasures } from './finish-erasures.ts';

const EVERY_MS = 5 * 60_000;

/** Looks whether somebody who asked to be forgotten can be by now. */
export const eraseJob = (db: Queryable, log: Logger, now: () => Date): Job => ({
  name: 'erase',
  everyMs: EVERY_MS,
  run: async (claim) => {
    const count = await finishErasures(db, now());
    if (count > 0) log.info('people forgotten', { count });
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome: `forgot ${count}`, alert: false });
  },
});
