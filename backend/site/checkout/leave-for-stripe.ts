import type Stripe from 'stripe';
import type { SiteContext, SiteDeps } from '../context.ts';
import { isCustomerMissing, isStripeDown, SiteFault } from '../faults.ts';
import { customersOf } from './customers.ts';

/** Stripe's pages lead back here; the events of changes made there may not have arrived yet. */
export const FROM_STRIPE = '/account?from=portal';

/**
 * The Customer Portal.
 * @param first the one of the user's customers that it is about, where another is possible.
 * @throws {SiteFault} if the user has never had a customer in this account and mode.
 */
export async function portalUrl(c: SiteContext, deps: SiteDeps, userId: number, first?: string): Promise<string> {
  const { db, stripe, livemode, site } = deps;
  const known = await customersOf(db, userId, livemode);
  for (const customer of first === undefined ? known : [first, ...known]) {
    try {
      const params = { customer, return_url: `${site.url}${FROM_STRIPE}`, locale: c.var.language };
      return (await stripe.billingPortal.sessions.create(params)).url;
    } catch (error) {
      if (!isCustomerMissing(error)) throw error;
    }
  }
  throw new SiteFault('no_customer');
}

/** The page on which a subscription's open invoice is paid or confirmed; undefined if none is open. */
export async function openInvoiceUrl(stripe: Stripe, subscription: string): Promise<string | undefined> {
  const { data } = await stripe.invoices.list({ subscription, status: 'open', limit: 10 });
  return data.find(({ hosted_invoice_url: url }) => url)?.hosted_invoice_url ?? undefined;
}

/**
 * Resumes a subscription that paused at the end of its trial, if there is a payment method to go on with.
 * @returns whether it goes on, or waits for the payment of its first invoice; also when the answer was lost, since it may.
 */
export async function resume(stripe: Stripe, subscriptionId: string): Promise<boolean> {
  const found = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['customer'] });
  if (found.status !== 'paused') return true;
  const { customer } = found;
  const ofCustomer = typeof customer === 'object' && !customer.deleted ? customer : undefined;
  const method =
    found.default_payment_method ?? ofCustomer?.invoice_settings.default_payment_method ?? ofCustomer?.default_source;
  if (!method) return false;
  await stripe.subscriptions.resume(subscriptionId).catch((error: unknown) => {
    if (!isStripeDown(error)) throw error;
  });
  return true;
}
