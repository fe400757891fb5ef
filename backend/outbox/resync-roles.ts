import { and, asc, gt, inArray, lt } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { PRIORITY, users } from '../database/schema.ts';
import { enqueueRoles } from './enqueue.ts';

const CHUNK = 500;

/**
 * Owes roles to everybody for whom the bot has not yet said that they are as asked, in chunks of one transaction each.
 * @returns how many users.
 */
export async function resyncUnconfirmedRoles(db: Queryable): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const found = await db.transaction(async (tx) => {
      const unconfirmed = await tx
        .select({ userId: users.userId })
        .from(users)
        .where(and(lt(users.confirmedRevision, users.revision), gt(users.userId, after)))
        .orderBy(asc(users.userId))
        .limit(CHUNK)
        .for('update');
      await enqueueRoles(
        tx,
        unconfirmed.map(({ userId }) => userId),
        PRIORITY.bulk,
      );
      return unconfirmed;
    });
    count += found.length;
    const last = found.at(-1);
    if (last === undefined || found.length < CHUNK) return count;
    after = last.userId;
  }
}

/** Owes these users their roles at once, confirmed or not; whoever never had a plan has none of ours. */
export async function resyncRoles(db: Queryable, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await db.transaction(async (tx) => {
    const locked = await tx
      .select({ userId: users.userId })
      .from(users)
      .where(and(inArray(users.userId, [...userIds]), gt(users.revision, 0)))
      .orderBy(asc(users.userId))
      .for('update');
    await enqueueRoles(
      tx,
      locked.map(({ userId }) => userId),
    );
  });
}
