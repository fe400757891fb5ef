import Stripe from 'stripe';

/** What was asked for is not in this Stripe account and mode. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';

/** The same, of the customer that was named. */
export const isCustomerMissing = (error: unknown): boolean =>
  isMissing(error) &&
  error instanceof Stripe.errors.StripeError &&
  (error.param === 'customer' || error.param === 'id');

export const isStripeError = (error: unknown): boolean => error instanceof Stripe.errors.StripeError;
