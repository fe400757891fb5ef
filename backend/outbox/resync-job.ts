import type { Logger } from '@moddy/runtime/log';
import type { Orm } from '../database/database.ts';
import { and, gt, isNull, ne } from '../database/drizzle.ts';
import { lockUsers } from '../database/lock-user.ts';
import { users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { FREE } from '../plans.ts';
import { finishJob, saveJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import type { Deliverer } from './deliverer.ts';
import { enqueueResync } from './enqueue.ts';
import { requestResync } from './request-resync.ts';

const EVERY_MS = 24 * 60 * 60 * 1_000;
const CHUNK = 500;

/** How far a resync got. */
interface Progress {
  /** The last user that was checked. */
  readonly after: number;
  readonly count: number;
}

/**
 * The roles of every subscriber are sent again, daily and after each start of the bot: what was confirmed once can be
 * wrong since, without an event that says so. Never more than one row per user is pending, and only when nothing else is.
 */
export const resyncJob = (db: Orm, log: Logger, { breaker, paused }: Pick<Deliverer, 'breaker' | 'paused'>): Job => ({
  name: 'affirm',
  everyMs: EVERY_MS,
  // Nothing would be sent: it had to wait, and a bot that comes back wants it anew.
  ready: () => breaker.opening === undefined && paused !== 'all',
  run: async (claim, signal) => {
    let progress = isProgress(claim.state) ? claim.state : { after: 0, count: 0 };
    for (let more = true; more; ) {
      signal.throwIfAborted();
      const { after, count } = progress;
      const found = await transaction(db, async (tx) => {
        const isSubscriber = and(gt(users.userId, after), ne(users.plan, FREE), isNull(users.erasureRequestedAt));
        const subscribers = await lockUsers(tx, isSubscriber, CHUNK);
        await enqueueResync(tx, subscribers);
        progress = { after: subscribers.at(-1)?.userId ?? after, count: count + subscribers.length };
        await saveJob(tx, claim, progress);
        return subscribers.length;
      });
      more = found === CHUNK;
    }
    const { count } = progress;
    if (count > 0) log.info('roles of all subscribers are sent again', { count });
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome: `${count} subscribers`, alert: false });
    // The bot may have been restarted while this went on.
    if (breaker.botStartedAt !== undefined) await requestResync(db, breaker.botStartedAt);
  },
});

const isProgress = (state: unknown): state is Progress =>
  typeof state === 'object' &&
  state !== null &&
  'after' in state &&
  typeof state.after === 'number' &&
  'count' in state &&
  typeof state.count === 'number';
