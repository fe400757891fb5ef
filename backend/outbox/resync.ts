/* Sends roles again: for users without the bot's confirmation, for users that an operator names, and for every user. */

import type { Logger } from '@moddy/runtime/log';
import type { Pause } from '../config.ts';
import type { Orm, Queryable } from '../database/database.ts';
import { and, gt, inArray, isNull, lt, ne, sql } from '../database/drizzle.ts';
import { lockUsers } from '../database/lock-user.ts';
import { jobs, PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { FREE } from '../plans.ts';
import { finishJob, saveJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import type { Breaker } from './breaker.ts';
import { enqueueResync, enqueueRoles } from './enqueue.ts';

/**
 * Enqueues the roles of every user for whom the bot has not confirmed them, in chunks of one transaction each.
 * @returns how many users.
 */
export async function resyncUnconfirmedRoles(db: Orm): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const found = await transaction(db, async (tx) => {
      const isUnconfirmed = and(lt(users.confirmedRevision, users.revision), gt(users.userId, after));
      const unconfirmed = await lockUsers(tx, isUnconfirmed, CHUNK);
      await enqueueRoles(tx, unconfirmed, PRIORITY.bulk);
      return unconfirmed;
    });
    count += found.length;
    const last = found.at(-1);
    if (last === undefined || found.length < CHUNK) return count;
    after = last.userId;
  }
}

/** Enqueues these users' roles at once, confirmed or not; a user who never had a plan has none of ours. */
export async function resyncRoles(db: Orm, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await transaction(db, async (tx) => {
    await enqueueRoles(tx, await lockUsers(tx, and(inArray(users.userId, [...userIds]), gt(users.revision, 0))));
  });
}

/** By then a bot that starts is connected to the gateway: later joins are reported, earlier ones are resynced. */
const SETTLED_MS = 60_000;
/** At most one resync in so long, however often the bot is restarted. */
const REST_MS = 10 * 60_000;

/**
 * Makes the resync of all roles due, unless one has begun since this process of the bot settled: it may have
 * other roles for the plans than the one before, and members have come and gone that nobody saw. Safe to repeat.
 * @param botStartedAt as the bot's health says, ISO 8601.
 */
export async function requestResync(db: Queryable, botStartedAt: string): Promise<void> {
  const settledAt = new Date(new Date(botStartedAt).getTime() + SETTLED_MS);
  await db
    .insert(jobs)
    .values({ name: 'affirm', dueAt: settledAt })
    .onConflictDoUpdate({
      target: jobs.name,
      set: {
        dueAt: sql`least(${jobs.dueAt}, greatest(excluded.due_at, ${jobs.startedAt} + ${`${REST_MS} milliseconds`}::interval))`,
      },
      setWhere: sql`${jobs.startedAt} is null or ${jobs.startedAt} < excluded.due_at`,
    });
}

const EVERY_MS = 24 * 60 * 60 * 1_000;
const CHUNK = 500;

/** How far a resync got. */
interface Progress {
  /** The last user that was checked. */
  readonly after: number;
  readonly count: number;
}

/**
 * Sends the roles of every subscriber again, daily and after each start of the bot: confirmed roles can change without an
 * event. At most one row per user is pending, and only when nothing else is.
 */
export const resyncJob = (
  db: Orm,
  log: Logger,
  { breaker, paused }: { readonly breaker: Breaker; readonly paused: Pause },
): Job => ({
  name: 'affirm',
  everyMs: EVERY_MS,
  // Nothing would be sent: it had to wait, and a bot that comes back wants it anew.
  ready: () => breaker.opened === undefined && paused !== 'all',
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
