import type Stripe from 'stripe';
import { invalid } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { customer as newCustomer } from '../objects/customer.ts';
import { collect, decline } from './invoicing.ts';
import { subscribe } from './subscribe.ts';

/** `subscription_data` of a session: Stripe never shows it on the session, and never mixes the two metadata. */
export interface SubscriptionSettings {
  metadata: Record<string, string>;
  trialDays?: number | undefined;
  description?: string | undefined;
}

export const settings = new WeakMap<Stripe.Checkout.Session, SubscriptionSettings>();

export interface Payer {
  email?: string | undefined;
  name?: string | undefined;
  phone?: string | undefined;
  /** Pay by SEPA debit: the session completes unpaid, the money arrives (or not) later. */
  delayed?: boolean | undefined;
}

function payingCustomer(ledger: Ledger, session: Stripe.Checkout.Session, payer: Payer): Stripe.Customer {
  if (session.customer) return ledger.need(ledger.customers, String(session.customer), 'customer');
  const email = session.customer_email ?? payer.email ?? null;
  const created = newCustomer(ledger, { email, name: payer.name ?? null, phone: payer.phone ?? null });
  ledger.customers.add(created);
  ledger.emit('customer.created', created);
  return created;
}

/** The customer pressed "pay" on the hosted page. */
export function complete(ledger: Ledger, session: Stripe.Checkout.Session, payer: Payer = {}): Stripe.Subscription {
  if (session.status !== 'open') throw invalid(`This Checkout Session is ${session.status}.`);
  const customer = payingCustomer(ledger, session, payer);
  // A card that pays here is a new one; the earlier card no longer matters.
  ledger.declining.delete(customer.id);
  const { metadata, trialDays, description } = settings.get(session) ?? { metadata: {} };
  const items = (session.line_items?.data ?? []).flatMap(({ price, quantity }) =>
    price ? [{ price, quantity: quantity ?? 1 }] : [],
  );
  const trialEnd = trialDays ? ledger.clock.seconds() + trialDays * 86_400 : undefined;
  const subscription = subscribe(ledger, { customer, items, metadata, trialEnd, description, delayed: payer.delayed });
  session.status = 'complete';
  session.payment_status = trialEnd ? 'no_payment_required' : payer.delayed ? 'unpaid' : 'paid';
  session.customer = customer.id;
  session.subscription = subscription.id;
  session.invoice = subscription.latest_invoice;
  session.url = null;
  session.customer_details = {
    address: null,
    business_name: null,
    email: customer.email,
    individual_name: null,
    name: customer.name ?? null,
    phone: customer.phone ?? null,
    tax_exempt: 'none',
    tax_ids: [],
  };
  emitted(ledger, 'checkout.session.completed', session);
  return subscription;
}

/** Line items stay off the event, as they stay off the session unless expanded. */
function emitted(
  ledger: Ledger,
  type:
    | 'checkout.session.completed'
    | 'checkout.session.expired'
    | 'checkout.session.async_payment_succeeded'
    | 'checkout.session.async_payment_failed',
  session: Stripe.Checkout.Session,
): void {
  const { line_items: _, ...shown } = session;
  ledger.emit(type, shown);
}

/** The bank's answer to a delayed payment. */
export function settleDelayed(ledger: Ledger, session: Stripe.Checkout.Session, paid: boolean): void {
  const invoice = ledger.need(ledger.invoices, String(session.invoice), 'invoice');
  const subscription = ledger.need(ledger.subscriptions, String(session.subscription), 'subscription');
  if (session.status !== 'complete' || invoice.status !== 'open') throw invalid('Nothing is being processed.');
  if (paid) {
    collect(ledger, invoice);
    session.payment_status = 'paid';
    emitted(ledger, 'checkout.session.async_payment_succeeded', session);
    return;
  }
  ledger.declining.add(String(session.customer));
  ledger.update('customer.subscription.updated', subscription, () => {
    decline(ledger, invoice);
    subscription.status = 'past_due';
  });
  emitted(ledger, 'checkout.session.async_payment_failed', session);
}

export function expire(ledger: Ledger, session: Stripe.Checkout.Session): void {
  if (session.status !== 'open') throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired.`);
  session.status = 'expired';
  session.url = null;
  emitted(ledger, 'checkout.session.expired', session);
}
