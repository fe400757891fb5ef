import type Stripe from 'stripe';
import { newId } from './ids.ts';
import type { Ledger } from './ledger.ts';
import { page, pageParams } from './listing.ts';
import { flag, requiredText, text } from './params.ts';
import { prices, products } from './resources/catalogue.ts';
import { checkoutSessions } from './resources/checkout-sessions.ts';
import { customers } from './resources/customers.ts';
import { events } from './resources/events.ts';
import { disputes, refunds } from './resources/money-back.ts';
import { portalCreateParams } from './resources/parameters.ts';
import { charges, invoicePayments, invoices, paymentIntents } from './resources/payments.ts';
import { subscriptionSchedules } from './resources/subscription-schedules.ts';
import { subscriptions } from './resources/subscriptions.ts';
import { type Endpoints, webhookEndpoints } from './resources/webhook-endpoints.ts';
import { type Call, type Route, route } from './route.ts';

/** Every route of the API the sandbox speaks. */
export const routes = (endpoints: Endpoints): Route[] => [
  ...account,
  ...customers,
  ...products,
  ...prices,
  ...subscriptions,
  ...subscriptionSchedules,
  ...invoices,
  ...invoicePayments,
  ...paymentIntents,
  ...charges,
  ...refunds,
  ...disputes,
  ...events,
  ...checkoutSessions,
  ...portalSessions,
  ...taxSettings,
  ...portalConfigurations,
  ...webhookEndpoints(endpoints),
];

export const account = [
  route(
    'GET',
    '/v1/account',
    [],
    ({ ledger }): Stripe.Account => ({
      id: ledger.accountId,
      object: 'account',
      business_type: 'company',
      charges_enabled: true,
      country: 'FR',
      created: 1_600_000_000,
      default_currency: 'eur',
      details_submitted: true,
      email: 'billing@example.com',
      metadata: {},
      payouts_enabled: true,
      type: 'standard',
    }),
  ),
];

function create({ ledger, params, origin }: Call): Stripe.BillingPortal.Session {
  const customer = ledger.need(ledger.customers, requiredText(params, 'customer'), 'customer');
  const id = newId('bps', 24);
  return ledger.portalSessions.add({
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_sandbox',
    created: ledger.clock.seconds(),
    customer: customer.id,
    customer_account: null,
    flow: null,
    livemode: ledger.livemode,
    locale: text(params, 'locale') ?? null,
    on_behalf_of: null,
    return_url: text(params, 'return_url') ?? null,
    url: `${origin}/p/session/${id}`,
  });
}

/** As the dashboard saves it first. https://docs.stripe.com/customer-management/configure-portal */
const portalConfiguration = ({ livemode }: Ledger): Stripe.BillingPortal.Configuration => ({
  id: 'bpc_sandbox',
  object: 'billing_portal.configuration',
  active: true,
  application: null,
  business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
  created: 1_600_000_000,
  default_return_url: null,
  features: {
    customer_update: { allowed_updates: ['email'], enabled: true },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true, payment_method_configuration: null },
    subscription_cancel: {
      cancellation_reason: { enabled: false, feedback_options: [], options: [] },
      enabled: true,
      mode: 'at_period_end',
      proration_behavior: 'none',
    },
    subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: ['price'],
      enabled: true,
      products: null,
      proration_behavior: 'always_invoice',
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: 'end_trial',
    },
  },
  is_default: true,
  livemode,
  login_page: { enabled: false, url: null },
  metadata: {},
  name: null,
  updated: 1_600_000_000,
});

export const portalConfigurations = [
  route('GET', '/v1/billing_portal/configurations', [...pageParams, 'active', 'is_default'], ({ ledger, params }) => {
    // The one there is is active and the default.
    const all = [portalConfiguration(ledger)];
    const asked = ['active', 'is_default'].map((name) => flag(params, name) ?? true);
    return page('/v1/billing_portal/configurations', asked.every(Boolean) ? all : [], params);
  }),
];

/** https://docs.stripe.com/api/tax/settings/retrieve */
export const taxSettings = [
  route(
    'GET',
    '/v1/tax/settings',
    [],
    ({ ledger: { livemode, missingForTax } }): Stripe.Tax.Settings => ({
      object: 'tax.settings',
      defaults: { provider: 'stripe', tax_behavior: null, tax_code: null },
      head_office: null,
      livemode,
      status: missingForTax.length === 0 ? 'active' : 'pending',
      status_details: missingForTax.length === 0 ? { active: {} } : { pending: { missing_fields: [...missingForTax] } },
    }),
  ),
];

export const portalSessions = [route('POST', '/v1/billing_portal/sessions', portalCreateParams, create)];
