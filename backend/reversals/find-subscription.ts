import type Stripe from 'stripe';

/** What a payment was for. */
export interface PaidFor {
  readonly subscriptionId: string;
  readonly customerId: string | null;
}

/**
 * From a payment intent to the subscription it paid: a charge does not name its invoice, invoice payments do.
 * @returns null for a payment that was not for a subscription.
 * @throws what the Stripe SDK throws.
 */
export async function findPaidSubscription(stripe: Stripe, paymentIntentId: string): Promise<PaidFor | null> {
  const payments = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntentId },
    limit: 1,
  });
  const invoice = payments.data[0]?.invoice;
  if (invoice === undefined) return null;
  const found = await stripe.invoices.retrieve(typeof invoice === 'string' ? invoice : invoice.id);
  const subscription = found.parent?.subscription_details?.subscription;
  if (subscription === undefined) return null;
  const customer = found.customer;
  return {
    subscriptionId: typeof subscription === 'string' ? subscription : subscription.id,
    customerId: typeof customer === 'string' ? customer : (customer?.id ?? null),
  };
}
