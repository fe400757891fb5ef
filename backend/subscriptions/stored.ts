import { and, eq, ne, notInArray, sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { customers, subscriptions } from '../database/schema.ts';
import { ENDED } from './entitlement.ts';
import type { Fetched } from './fetch-from-stripe.ts';
import type { Plans } from './plans.ts';

/** The user's subscriptions at other Stripe customers than this one, with the plans that their prices mean today. */
export async function storedOfOthers(
  tx: Queryable,
  userId: number,
  customerId: string,
  plans: Plans,
): Promise<readonly Fetched[]> {
  const rows = await tx
    .select({ subscription: subscriptions })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(eq(customers.userId, userId), ne(customers.customerId, customerId)));
  return rows.map(({ subscription }) => ({ ...subscription, plan: plans.planOf(subscription.priceId) }));
}

/** Stores a customer's subscriptions as they are; one that Stripe does not have any more has ended. */
export async function storeSubscriptions(
  tx: Queryable,
  customerId: string,
  fetched: readonly Fetched[],
  now: Date,
): Promise<void> {
  for (const subscription of fetched) {
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
}
