import { and, desc, eq, isNotNull, like, not, notInArray, sql } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { customers, deliveries, discordEvents, subscriptions, users } from '../../database/schema.ts';
import { FREE } from '../../subscriptions/plans.ts';

/** What stands for the Discord id of somebody who is forgotten; no Discord id looks like it. */
const ERASED = 'erased:';
/** Roles that cannot be taken back for so long will not be; the person's wish then counts more. */
const PATIENCE_MS = 30 * 24 * 60 * 60 * 1000;
/** The bot's word that there is nobody to take roles from. */
const GONE: ReadonlySet<string | null> = new Set(['not_in_guild', 'unknown_user']);

/**
 * Forgets the Discord id of everybody who asked for it and to whom nothing is owed any more. What accounting needs
 * stays: the row without a person, its Stripe customers and their subscriptions.
 * @returns how many were forgotten.
 */
export async function finishErasures(db: Queryable, now: Date): Promise<number> {
  const waiting = await db
    .select({ userId: users.userId })
    .from(users)
    .where(and(isNotNull(users.erasureRequestedAt), not(like(users.discordId, `${ERASED}%`))))
    .limit(100);
  let count = 0;
  for (const { userId } of waiting) {
    if (await db.transaction((tx) => finishErasure(tx, userId, now))) count += 1;
  }
  return count;
}

async function finishErasure(tx: Queryable, userId: number, now: Date): Promise<boolean> {
  // Customers before users before deliveries, as in a sync.
  const own = await tx.select().from(customers).where(eq(customers.userId, userId)).for('update');
  const [user] = await tx.select().from(users).where(eq(users.userId, userId)).for('update');
  if (!user?.erasureRequestedAt) return false;
  const outOfPatience = now.getTime() - user.erasureRequestedAt.getTime() >= PATIENCE_MS;
  if (!outOfPatience && (own.some(({ wanted, done }) => wanted > done) || (await isOwedSomething(tx, user)))) {
    return false;
  }
  const { discordId } = user;
  await tx.delete(deliveries).where(eq(deliveries.userId, userId));
  await tx.delete(discordEvents).where(eq(discordEvents.discordId, discordId));
  await tx.update(customers).set({ discordIdHint: null }).where(eq(customers.userId, userId));
  await tx
    .update(users)
    .set({
      discordId: `${ERASED}${userId}`,
      email: null,
      locale: null,
      confirmedRevision: sql`${users.revision}`,
      updatedAt: now,
    })
    .where(eq(users.userId, userId));
  return true;
}

async function isOwedSomething(tx: Queryable, user: typeof users.$inferSelect): Promise<boolean> {
  if (user.plan !== FREE) return true;
  const [pending] = await tx
    .select({ deliveryId: deliveries.deliveryId })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.state, 'pending')))
    .limit(1);
  const [paid] = await tx
    .select({ subscriptionId: subscriptions.subscriptionId })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(eq(customers.userId, user.userId), notInArray(subscriptions.status, ['canceled', 'incomplete_expired'])))
    .limit(1);
  if (pending !== undefined || paid !== undefined) return true;
  if (user.confirmedRevision >= user.revision) return false;
  const [last] = await tx
    .select({ outcome: deliveries.outcome })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.kind, 'roles')))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  return !GONE.has(last?.outcome ?? null);
}
