import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Ledger } from '../ledger.ts';

export interface CheckoutFields {
  origin: string;
  customer: string | null;
  customerEmail: string | null;
  clientReferenceId: string | null;
  metadata: Record<string, string>;
  lineItems: { price: Stripe.Price; quantity: number }[];
  successUrl: string | null;
  cancelUrl: string | null;
  locale: string | null;
  expiresAt: number;
  promotionCodes?: boolean;
  automaticTax?: boolean;
  /** Nothing is due today. */
  isTrial?: boolean;
}

const item = (
  { price, quantity }: CheckoutFields['lineItems'][number],
  description: string | null,
): Stripe.LineItem => ({
  id: newId('li', 24),
  object: 'item',
  adjustable_quantity: null,
  amount_discount: 0,
  amount_subtotal: (price.unit_amount ?? 0) * quantity,
  amount_tax: 0,
  amount_total: (price.unit_amount ?? 0) * quantity,
  currency: price.currency,
  description,
  discounts: [],
  metadata: {},
  price,
  quantity,
  taxes: [],
});

export function checkoutSession(ledger: Ledger, fields: CheckoutFields): Stripe.Checkout.Session {
  const id = newId(ledger.livemode ? 'cs_live' : 'cs_test', 58);
  const lines = fields.lineItems.map((entry) =>
    item(entry, ledger.products.get(String(entry.price.product))?.name ?? null),
  );
  const total = fields.isTrial ? 0 : lines.reduce((sum, { amount_total }) => sum + amount_total, 0);
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: fields.promotionCodes ?? null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: {
      enabled: fields.automaticTax ?? false,
      liability: fields.automaticTax ? { type: 'self' } : null,
      provider: fields.automaticTax ? 'stripe' : null,
      status: fields.automaticTax ? 'requires_location_inputs' : null,
    },
    billing_address_collection: null,
    cancel_url: fields.cancelUrl,
    client_reference_id: fields.clientReferenceId,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: ledger.clock.seconds(),
    currency: 'eur',
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: fields.customer,
    customer_account: null,
    customer_creation: fields.customer ? null : 'always',
    customer_details: null,
    customer_email: fields.customerEmail,
    discounts: [],
    expires_at: fields.expiresAt,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    line_items: { object: 'list', data: lines, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` },
    livemode: ledger.livemode,
    locale: fields.locale,
    managed_payments: null,
    metadata: { ...fields.metadata },
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card', 'sepa_debit'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: fields.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${fields.origin}/c/pay/${id}`,
    wallet_options: null,
  };
}
