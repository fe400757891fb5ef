import { ConfigError } from '@moddy/runtime/config';
import { expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { readConfig } from '../../config.ts';
import { eq } from '../../database/drizzle.ts';
import { customers, deliveries } from '../../database/schema.ts';
import { examineStripe } from '../../operator/doctor/stripe.ts';
import { eventually } from '../../testing/eventually.ts';
import { MONTHLY, startTestSite } from '../testing/start-test-site.ts';

const ALL = '{"promotion_codes": true, "automatic_tax": true, "trial_days": 7}';
const VARIABLES = {
  INTERNAL_API_SECRET: 'secret',
  DATABASE_URL: 'postgres://127.0.0.1/x',
  STRIPE_API_KEY: 'sk_test_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_x',
  PLAN_PRICES: '{}',
};

/** As the request log of the sandbox keeps them. */
type Params = Readonly<Record<string, unknown>> & { readonly subscription_data: object };

async function checkoutWith(variables: Record<string, string>) {
  const site = await startTestSite(variables);
  const { id: discordId } = site.discord.addUser();
  const visitor = site.visitor();
  await site.logIn(visitor, discordId);
  const open = async () => {
    const page = await visitor.submit(await visitor.get(`/subscribe?price=${MONTHLY}`), '/checkout');
    const sent = site.stripe.requests.findLast(
      ({ path, method }) => method === 'POST' && path === '/v1/checkout/sessions',
    );
    return { page, params: sent?.params as Params };
  };
  return { site, visitor, discordId, open };
}

it('a Checkout offers only the price without CHECKOUT', async () => {
  const { open } = await checkoutWith({});
  const { params } = await open();
  expect(params).not.toHaveProperty('allow_promotion_codes');
  expect(params).not.toHaveProperty('automatic_tax');
  expect(params.subscription_data).not.toHaveProperty('trial_period_days');
});

it('a Checkout takes promotion codes, computes tax and gives one trial per user', async () => {
  const { site, visitor, discordId, open } = await checkoutWith({ CHECKOUT: ALL });
  const order = () => visitor.get(`/subscribe?price=${MONTHLY}`);
  expect((await order()).text).toMatch(/Free trial<\/dt><dd>7 days.*Then<\/dt><dd>€9\.99.*Nothing is charged today/s);
  const { page, params } = await open();
  expect(params).toMatchObject({
    allow_promotion_codes: 'true',
    automatic_tax: { enabled: 'true' },
    customer_update: { address: 'auto' },
    subscription_data: { trial_period_days: '7' },
  });
  await visitor.post(page.url, { action: 'pay', email: 'payer@example.com' });
  await eventually(
    () => visitor.get('/account'),
    ({ text }) => text.includes('Free trial'),
  );
  expect((await visitor.get('/checkout/success')).text).toContain('Your free trial has started.');
  site.stripe.cancelNow(discordId);
  await eventually(
    () => visitor.get('/account'),
    ({ text }) => text.includes('Your subscription ended'),
  );
  expect((await order()).text).not.toContain('Free trial');
  expect((await open()).params.subscription_data).not.toHaveProperty('trial_period_days');
});

it('a Checkout gives no second trial after a subscription that only Stripe knows', async () => {
  const { site, discordId, open } = await checkoutWith({ CHECKOUT: '{"trial_days": 7}' });
  const db = site.backend.database.orm;
  const userId = (await findByDiscordId(db, discordId))?.user.userId ?? 0;
  // Its events never came.
  site.stripe.hold();
  const { customer } = site.stripe.subscribe({ discordId, price: MONTHLY });
  site.stripe.cancelNow(discordId);
  await db
    .insert(customers)
    .values({ customerId: customer, userId, livemode: false })
    .onConflictDoUpdate({ target: customers.customerId, set: { userId } });
  expect((await open()).params.subscription_data).not.toHaveProperty('trial_period_days');
  expect(await db.$count(deliveries, eq(deliveries.userId, userId))).toBe(0);
});

it.each([
  '{"trial_days": 0}',
  '{"trial_days": 7.5}',
  '{"trial_days": 800}',
  '{"tax": true}',
  '[]',
  'yes',
  '{"promotion_codes": "on"}',
])('rejects CHECKOUT=%s at the start', (text) => {
  expect(() => readConfig({ ...VARIABLES, CHECKOUT: text })).toThrow(ConfigError);
});

it('the doctor checks the setup of Stripe Tax only where it is used', async () => {
  const { site } = await checkoutWith({ CHECKOUT: ALL });
  const config = (more: Record<string, string>) =>
    readConfig({ ...VARIABLES, STRIPE_API_KEY: site.stripe.apiKey, STRIPE_API_URL: site.stripe.url, ...more });
  const taxOf = async (more: Record<string, string>) =>
    (await examineStripe(config(more))).filter(({ name }) => name === 'automatic tax');
  expect(await taxOf({ CHECKOUT: ALL })).toMatchObject([{ isWell: true }]);
  site.stripe.books.named('test').ledger.missingForTax = ['head_office.address'];
  const [finding] = await taxOf({ CHECKOUT: ALL });
  expect(JSON.stringify(finding)).toMatch(/lacks head_office.address: no Checkout opens/);
  expect(await taxOf({})).toEqual([]);
});
