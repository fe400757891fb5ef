import type Stripe from 'stripe';

/** A month of a subscription as Stripe has it, with the fields that we read. */
export const stripeSubscription = (more: object = {}, priceId = 'price_pro') => {
  const whole = {
    id: 'sub_1',
    object: 'subscription',
    customer: 'cus_1',
    livemode: false,
    status: 'active',
    currency: 'eur',
    metadata: {},
    items: {
      data: [
        {
          price: { id: priceId, product: 'prod', unit_amount: 1, recurring: { interval: 'month', interval_count: 1 } },
          current_period_start: 1_000,
          current_period_end: 2_000,
        },
      ],
    },
    automatic_tax: { enabled: false },
    default_tax_rates: [],
    discounts: [],
    latest_invoice: null,
    cancel_at: null,
    cancel_at_period_end: false,
    pause_collection: null,
    ended_at: null,
    created: 1,
    ...more,
  };
  // The SDK types more fields than we read.
  return whole as unknown as Stripe.Subscription;
};
