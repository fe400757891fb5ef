import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Ledger } from '../ledger.ts';

export interface PhaseFields {
  start: number;
  end: number;
  items: { price: Stripe.Price; quantity: number }[];
  metadata: Record<string, string>;
}

/** A price stands here as its id; `expand` brings the object. */
const phase = ({ start, end, items, metadata }: PhaseFields): Stripe.SubscriptionSchedule.Phase => ({
  add_invoice_items: [],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  currency: items[0]?.price.currency ?? 'eur',
  default_payment_method: null,
  description: null,
  discounts: [],
  end_date: end,
  invoice_settings: null,
  items: items.map(({ price, quantity }) => ({
    billing_thresholds: null,
    discounts: [],
    metadata: {},
    plan: price.id,
    price: price.id,
    quantity,
  })),
  metadata: { ...metadata },
  on_behalf_of: null,
  proration_behavior: 'create_prorations',
  start_date: start,
  transfer_data: null,
  trial_end: null,
});

/** It begins in the future: https://docs.stripe.com/billing/subscriptions/subscription-schedules */
export const subscriptionSchedule = (
  ledger: Ledger,
  { customer, phases, metadata }: { customer: string; phases: PhaseFields[]; metadata: Record<string, string> },
): Stripe.SubscriptionSchedule => ({
  id: newId('sub_sched', 24),
  object: 'subscription_schedule',
  application: null,
  billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
  canceled_at: null,
  completed_at: null,
  created: ledger.clock.seconds(),
  current_phase: null,
  customer,
  customer_account: null,
  default_settings: {
    application_fee_percent: null,
    billing_cycle_anchor: 'automatic',
    billing_thresholds: null,
    collection_method: 'charge_automatically',
    default_payment_method: null,
    description: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    on_behalf_of: null,
    transfer_data: null,
  },
  end_behavior: 'release',
  livemode: ledger.livemode,
  metadata: { ...metadata },
  pause_schedules: [],
  phases: phases.map(phase),
  released_at: null,
  released_subscription: null,
  status: 'not_started',
  subscription: null,
  test_clock: null,
});
