import type Stripe from 'stripe';
import { cardDeclined } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Line } from '../objects/invoice.ts';
import { planOf } from '../objects/price.ts';
import { subscriptionItem } from '../objects/subscription.ts';
import { collect, issue } from './invoicing.ts';
import { currentPeriod, periodFrom, setPeriod } from './period.ts';

/** One entry of `items` in an update: an id changes or deletes that item, no id adds another one. */
export interface ItemChange {
  id?: string | undefined;
  price?: Stripe.Price | undefined;
  quantity?: number | undefined;
  deleted?: boolean | undefined;
}

export interface ItemUpdate {
  changes: ItemChange[];
  proration: 'always_invoice' | 'create_prorations' | 'none';
  behavior: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | 'pending_if_incomplete';
}

const pendingForSeconds = 23 * 3600;

const amountOf = (item: Stripe.SubscriptionItem): number => (item.price.unit_amount ?? 0) * (item.quantity ?? 1);

function changed(ledger: Ledger, subscription: Stripe.Subscription, changes: ItemChange[]): Stripe.SubscriptionItem[] {
  const items = subscription.items.data.map((item) => ({ ...item }));
  const period = currentPeriod(subscription);
  for (const { id, price, quantity, deleted } of changes) {
    const at = items.findIndex((item) => item.id === id);
    const item = items[at];
    if (item && deleted) items.splice(at, 1);
    else if (item) {
      if (price) Object.assign(item, { price, plan: planOf(price) });
      if (quantity !== undefined) item.quantity = quantity;
    } else if (price) {
      items.push(subscriptionItem(subscription.id, price, quantity ?? 1, period, ledger.clock.seconds()));
    }
  }
  return items;
}

/** Puts new items in place; must run inside `ledger.update`, which compares before and after. */
export function applyItems(
  ledger: Ledger,
  subscription: Stripe.Subscription,
  items: Stripe.SubscriptionItem[],
  proration: ItemUpdate['proration'],
): void {
  const before = subscription.items.data;
  const now = ledger.clock.seconds();
  const interval = before[0]?.price.recurring?.interval;
  const price = items[0]?.price;
  const restart = price?.recurring?.interval !== interval && subscription.status !== 'trialing';
  subscription.items.data = items;
  const { start, end } = currentPeriod(subscription);
  const left = end > start ? Math.max(0, Math.min(1, (end - now) / (end - start))) : 0;
  if (restart) {
    subscription.billing_cycle_anchor = now;
    setPeriod(subscription, periodFrom(now, price));
  }
  // A new interval starts a new period, which Stripe bills at once; else a proration waits for the next invoice.
  if (subscription.status === 'trialing' || !(restart || proration === 'always_invoice')) return;
  const period = { start: now, end: currentPeriod(subscription).end };
  const share = restart ? 1 : left;
  const charges: Line[] = items.map((item) => ({
    item,
    amount: Math.round(amountOf(item) * share),
    period,
    proration: !restart,
  }));
  const credits: Line[] = before.map((item) => ({
    item,
    amount: -Math.round(amountOf(item) * left),
    period: { start: now, end },
    proration: true,
  }));
  const customer = ledger.need(ledger.customers, String(subscription.customer));
  const lines = proration === 'none' ? charges : [...credits, ...charges];
  const invoice = issue(ledger, { subscription, customer, reason: 'subscription_update', lines, period });
  if (!collect(ledger, invoice)) subscription.status = 'past_due';
}

/** Changes price, quantity or items; with `pending_if_incomplete` and a declined card the change waits. */
export function changeItems(ledger: Ledger, subscription: Stripe.Subscription, update: ItemUpdate): void {
  const items = changed(ledger, subscription, update.changes);
  const declined = ledger.declining.has(String(subscription.customer));
  if (declined && update.behavior === 'error_if_incomplete') throw cardDeclined();
  if (declined && update.behavior === 'pending_if_incomplete') {
    subscription.pending_update = {
      billing_cycle_anchor: null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: ledger.clock.seconds() + pendingForSeconds,
      metadata: null,
      subscription_items: items,
      trial_end: null,
      trial_from_plan: null,
    };
    return;
  }
  applyItems(ledger, subscription, items, update.proration);
}
