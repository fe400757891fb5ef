import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Ledger } from '../ledger.ts';

export interface CustomerFields {
  id?: string;
  email?: string | null;
  name?: string | null;
  phone?: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  preferredLocales?: string[];
}

export const customer = (ledger: Ledger, fields: CustomerFields): Stripe.Customer => ({
  id: fields.id ?? newId('cus'),
  object: 'customer',
  address: null,
  balance: 0,
  created: ledger.clock.seconds(),
  currency: null,
  customer_account: null,
  default_source: null,
  delinquent: false,
  description: fields.description ?? null,
  discount: null,
  email: fields.email ?? null,
  invoice_prefix: newId('', 8).slice(1).toUpperCase(),
  invoice_settings: {
    custom_fields: null,
    default_payment_method: newId('pm', 24),
    footer: null,
    rendering_options: null,
  },
  livemode: ledger.livemode,
  metadata: { ...fields.metadata },
  name: fields.name ?? null,
  next_invoice_sequence: 1,
  phone: fields.phone ?? null,
  preferred_locales: fields.preferredLocales ?? [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
});
