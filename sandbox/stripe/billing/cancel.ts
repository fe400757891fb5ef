import type Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';
import { voidInvoice } from './invoicing.ts';
import { currentPeriod } from './period.ts';
import { cancelSchedule } from './schedule.ts';

export type CancelReason = 'cancellation_requested' | 'payment_disputed' | 'payment_failed';

export const ended = (subscription: Stripe.Subscription): boolean =>
  subscription.status === 'canceled' || subscription.status === 'incomplete_expired';

const explain = (subscription: Stripe.Subscription, reason: CancelReason | null): void => {
  const { comment = null, feedback = null, feedback_option = null } = subscription.cancellation_details ?? {};
  subscription.cancellation_details = { comment, feedback, feedback_option, reason };
};

/** Ends the subscription now: `customer.subscription.deleted`. */
export function cancelNow(
  ledger: Ledger,
  subscription: Stripe.Subscription,
  reason: CancelReason = 'cancellation_requested',
): void {
  const now = ledger.clock.seconds();
  subscription.status = 'canceled';
  subscription.canceled_at ??= now;
  subscription.ended_at = now;
  subscription.pending_update = null;
  if (!subscription.cancellation_details?.reason) explain(subscription, reason);
  const latest = ledger.invoices.get(String(subscription.latest_invoice));
  if (latest?.status === 'open') voidInvoice(ledger, latest);
  const schedule = ledger.subscriptionSchedules.get(String(subscription.schedule));
  if (schedule?.status === 'active') cancelSchedule(ledger, schedule);
  ledger.emit('customer.subscription.deleted', subscription);
}

/** Sets or withdraws the end; `at` in seconds, or `period_end`. Runs inside `ledger.update`. */
export function scheduleEnd(ledger: Ledger, subscription: Stripe.Subscription, at: number | 'period_end' | null): void {
  subscription.cancel_at_period_end = at === 'period_end';
  subscription.cancel_at = at === 'period_end' ? currentPeriod(subscription).end : at;
  subscription.canceled_at = at === null ? null : ledger.clock.seconds();
  explain(subscription, at === null ? null : 'cancellation_requested');
}
