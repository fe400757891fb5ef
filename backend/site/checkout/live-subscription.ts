import type Stripe from 'stripe';

/** Statuses of a subscription that goes on: its user pays or changes it, rather than buying a second. */
const LIVE = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'] as const;

/** Asked of Stripe: the database may not have heard of a payment yet. */
export async function isLiveAtStripe(stripe: Stripe, customerId: string): Promise<boolean> {
  const { data } = await stripe.subscriptions.list({ customer: customerId, limit: 100 });
  return data.some(({ status }) => LIVE.some((live) => live === status));
}
