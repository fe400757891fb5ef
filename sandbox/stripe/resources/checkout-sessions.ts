import type Stripe from 'stripe';
import { expire, settings } from '../billing/checkout.ts';
import { invalid, missingParameter } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { page, pageParams } from '../listing.ts';
import { checkoutSession } from '../objects/checkout-session.ts';
import { flag, hash, hashes, integer, mergeMetadata, oneOf, type Params, requiredText, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import { checkoutCreateParams, checkoutListParams } from './parameters.ts';

const daySeconds = 86_400;
function create({ ledger, params, origin }: Call): Stripe.Checkout.Session {
  if (requiredText(params, 'mode') !== 'subscription') throw invalid('This sandbox sells subscriptions only.', 'mode');
  const customer = text(params, 'customer') ?? null;
  if (customer && params.customer_email !== undefined) {
    throw invalid('You may only specify one of these parameters: customer, customer_email.');
  }
  if (customer) ledger.need(ledger.customers, customer, 'customer');
  const lineItems = hashes(params, 'line_items').map((item, at) => {
    const param = `line_items[${at}][price]`;
    const price = ledger.need(ledger.prices, requiredText(item, 'price'), param);
    if (!price.active) throw invalid('The price specified is inactive. This field only accepts active prices.', param);
    return { price, quantity: integer(item, 'quantity') ?? 1 };
  });
  if (lineItems.length === 0) throw missingParameter('line_items');
  const data = hash(params, 'subscription_data') ?? {};
  const session = checkoutSession(ledger, {
    origin,
    customer,
    customerEmail: text(params, 'customer_email') ?? null,
    clientReferenceId: text(params, 'client_reference_id') ?? null,
    metadata: mergeMetadata({}, params),
    lineItems,
    successUrl: requiredText(params, 'success_url'),
    cancelUrl: text(params, 'cancel_url') ?? null,
    locale: text(params, 'locale') ?? null,
    ...(flag(params, 'allow_promotion_codes') !== undefined && {
      promotionCodes: flag(params, 'allow_promotion_codes') ?? false,
    }),
    automaticTax: taxFor(ledger, params, customer),
    isTrial: integer(data, 'trial_period_days') !== undefined,
    expiresAt: integer(params, 'expires_at') ?? ledger.clock.seconds() + daySeconds,
  });
  settings.set(session, {
    metadata: mergeMetadata({}, data),
    trialDays: integer(data, 'trial_period_days'),
    description: text(data, 'description'),
  });
  return ledger.checkoutSessions.add(session);
}

/** Whether tax is worked out: that needs an address of the customer (https://docs.stripe.com/tax/checkout). */
function taxFor(ledger: Ledger, params: Params, customer: string | null): boolean {
  const enabled = flag(hash(params, 'automatic_tax') ?? {}, 'enabled') ?? false;
  const update = oneOf(hash(params, 'customer_update') ?? {}, 'address', ['auto', 'never']);
  if (update !== undefined && customer === null) throw invalid('`customer_update` can only be used with `customer`.');
  if (enabled && customer !== null && update !== 'auto' && !ledger.customers.get(customer)?.address)
    throw invalid('Automatic tax calculation in Checkout requires a valid address on the Customer.', 'automatic_tax');
  return enabled;
}

export const checkoutSessions = [
  route('POST', '/v1/checkout/sessions', checkoutCreateParams, create),
  route('GET', '/v1/checkout/sessions', [...pageParams, ...checkoutListParams], ({ ledger, params }) => {
    const [customer, subscription, status] = ['customer', 'subscription', 'status'].map((name) => text(params, name));
    const matching = ledger.checkoutSessions.filter(
      (entry) =>
        (customer === undefined || entry.customer === customer) &&
        (subscription === undefined || entry.subscription === subscription) &&
        (status === undefined || entry.status === status),
    );
    return page('/v1/checkout/sessions', matching, params);
  }),
  route('GET', '/v1/checkout/sessions/:id', [], ({ ledger, id }) => ledger.need(ledger.checkoutSessions, id)),
  route('GET', '/v1/checkout/sessions/:id/line_items', [...pageParams], ({ ledger, params, id }) =>
    page(
      `/v1/checkout/sessions/${id}/line_items`,
      ledger.need(ledger.checkoutSessions, id).line_items?.data ?? [],
      params,
    ),
  ),
  route('POST', '/v1/checkout/sessions/:id/expire', [], ({ ledger, id }) => {
    const session = ledger.need(ledger.checkoutSessions, id);
    expire(ledger, session);
    return session;
  }),
];
