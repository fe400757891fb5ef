import type Stripe from 'stripe';

/** The page on which a subscription's open invoice is paid or confirmed; undefined if none is open. */
export async function openInvoiceUrl(stripe: Stripe, subscription: string): Promise<string | undefined> {
  const { data } = await stripe.invoices.list({ subscription, status: 'open', limit: 10 });
  return data.find(({ hosted_invoice_url: url }) => url)?.hosted_invoice_url ?? undefined;
}

/**
 * Resumes a subscription that paused at the end of its trial, if there is a payment method to go on with.
 * @returns whether it goes on, or waits for the payment of its first invoice.
 */
export async function resume(stripe: Stripe, subscriptionId: string): Promise<boolean> {
  const found = await stripe.subscriptions.retrieve(subscriptionId, { expand: ['customer'] });
  if (found.status !== 'paused') return true;
  const { customer } = found;
  const ofCustomer = typeof customer === 'object' && !customer.deleted ? customer : undefined;
  const method =
    found.default_payment_method ?? ofCustomer?.invoice_settings.default_payment_method ?? ofCustomer?.default_source;
  if (!method) return false;
  await stripe.subscriptions.resume(subscriptionId);
  return true;
}
