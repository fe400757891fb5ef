import { and, desc, eq, inArray } from 'drizzle-orm';
import type Stripe from 'stripe';
import type { Queryable } from '../../database/database.ts';
import { customers, subscriptions } from '../../database/schema.ts';

/** Statuses of a subscription that goes on: whoever has one changes it, rather than buying a second. */
const LIVE = ['active', 'trialing', 'past_due', 'unpaid', 'paused'] as const;

/** The plan of a subscription that goes on, as far as the database knows. */
export async function livePlan(db: Queryable, userId: number, livemode: boolean): Promise<string | undefined> {
  const [found] = await db
    .select({ plan: subscriptions.plan })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(
      and(eq(customers.userId, userId), eq(customers.livemode, livemode), inArray(subscriptions.status, [...LIVE])),
    )
    .orderBy(desc(subscriptions.createdAt))
    .limit(1);
  return found && (found.plan ?? '');
}

/** The same asked of Stripe: the database may not have heard of a payment yet. */
export async function isLiveAtStripe(stripe: Stripe, customerId: string): Promise<boolean> {
  const { data } = await stripe.subscriptions.list({ customer: customerId, limit: 100 });
  return data.some(({ status }) => LIVE.some((live) => live === status));
}
