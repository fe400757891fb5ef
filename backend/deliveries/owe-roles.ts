import { and, asc, gt, inArray } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { users } from '../database/schema.ts';
import { enqueueRoles } from './enqueue.ts';

/** Owes these users their roles at once, confirmed or not; whoever never had a plan has none of ours. */
export async function oweRoles(db: Queryable, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await db.transaction(async (tx) => {
    const owed = await tx
      .select({ userId: users.userId })
      .from(users)
      .where(and(inArray(users.userId, [...userIds]), gt(users.revision, 0)))
      .orderBy(asc(users.userId))
      .for('update');
    await enqueueRoles(
      tx,
      owed.map(({ userId }) => userId),
    );
  });
}
