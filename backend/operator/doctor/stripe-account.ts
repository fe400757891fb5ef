import { type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import Stripe from 'stripe';
import { type Listed, ownershipOf, productOf } from '../../billing/ownership.ts';
import type { Plans } from '../../plans.ts';
import { withAllItems } from '../../stripe-client.ts';

/** As many are enough to see what else the account sells. */
const SAMPLE = 1_000;

/** Checks the account's other products, and the features of its Customer Portal. */
export async function examineAccount(stripe: Stripe, plans: Plans): Promise<readonly Finding[]> {
  return [
    await orPermission('other products', 'subscriptions, prices', () => examineForeign(stripe, plans)),
    await orPermission('portal', 'the customer portal', () => examinePortal(stripe)),
  ];
}

async function orPermission(name: string, right: string, examine: () => Promise<Finding>): Promise<Finding> {
  try {
    return await examine();
  } catch (error) {
    if (error instanceof Stripe.errors.StripePermissionError)
      return wrong(name, 'the key may not read it', `give the restricted key read access to ${right}`);
    throw error;
  }
}

/** Foreign subscriptions are no fault: they are named so that one of ours among them is noticed. */
async function examineForeign(stripe: Stripe, plans: Plans): Promise<Finding> {
  const products = new Set<string>();
  for (const id of plans.priceIds) {
    const price = await stripe.prices.retrieve(id).catch((error: unknown) => {
      // The finding about the price itself says so.
      if (error instanceof Stripe.errors.StripeInvalidRequestError) return null;
      throw error;
    });
    if (price !== null) products.add(productOf(price));
  }
  const listed: Listed = { plans, products, complete: true };
  const counts = new Map<string, number>();
  let seen = 0;
  for await (const included of stripe.subscriptions.list({ limit: 100 })) {
    const subscription = await withAllItems(stripe, included);
    seen += 1;
    if (ownershipOf(subscription, null, listed).owner === 'foreign') {
      for (const product of new Set(subscription.items.data.map(({ price }) => productOf(price))))
        counts.set(product, (counts.get(product) ?? 0) + 1);
    }
    if (seen === SAMPLE) break;
  }
  const named = [...counts].toSorted(([, a], [, b]) => b - a).map(([product, count]) => `${count} of ${product}`);
  const among = seen === SAMPLE ? ` (the first ${SAMPLE} subscriptions)` : '';
  return well(
    'other products',
    named.length === 0 ? `none${among}` : `${named.join(', ')}${among}: subscriptions that are not ours, left alone`,
  );
}

/** https://docs.stripe.com/billing/subscriptions/prorations */
const PRORATION: Readonly<Record<string, string>> = {
  always_invoice:
    'a change of plan is billed at once (always_invoice); if that is declined, the plan that was paid for stays',
  create_prorations: 'a change of plan counts at once and is billed with the next renewal (create_prorations)',
  none: 'a change of plan counts at once and costs nothing until the next renewal (none)',
};

async function examinePortal(stripe: Stripe): Promise<Finding> {
  const { data } = await stripe.billingPortal.configurations.list({ is_default: true, limit: 1 });
  const features = data[0]?.features;
  if (features === undefined)
    return wrong(
      'portal',
      'it has no default configuration: the site cannot open it',
      'save one at Stripe: Settings → Billing → Customer portal',
    );
  const { subscription_update: update } = features;
  return well(
    'portal',
    update.enabled
      ? (PRORATION[update.proration_behavior] ?? update.proration_behavior)
      : 'subscribers cannot change their plan there',
  );
}
