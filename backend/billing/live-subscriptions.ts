import type Stripe from 'stripe';
import { eq } from '../database/drizzle.ts';
import { subscriptions } from '../database/schema.ts';
import { withAllItems } from '../stripe-client.ts';
import { ENDED } from './entitlement.ts';
import { type ListedDeps, type Ownership, ownershipOf, ownItems, readListed } from './ownership.ts';

export interface Live {
  readonly subscription: Stripe.Subscription;
  readonly owner: Ownership['owner'];
  /** Its items that are ours; empty unless the owner is known to be us. */
  readonly own: readonly Stripe.SubscriptionItem[];
}

/** The customer's subscriptions at Stripe that have not ended, each with its owner. */
export async function liveSubscriptions(deps: ListedDeps, customerId: string): Promise<readonly Live[]> {
  const found: Stripe.Subscription[] = [];
  // Without `status` Stripe lists all subscriptions that are not cancelled.
  for await (const subscription of deps.stripe.subscriptions.list({ customer: customerId, limit: 100 })) {
    if (!ENDED.includes(subscription.status)) found.push(await withAllItems(deps.stripe, subscription));
  }
  const stored = await deps.db.select().from(subscriptions).where(eq(subscriptions.customerId, customerId));
  const planOf = new Map(stored.map(({ subscriptionId, plan }) => [subscriptionId, plan]));
  const listed = await readListed(deps, found);
  return found.map((subscription) => {
    const { owner } = ownershipOf(subscription, planOf.get(subscription.id) ?? null, listed);
    const own = ownItems(subscription.items.data, listed);
    if (owner === 'foreign' || owner === 'undecided') return { subscription, owner, own: [] };
    return own === undefined ? { subscription, owner: 'undecided', own: [] } : { subscription, owner, own };
  });
}
