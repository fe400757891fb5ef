import Stripe from 'stripe';
import type { Ledger } from '../ledger.ts';

export interface ProductWords {
  name: string;
  description: string;
  features: string[];
  metadata?: Record<string, string>;
}

export const product = (
  ledger: Ledger,
  id: string,
  { name, description, features, metadata = {} }: ProductWords,
): Stripe.Product => ({
  id,
  object: 'product',
  active: true,
  created: ledger.clock.seconds(),
  default_price: null,
  description,
  images: [],
  livemode: ledger.livemode,
  marketing_features: features.map((feature) => ({ name: feature })),
  metadata,
  name,
  package_dimensions: null,
  shippable: null,
  statement_descriptor: null,
  tax_code: null,
  tax_details: null,
  type: 'service',
  unit_label: null,
  updated: ledger.clock.seconds(),
  url: null,
});

export interface PriceFields {
  id: string;
  product: string;
  interval: 'month' | 'year';
  /** Billed every so many intervals; 1 by default. */
  intervalCount?: number;
  amount: number;
}

export const price = (ledger: Ledger, fields: PriceFields): Stripe.Price => ({
  id: fields.id,
  object: 'price',
  active: true,
  billing_scheme: 'per_unit',
  created: ledger.clock.seconds(),
  currency: 'eur',
  custom_unit_amount: null,
  livemode: ledger.livemode,
  lookup_key: fields.id.replace(/^price_/, ''),
  metadata: {},
  nickname: null,
  product: fields.product,
  recurring: {
    interval: fields.interval,
    interval_count: fields.intervalCount ?? 1,
    meter: null,
    trial_period_days: null,
    usage_type: 'licensed',
  },
  tax_behavior: 'inclusive',
  tiers_mode: null,
  transform_quantity: null,
  type: 'recurring',
  unit_amount: fields.amount,
  unit_amount_decimal: Stripe.Decimal.from(fields.amount),
});

/** The legacy view of a price that subscription items still carry. */
export const planOf = (of: Stripe.Price): Stripe.Plan => ({
  id: of.id,
  object: 'plan',
  active: of.active,
  amount: of.unit_amount,
  amount_decimal: of.unit_amount_decimal,
  billing_scheme: 'per_unit',
  created: of.created,
  currency: of.currency,
  interval: of.recurring?.interval ?? 'month',
  interval_count: of.recurring?.interval_count ?? 1,
  livemode: of.livemode,
  metadata: of.metadata,
  meter: null,
  nickname: of.nickname,
  product: of.product,
  tiers_mode: null,
  transform_usage: null,
  trial_period_days: null,
  usage_type: 'licensed',
});
