import type Stripe from 'stripe';
import { cardDeclined } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Line } from '../objects/invoice.ts';
import { subscription as newSubscription, type Period } from '../objects/subscription.ts';
import { collect, issue, voidInvoice } from './invoicing.ts';
import { currentPeriod, periodFrom, setPeriod } from './period.ts';

export interface Subscribe {
  customer: Stripe.Customer;
  items: { price: Stripe.Price; quantity: number }[];
  metadata: Record<string, string>;
  trialEnd?: number | undefined;
  description?: string | undefined;
  behavior?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | undefined;
  /** A delayed payment method (SEPA debit): the subscription is active while its first invoice is still open. */
  delayed?: boolean | undefined;
}

export const fullLines = (subscription: Stripe.Subscription, period: Period): Line[] =>
  subscription.items.data.map((item) => ({
    item,
    amount: (item.price.unit_amount ?? 0) * (item.quantity ?? 1),
    period,
    proration: false,
  }));

/** Creates a subscription, bills its first period and emits what Stripe emits. */
export function subscribe(ledger: Ledger, request: Subscribe): Stripe.Subscription {
  const { customer, trialEnd, behavior } = request;
  if (behavior === 'error_if_incomplete' && !trialEnd && ledger.declining.has(customer.id)) throw cardDeclined();
  const now = ledger.clock.seconds();
  const period = trialEnd ? { start: now, end: trialEnd } : periodFrom(now, request.items[0]?.price);
  const subscription = newSubscription(ledger, { ...request, customer: customer.id, period, status: 'incomplete' });
  ledger.subscriptions.add(subscription);

  const lines = fullLines(subscription, period).map((line) => (trialEnd ? { ...line, amount: 0 } : line));
  const invoice = issue(ledger, { subscription, customer, reason: 'subscription_create', lines, period });
  if (trialEnd) {
    collect(ledger, invoice);
    subscription.status = 'trialing';
  } else if (request.delayed) {
    subscription.status = 'active';
  } else if (behavior !== 'default_incomplete' && collect(ledger, invoice)) {
    subscription.status = 'active';
  }
  ledger.emit('customer.subscription.created', subscription);
  return subscription;
}

/** Starts a new period at `start` and bills it; a declined card leaves the subscription past due. */
export function renew(
  ledger: Ledger,
  subscription: Stripe.Subscription,
  start = currentPeriod(subscription).end,
): void {
  const customer = ledger.need(ledger.customers, String(subscription.customer));
  const period = periodFrom(start, subscription.items.data[0]?.price, subscription.billing_cycle_anchor);
  ledger.update('customer.subscription.updated', subscription, () => {
    setPeriod(subscription, period);
    const lines = fullLines(subscription, period);
    const invoice = issue(ledger, { subscription, customer, reason: 'subscription_cycle', lines, period });
    // While collection is paused invoices are drawn up but not collected.
    if (subscription.pause_collection?.behavior === 'void') voidInvoice(ledger, invoice);
    if (subscription.pause_collection) {
      if (subscription.status === 'trialing' || subscription.status === 'paused') subscription.status = 'active';
      return;
    }
    subscription.status = collect(ledger, invoice) ? 'active' : 'past_due';
  });
}
