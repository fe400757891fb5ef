import type Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';
import { changeItems } from './change.ts';
import { subscribe } from './subscribe.ts';

type Phase = Stripe.SubscriptionSchedule.Phase;

const itemsOf = (ledger: Ledger, { items }: Phase) =>
  items.map(({ price, quantity = 1 }) => ({ price: ledger.need(ledger.prices, String(price), 'price'), quantity }));

function begin(ledger: Ledger, schedule: Stripe.SubscriptionSchedule, phase: Phase): void {
  const subscription = ledger.subscriptions.get(String(schedule.subscription));
  const items = itemsOf(ledger, phase);
  const metadata = phase.metadata ?? {};
  schedule.status = 'active';
  schedule.current_phase = { start_date: phase.start_date, end_date: phase.end_date };
  if (subscription === undefined) {
    const customer = ledger.need(ledger.customers, String(schedule.customer));
    const made = subscribe(ledger, { customer, items, metadata });
    schedule.subscription = made.id;
    ledger.update('customer.subscription.updated', made, () => {
      made.schedule = schedule.id;
    });
    return;
  }
  const replaced = subscription.items.data.map(({ id }) => ({ id, deleted: true }));
  ledger.update('customer.subscription.updated', subscription, () => {
    Object.assign(subscription.metadata, metadata);
    changeItems(ledger, subscription, {
      changes: [...items, ...replaced],
      proration: 'none',
      behavior: 'allow_incomplete',
    });
  });
}

/** After the last phase the subscription goes on by itself. */
function release(ledger: Ledger, schedule: Stripe.SubscriptionSchedule): void {
  const subscription = ledger.subscriptions.get(String(schedule.subscription));
  Object.assign(schedule, {
    status: 'released',
    released_at: ledger.clock.seconds(),
    released_subscription: subscription?.id ?? null,
    subscription: null,
    current_phase: null,
  });
  if (subscription) subscription.schedule = null;
  ledger.emit('subscription_schedule.released', schedule);
}

/** The next step of a schedule that goes on: its next phase, or its end. */
export function stepOf(ledger: Ledger, schedule: Stripe.SubscriptionSchedule): { at: number; run: () => void }[] {
  if (schedule.status !== 'not_started' && schedule.status !== 'active') return [];
  const reached = schedule.current_phase?.end_date ?? Number.NEGATIVE_INFINITY;
  const next = schedule.phases.find(({ start_date: start }) => start >= reached);
  if (next) return [{ at: next.start_date, run: () => begin(ledger, schedule, next) }];
  return [{ at: reached, run: () => release(ledger, schedule) }];
}

/** Also what happens to the schedule of a subscription that ends. */
export function cancelSchedule(ledger: Ledger, schedule: Stripe.SubscriptionSchedule): void {
  schedule.status = 'canceled';
  schedule.canceled_at = ledger.clock.seconds();
  schedule.current_phase = null;
  ledger.emit('subscription_schedule.canceled', schedule);
}
