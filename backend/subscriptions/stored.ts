import { and, eq, inArray, ne, notInArray, sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { customers, subscriptions } from '../database/schema.ts';
import { ENDED } from './entitlement.ts';
import type { Fetched } from './fetch-from-stripe.ts';
import { pastDueSince } from './past-due.ts';
import type { Plans } from './plans.ts';

/** A subscription as we keep it. */
export type Kept = Fetched & Pick<typeof subscriptions.$inferSelect, 'pastDueSince'>;

/**
 * The user's subscriptions at other Stripe customers of this mode than this one, with the plans that their prices mean
 * today. One of the test mode entitles to nothing in live mode, and its prices need not be known there.
 */
export async function storedOfOthers(
  tx: Queryable,
  userId: number,
  customerId: string,
  { livemode, plans }: { readonly livemode: boolean; readonly plans: Plans },
): Promise<readonly Kept[]> {
  const rows = await tx
    .select({ subscription: subscriptions })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(eq(customers.userId, userId), eq(customers.livemode, livemode), ne(customers.customerId, customerId)));
  return rows.map(({ subscription }) => ({ ...subscription, plan: plans.planOf(subscription.priceId) }));
}

/**
 * Stores a customer's subscriptions as they are; one that Stripe does not have any more has ended.
 * @returns them with what only we remember.
 */
export async function storeSubscriptions(
  tx: Queryable,
  customerId: string,
  fetched: readonly Fetched[],
  now: Date,
): Promise<readonly Kept[]> {
  const known = await tx
    .select()
    .from(subscriptions)
    .where(inArray(subscriptions.subscriptionId, ['', ...fetched.map(({ subscriptionId }) => subscriptionId)]));
  const knownOf = new Map(known.map((row) => [row.subscriptionId, row]));
  const kept = fetched.map((subscription) => ({
    ...subscription,
    pastDueSince: pastDueSince(subscription, knownOf.get(subscription.subscriptionId), now),
  }));
  for (const subscription of kept) {
    const stored = { ...subscription, updatedAt: now, seenAt: sql`now()` };
    await tx
      .insert(subscriptions)
      .values(stored)
      .onConflictDoUpdate({ target: subscriptions.subscriptionId, set: stored });
  }
  await tx
    .update(subscriptions)
    .set({ status: 'canceled', updatedAt: now })
    .where(
      and(
        eq(subscriptions.customerId, customerId),
        notInArray(subscriptions.status, [...ENDED]),
        notInArray(subscriptions.subscriptionId, ['', ...fetched.map(({ subscriptionId }) => subscriptionId)]),
      ),
    );
  return kept;
}
