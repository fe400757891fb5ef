import { examineClock } from '@moddy/runtime/doctor/clock';
import { type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import Stripe from 'stripe';
import type { BackendConfig } from '../../config.ts';
import { createPlans } from '../../plans.ts';
import { API_VERSION, createStripe, rightIn } from '../../stripe-client.ts';
import { examineAccount } from './stripe-account.ts';

/** The events that `docs/operations.md` asks to enable. */
export const WEBHOOK_EVENTS = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'customer.updated',
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.resumed',
  'customer.subscription.pending_update_applied',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'charge.refunded',
  'refund.failed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.closed',
] as const;
const WEBHOOK_PATH = '/payments/webhook';

/** The key, the prices that mean plans, and the webhook endpoint. */
export async function examineStripe({
  stripe: account,
  planPrices,
  production,
  site,
}: BackendConfig): Promise<readonly Finding[]> {
  const stripe = createStripe(account.apiKey, account.apiUrl);
  let endpoints: readonly Stripe.WebhookEndpoint[] | undefined;
  let date: number | undefined;
  try {
    const answer = await stripe.webhookEndpoints.list({ limit: 100 });
    endpoints = answer.data;
    date = Date.parse(answer.lastResponse.headers.date ?? '');
  } catch (error) {
    // Named among the rights.
    if (rightIn(error) === undefined) return [explain(error)];
  }
  const mode = account.livemode ? 'live' : 'test';
  return [
    production && !account.livemode && account.apiUrl === undefined
      ? wrong(
          'stripe key',
          'a deployment with a key of the test mode: nobody really pays',
          'set STRIPE_API_KEY to the sk_live_ or rk_live_ key when you go live',
        )
      : well('stripe key', `accepted, ${mode} mode`),
    ...(account.apiKey.startsWith('rk_') ? [await examineRights(stripe, site.login !== undefined)] : []),
    ...examineClock('Stripe', Number.isNaN(date) ? undefined : date),
    ...(await Promise.all(
      [...planPrices].flatMap(([plan, ids]) => ids.map((id) => examinePrice(stripe, plan, id, account.livemode))),
    )),
    ...(planPrices.size === 0
      ? [wrong('prices', 'PLAN_PRICES is empty: every customer is parked', 'set PLAN_PRICES, lowest plan first')]
      : []),
    ...(endpoints ? examineWebhook(endpoints, site.url) : []),
    ...(site.checkout.automaticTax ? [await examineTax(stripe)] : []),
    ...(await examineAccount(stripe, createPlans(planPrices))),
  ];
}

function explain(error: unknown): Finding {
  if (error instanceof Stripe.errors.StripeAuthenticationError) {
    return wrong('stripe key', 'Stripe rejects it', 'set STRIPE_API_KEY to a key of the API keys page of your account');
  }
  return wrong(
    'stripe',
    'no usable answer',
    'is the way out of the network open, is STRIPE_API_URL unset? status.stripe.com',
  );
}

/** An object that exists nowhere: a call that may write is then answered "no such …", and changes nothing. */
const NOWHERE = 'moddy_doctor';

/** Every right that the service needs, each with a call that needs it and has no effect. Writing includes reading. */
const RIGHTS: readonly {
  readonly name: string;
  readonly forSite?: true;
  readonly attempt: (stripe: Stripe) => Promise<unknown>;
}[] = [
  { name: 'Customers (write)', attempt: (stripe) => stripe.customers.update(`cus_${NOWHERE}`, {}) },
  { name: 'Subscriptions (write)', attempt: (stripe) => stripe.subscriptions.update(`sub_${NOWHERE}`, {}) },
  {
    name: 'Subscription schedules (write)',
    forSite: true,
    attempt: (stripe) => stripe.subscriptionSchedules.cancel(`sub_sched_${NOWHERE}`),
  },
  { name: 'Prices (read)', attempt: (stripe) => stripe.prices.list({ limit: 1 }) },
  { name: 'Products (read)', attempt: (stripe) => stripe.products.list({ limit: 1 }) },
  { name: 'Invoices (read)', attempt: (stripe) => stripe.invoices.list({ limit: 1 }) },
  { name: 'Invoice payments (read)', attempt: (stripe) => stripe.invoicePayments.list({ limit: 1 }) },
  { name: 'Payment intents (read)', attempt: (stripe) => stripe.paymentIntents.list({ limit: 1 }) },
  { name: 'Webhook endpoints (read)', attempt: (stripe) => stripe.webhookEndpoints.list({ limit: 1 }) },
  {
    name: 'Checkout sessions (write)',
    forSite: true,
    attempt: (stripe) => stripe.checkout.sessions.expire(`cs_${NOWHERE}`),
  },
  {
    name: 'Customer portal (write)',
    forSite: true,
    attempt: (stripe) => stripe.billingPortal.sessions.create({ customer: `cus_${NOWHERE}` }),
  },
];

