import type Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';
import { subscriptionIdOf } from '../objects/invoice.ts';
import { applyItems } from './change.ts';
import { collect } from './invoicing.ts';

export const invoicesOf = (ledger: Ledger, subscription: Stripe.Subscription): Stripe.Invoice[] =>
  ledger.invoices.filter((invoice) => subscriptionIdOf(invoice) === subscription.id);

/** Collects what is open and lets the subscription follow: paid invoices make it active again. */
export function settle(ledger: Ledger, subscription: Stripe.Subscription): boolean {
  let paid = true;
  ledger.update('customer.subscription.updated', subscription, () => {
    for (const invoice of invoicesOf(ledger, subscription).reverse()) {
      if (invoice.status === 'open') paid = collect(ledger, invoice) && paid;
    }
    const unpaid = ['incomplete', 'past_due', 'unpaid'].includes(subscription.status);
    if (paid && unpaid) subscription.status = 'active';
  });
  if (paid) applyPending(ledger, subscription);
  return paid;
}

/** A change that waited for a payment takes effect. */
export function applyPending(ledger: Ledger, subscription: Stripe.Subscription): void {
  const items = subscription.pending_update?.subscription_items;
  if (!items) return;
  ledger.update('customer.subscription.updated', subscription, () => {
    subscription.pending_update = null;
    applyItems(ledger, subscription, items, 'always_invoice');
  });
  ledger.emit('customer.subscription.pending_update_applied', subscription);
}
