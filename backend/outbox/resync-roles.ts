import type { Orm } from '../database/database.ts';
import { and, gt, inArray, lt } from '../database/drizzle.ts';
import { lockUsers } from '../database/lock-user.ts';
import { PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { enqueueRoles } from './enqueue.ts';

const CHUNK = 500;

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
