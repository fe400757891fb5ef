import type { Orm, Queryable } from '../database/database.ts';
import { and, asc, eq, inArray, lt, type SQL, sql } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { deliveries } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { isFree } from '../queue/lease.ts';

type Delivery = typeof deliveries.$inferSelect;
interface Dry {
  /** Changes nothing, and returns the result that the change would have. */
  readonly dry: boolean;
}

/** An operator has dealt with a parked delivery: it is not sent. @returns false if no such delivery is parked. */
export async function acknowledgeDelivery(db: Queryable, deliveryId: number, { dry }: Dry): Promise<boolean> {
  const which = and(eq(deliveries.deliveryId, deliveryId), eq(deliveries.state, 'parked'));
  if (dry) return (await db.$count(deliveries, which)) > 0;
  return (await close(db, which, 'acknowledged')).length > 0;
}

/**
 * Drops unsent messages from before a moment, pending, waiting or parked, user by user; not one that is being sent now, or
 * that an operator has redriven since. Roles stay: they read the plan when they are sent.
 */
export async function dropMessages(
  db: Orm,
  { before, dry }: { readonly before: Date } & Dry,
): Promise<readonly Delivery[]> {
  const isOld = and(
    eq(deliveries.kind, 'notify'),
    inArray(deliveries.state, ['pending', 'waiting', 'parked']),
    lt(sql`coalesce(${deliveries.redrivenAt}, ${deliveries.createdAt})`, before),
    isFree(deliveries),
  );
  if (dry) return db.select().from(deliveries).where(isOld).orderBy(asc(deliveries.deliveryId));
  const owners = await db
    .selectDistinct({ userId: deliveries.userId })
    .from(deliveries)
    .where(isOld)
    .orderBy(asc(deliveries.userId));
  const dropped: Delivery[] = [];
  for (const { userId } of owners) {
    const ofUser = await transaction(db, async (tx) => {
      await lockUser(tx, { userId });
      return close(tx, and(isOld, eq(deliveries.userId, userId)), 'dropped');
    });
    dropped.push(...ofUser);
  }
  return dropped.toSorted((a, b) => a.deliveryId - b.deliveryId);
}

/** Why it was not sent stays in its detail. */
const close = (db: Queryable, which: SQL | undefined, outcome: 'acknowledged' | 'dropped'): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({ state: 'done', outcome, leaseUntil: null, settledAt: sql`now()` })
    .where(which)
    .returning();