/** Checks the rights of a restricted key; any other key has all rights. */
async function examineRights(stripe: Stripe, isSiteOn: boolean): Promise<Finding> {
  const needed = RIGHTS.filter(({ forSite }) => isSiteOn || !forSite);
  const missing = await Promise.all(
    needed.map(async ({ name, attempt }) => {
      const right = await attempt(stripe).then(
        () => undefined,
        (error: unknown) => {
          // "No such …" comes after the right was checked.
          if (error instanceof Stripe.errors.StripeInvalidRequestError) return undefined;
          if (error instanceof Stripe.errors.StripePermissionError) return rightIn(error);
          throw error;
        },
      );
      return right === undefined ? [] : [`${name}, ${right}`];
    }),
  );
  const all = needed.map(({ name }) => name).join(', ');
  return missing.flat().length === 0
    ? well('stripe rights', all)
    : wrong(
        'stripe rights',
        `the restricted key lacks ${missing.flat().join('; ')}`,
        `edit the key on the API keys page of Stripe; it needs ${all}`,
      );
}

/** `automatic_tax` of CHECKOUT: while Stripe Tax is not set up, no Checkout opens. */
async function examineTax(stripe: Stripe): Promise<Finding> {
  const cure = 'finish the set-up of Stripe Tax in the dashboard, or take automatic_tax out of CHECKOUT';
  try {
    const { status, status_details: details } = await stripe.tax.settings.retrieve();
    if (status === 'active') return well('automatic tax', 'Stripe Tax is active');
    const missing = details.pending?.missing_fields?.join(', ') ?? 'something';
    return wrong('automatic tax', `Stripe Tax lacks ${missing}: no Checkout opens`, cure);
  } catch (error) {
    return rightIn(error) === undefined
      ? explain(error)
      : wrong('automatic tax', 'the key may not read the settings of Stripe Tax', 'add the right Tax settings (read)');
  }
}

async function examinePrice(stripe: Stripe, plan: string, id: string, livemode: boolean): Promise<Finding> {
  const name = `price of ${plan}`;
  try {
    const price = await stripe.prices.retrieve(id);
    if (price.livemode !== livemode)
      return wrong(name, `${id} is of the other mode`, 'put the price of the mode of STRIPE_API_KEY into PLAN_PRICES');
    if (price.recurring === null)
      return wrong(name, `${id} is paid once, not every month or year`, 'put a recurring price into PLAN_PRICES');
    return well(
      name,
      `${id}, each ${price.recurring.interval}${price.active ? '' : ' (archived: for old subscriptions only)'}`,
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) {
      return wrong(
        name,
        `${id} does not exist in this account and mode`,
        'correct PLAN_PRICES: copy the id from the product page, in the mode of STRIPE_API_KEY',
      );
    }
    return rightIn(error) === undefined
      ? explain(error)
      : wrong(name, 'the key may not read prices', 'see stripe rights');
  }
}

function examineWebhook(endpoints: readonly Stripe.WebhookEndpoint[], siteUrl: string): readonly Finding[] {
  const ours = endpoints.filter(({ url }) => URL.canParse(url) && new URL(url).pathname === WEBHOOK_PATH);
  const endpoint = ours.find(({ status }) => status === 'enabled') ?? ours[0];
  if (endpoint === undefined) {
    return [
      wrong(
        'webhook',
        `no endpoint leads to ${WEBHOOK_PATH}`,
        `add ${siteUrl || 'https://<public domain>'}${WEBHOOK_PATH} at Stripe and put its signing secret into STRIPE_WEBHOOK_SECRET`,
      ),
    ];
  }
  if (endpoint.status !== 'enabled')
    return [
      wrong(
        'webhook',
        'the endpoint is switched off',
        'switch it on at Stripe, then make reconcile for what was missed',
      ),
    ];
  const all = endpoint.enabled_events.includes('*');
  const missing = all ? [] : WEBHOOK_EVENTS.filter((type) => !endpoint.enabled_events.includes(type));
  return [
    missing.length > 0
      ? wrong(
          'webhook events',
          `not switched on: ${missing.join(', ')}`,
          'switch them on at the endpoint, then make reconcile for what was missed',
        )
      : well('webhook events', `all that are needed, at ${new URL(endpoint.url).host}`),
    endpoint.api_version !== null && endpoint.api_version !== API_VERSION
      ? wrong(
          'webhook version',
          `the endpoint speaks ${endpoint.api_version}`,
          `make a new endpoint with version ${API_VERSION}, set its secret, delete the old one`,
        )
      : well('webhook version', endpoint.api_version ?? "the account's own"),
  ];
}
