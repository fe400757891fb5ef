import type { Logger } from '@moddy/runtime/log';
import type { Queryable } from '../../database/database.ts';
import { finishJob, saveJob } from '../../jobs/claim-job.ts';
import type { Job } from '../../jobs/schedule.ts';
import { finishErasures } from './finish-erasures.ts';

const EVERY_MS = 5 * 60_000;

/** Looks whether somebody who asked to be forgotten can be by now. */
export const eraseJob = (db: Queryable, log: Logger, now: () => Date): Job => ({
  name: 'erase',
  everyMs: EVERY_MS,
  run: async (claim) => {
    const onPage = () => saveJob(db, claim, null);
    const { forgotten, failed } = await finishErasures({ db, log, now: now(), onPage });
    if (forgotten > 0) log.info('people forgotten', { count: forgotten });
    const outcome = failed === 0 ? `forgot ${forgotten}` : `forgot ${forgotten}, could not forget ${failed}`;
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome, alert: failed > 0 });
  },
});
