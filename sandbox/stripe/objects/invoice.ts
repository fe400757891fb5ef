// Long because Stripe's invoice is: one literal with every required field, so that the compiler counts them.
import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Ledger } from '../ledger.ts';
import type { Period } from './subscription.ts';

export interface Line {
  item: Stripe.SubscriptionItem;
  amount: number;
  period: Period;
  proration: boolean;
}

const line = (
  ledger: Ledger,
  invoiceId: string,
  { item, amount, period, proration }: Line,
): Stripe.InvoiceLineItem => ({
  id: newId('il', 24),
  object: 'line_item',
  amount,
  currency: item.price.currency,
  description: `${item.quantity ?? 1} × ${String(item.price.lookup_key ?? item.price.id)}`,
  discount_amounts: [],
  discountable: !proration,
  discounts: [],
  invoice: invoiceId,
  livemode: ledger.livemode,
  metadata: {},
  parent: {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      proration,
      proration_details: null,
      subscription: item.subscription,
      subscription_item: item.id,
    },
    type: 'subscription_item_details',
  },
  period,
  pretax_credit_amounts: [],
  pricing: {
    price_details: { price: item.price.id, product: String(item.price.product) },
    type: 'price_details',
    unit_amount_decimal: item.price.unit_amount_decimal,
  },
  quantity: item.quantity ?? 1,
  quantity_decimal: null,
  subscription: item.subscription,
  subtotal: amount,
  taxes: [],
});

export interface InvoiceFields {
  subscription: Stripe.Subscription;
  customer: Stripe.Customer;
  reason: Stripe.Invoice.BillingReason;
  lines: Line[];
  period: Period;
}

/** A draft; `billing/invoicing.ts` finalises and collects it. */
export function invoice(
  ledger: Ledger,
  { subscription, customer, reason, lines, period }: InvoiceFields,
): Stripe.Invoice {
  const id = newId('in', 24);
  // A negative balance would be credited to the customer; here it is simply not charged.
  const total = Math.max(
    0,
    lines.reduce((sum, { amount }) => sum + amount, 0),
  );
  return {
    id,
    object: 'invoice',
    account_country: 'FR',
    account_name: 'Moddy',
    account_tax_ids: null,
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: total,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: reason,
    collection_method: 'charge_automatically',
    created: ledger.clock.seconds(),
    currency: subscription.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: lines.map((entry) => line(ledger, id, entry)),
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: ledger.livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
      type: 'subscription_details',
    },
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: period.end,
    period_start: period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}

/** The subscription an invoice bills; Stripe keeps it under `parent` since 2025. */
export function subscriptionIdOf(of: Stripe.Invoice): string | undefined {
  const subscription = of.parent?.subscription_details?.subscription;
  return typeof subscription === 'string' ? subscription : subscription?.id;
}
