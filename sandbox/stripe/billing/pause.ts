import type Stripe from 'stripe';
import { invalid } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { renew } from './subscribe.ts';

/** Status `paused`, as after a trial without a payment method; not to be confused with `pause_collection`. */
export function pause(ledger: Ledger, subscription: Stripe.Subscription): void {
  subscription.status = 'paused';
  ledger.emit('customer.subscription.paused', subscription);
}

export function resume(ledger: Ledger, subscription: Stripe.Subscription): void {
  if (subscription.status !== 'paused') {
    throw invalid('The subscription is not paused. Only paused subscriptions can be resumed.');
  }
  renew(ledger, subscription, ledger.clock.seconds());
  ledger.emit('customer.subscription.resumed', subscription);
}

/** The trial ends now: its first real period is billed. */
export function endTrial(ledger: Ledger, subscription: Stripe.Subscription): void {
  const now = ledger.clock.seconds();
  if (subscription.trial_end !== null) subscription.trial_end = Math.min(subscription.trial_end, now);
  if (
    subscription.trial_settings?.end_behavior.missing_payment_method === 'pause' &&
    !subscription.default_payment_method
  ) {
    pause(ledger, subscription);
    return;
  }
  subscription.billing_cycle_anchor = now;
  renew(ledger, subscription, now);
}
