import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Ledger } from '../ledger.ts';
import { planOf } from './price.ts';

export interface Period {
  start: number;
  end: number;
}

export const subscriptionItem = (
  subscription: string,
  price: Stripe.Price,
  quantity: number,
  period: Period,
  created: number,
): Stripe.SubscriptionItem => ({
  id: newId('si'),
  object: 'subscription_item',
  billing_thresholds: null,
  created,
  current_period_end: period.end,
  current_period_start: period.start,
  current_trial: null,
  discounts: [],
  metadata: {},
  plan: planOf(price),
  price,
  quantity,
  subscription,
  tax_rates: [],
});

export interface SubscriptionFields {
  customer: string;
  items: { price: Stripe.Price; quantity: number }[];
  period: Period;
  metadata: Record<string, string>;
  status: Stripe.Subscription.Status;
  trialEnd?: number | undefined;
  description?: string | undefined;
}

export function subscription(ledger: Ledger, fields: SubscriptionFields): Stripe.Subscription {
  const id = newId('sub', 24);
  const now = ledger.clock.seconds();
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: fields.trialEnd ?? fields.period.start,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: now,
    currency: 'eur',
    customer: fields.customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: newId('pm', 24),
    default_source: null,
    default_tax_rates: [],
    description: fields.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: fields.items.map(({ price, quantity }) => subscriptionItem(id, price, quantity, fields.period, now)),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: ledger.livemode,
    managed_payments: null,
    metadata: { ...fields.metadata },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: fields.status,
    test_clock: null,
    transfer_data: null,
    trial_end: fields.trialEnd ?? null,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
    trial_start: fields.trialEnd === undefined ? null : now,
  };
}
