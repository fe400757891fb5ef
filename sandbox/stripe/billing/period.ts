import type Stripe from 'stripe';
import type { Period } from '../objects/subscription.ts';

/** Adds calendar months or years; the day is the anchor's, or the month's last if it has fewer. */
export function addInterval(start: number, recurring: Stripe.Price.Recurring | null, anchor = start): number {
  const count = recurring?.interval_count ?? 1;
  const from = new Date(start * 1000);
  if (recurring?.interval === 'day' || recurring?.interval === 'week') {
    return start + count * (recurring.interval === 'week' ? 7 : 1) * 86_400;
  }
  const months = recurring?.interval === 'year' ? count * 12 : count;
  const firstOfMonth = new Date(from);
  firstOfMonth.setUTCDate(1);
  firstOfMonth.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(firstOfMonth.getUTCFullYear(), firstOfMonth.getUTCMonth() + 1, 0)).getUTCDate();
  firstOfMonth.setUTCDate(Math.min(new Date(anchor * 1000).getUTCDate(), lastDay));
  return Math.floor(firstOfMonth.getTime() / 1000);
}

export const periodFrom = (start: number, price: Stripe.Price | undefined, anchor?: number): Period => ({
  start,
  end: addInterval(start, price?.recurring ?? null, anchor),
});

/** The period stands on the items; all items of a subscription here share one. */
export function currentPeriod(subscription: Stripe.Subscription): Period {
  const item = subscription.items.data[0];
  return item
    ? { start: item.current_period_start, end: item.current_period_end }
    : { start: subscription.start_date, end: subscription.start_date };
}

export function setPeriod(subscription: Stripe.Subscription, { start, end }: Period): void {
  for (const item of subscription.items.data) {
    item.current_period_start = start;
    item.current_period_end = end;
  }
  if (subscription.cancel_at_period_end) subscription.cancel_at = end;
}
