import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { signature } from '@moddy/sandbox/stripe/webhook-post';
import { describe, expect, it } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { customers, listedPrices, subscriptions, users } from '../database/schema.ts';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { PLAN_PRICES, startTestBackend, type TestBackend, WEBHOOK_SECRET } from '../testing/start-test-backend.ts';

const MAX = 'price_moddy_max_month';
const PRO = 'price_moddy_pro_month';
/** A price of a foreign product. */
const MUG = 'price_mug_month';
/** A new price of our own product that nobody has listed yet. */
const MAX_NEXT = 'price_moddy_max_next';

const ledgerOf = ({ stripe }: TestBackend) => stripe.books.named('test').ledger;
const ormOf = ({ backend }: TestBackend) => backend.database.orm;
const api = ({ stripe }: TestBackend) => createStripe(stripe.apiKey, stripe.url);

const start = async (variables: Record<string, string> = {}) => {
  const system = await startTestBackend(variables);
  const ledger = ledgerOf(system);
  ledger.products.add(
    product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
  );
  ledger.prices.add(price(ledger, { id: MUG, product: 'prod_mug', interval: 'month', amount: 1500 }));
  ledger.prices.add(price(ledger, { id: MAX_NEXT, product: 'prod_moddy_max', interval: 'month', amount: 1099 }));
  return system;
};
/** Everything that Stripe said until now has been acted on. */
const settled = async (system: TestBackend) => {
  await system.stripe.deliveries.idle();
  await eventually(
    () => ormOf(system).$count(customers, sql`${customers.wanted} > ${customers.done}`),
    (waiting) => waiting === 0,
  );
};
const planOf = async (system: TestBackend, discordId: string) => {
  await settled(system);
  const [user] = await ormOf(system).select().from(users).where(eq(users.discordId, discordId));
  return user?.plan;
};
const parkedOf = async (system: TestBackend) => {
  await settled(system);
  const rows = await ormOf(system).select().from(customers).where(sql`${customers.parkedReason} is not null`);
  return rows.map(({ parkedReason, parkedDetail }) => [parkedReason, parkedDetail]);
};
const mug = (system: TestBackend, customer: string) =>
  api(system).subscriptions.create({ customer, items: [{ price: MUG }] });

describe('ownership of subscriptions', () => {
  it('a foreign product does not keep our plan alive', async () => {
    const system = await start();
    const { customer, subscription } = system.stripe.subscribe({ discordId: '1', price: MAX });
    await mug(system, customer);
    expect(await planOf(system, '1')).toBe('moddy_max');
    system.stripe.cancelNow(subscription);
    expect(await planOf(system, '1')).toBe('free');
    expect(await parkedOf(system)).toEqual([]);
  });

  it('a customer of a foreign product can subscribe to ours', async () => {
    const system = await start();
    const { id: customer } = await api(system).customers.create({ email: 'mug@example.com' });
    await mug(system, customer);
    await settled(system);
    system.stripe.subscribe({ discordId: '2', price: PRO, customer });
    expect(await planOf(system, '2')).toBe('moddy_pro');
    expect(await parkedOf(system)).toEqual([]);
    expect(await ormOf(system).select().from(subscriptions)).toMatchObject([{ priceId: PRO }]);
  });

  it('the twelfth item of a subscription counts like the first', async () => {
    const system = await start();
    const others = Array.from({ length: 11 }, (_, at) => `price_mug_${at}`);
    const ledger = ledgerOf(system);
    for (const id of others)
      ledger.prices.add(price(ledger, { id, product: 'prod_mug', interval: 'month', amount: 100 }));
    const { id: customer } = await api(system).customers.create({ metadata: { discord_id: '12' } });
    const items = [...others, PRO].map((id) => ({ price: id }));
    const { id, items: included } = await api(system).subscriptions.create({ customer, items });
    expect([included.data.length, included.has_more]).toEqual([10, true]);
    expect(await planOf(system, '12')).toBe('moddy_pro');
    expect(await ormOf(system).select().from(subscriptions)).toMatchObject([{ subscriptionId: id, priceId: PRO }]);
  });

  it('customers of foreign products become no users and are not parked', async () => {
    const system = await start();
    for (let at = 0; at < 40; at += 1) {
      const { id } = await api(system).customers.create({ email: `stranger-${at}@example.com` });
      await mug(system, id);
    }
    expect(await parkedOf(system)).toEqual([]);
    expect(await ormOf(system).$count(users)).toBe(0);
    expect(await ormOf(system).$count(subscriptions)).toBe(0);
    expect(await ormOf(system).$count(customers)).toBe(40);
  });

  it('an order number of another shop creates no user and owns no later subscription', async () => {
    const system = await start();
    const { id: customer } = await api(system).customers.create({ email: 'mug@example.com' });
    const session = {
      id: 'cs_1',
      object: 'checkout.session',
      mode: 'payment',
      client_reference_id: '4711',
      metadata: {},
    };
    const payload = JSON.stringify({
      id: 'evt_order',
      object: 'event',
      type: 'checkout.session.completed',
      created: 1_750_000_000,
      livemode: false,
      data: { object: { ...session, customer } },
    });
    const response = await fetch(`${system.publicUrl}/payments/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature(payload, WEBHOOK_SECRET) },
      body: payload,
    });
    expect(response.status).toBe(200);
    await settled(system);
    expect(await ormOf(system).$count(users)).toBe(0);
    system.stripe.subscribe({ discordId: '8', price: PRO, customer });
    expect(await planOf(system, '8')).toBe('moddy_pro');
  });

  it('a new price of our product keeps the plan and is parked, and other subscriptions still count', async () => {
    const system = await start();
    const { subscription } = system.stripe.subscribe({ discordId: '3', price: PRO });
    expect(await planOf(system, '3')).toBe('moddy_pro');
    system.stripe.changePrice(subscription, MAX_NEXT);
    expect(await planOf(system, '3')).toBe('moddy_pro');
    expect(await parkedOf(system)).toEqual([['unknown_price', `${MAX_NEXT} of ${subscription} is not in PLAN_PRICES`]]);
    const second = system.stripe.subscribe({ discordId: '3', price: MAX });
    expect(await planOf(system, '3')).toBe('moddy_max');
    system.stripe.cancelNow(second.subscription);
    expect(await planOf(system, '3')).toBe('moddy_pro');
    system.stripe.cancelNow(subscription);
    expect(await planOf(system, '3')).toBe('free');
    expect(await parkedOf(system)).toEqual([]);
  });

  it('our metadata makes an unlisted price ours but gives no plan', async () => {
    const system = await start();
    system.stripe.subscribe({ discordId: '4', price: MUG });
    expect(await planOf(system, '4')).toBe('free');
    expect(await parkedOf(system)).toMatchObject([['unknown_price', expect.stringContaining(MUG)]]);
  });

  it('a price removed from PLAN_PRICES together with its plan keeps the plan and is parked', async () => {
    const system = await start();
    system.stripe.subscribe({ discordId: '5', price: PRO });
    expect(await planOf(system, '5')).toBe('moddy_pro');
    await system.backend.stop();
    const replica = await system.startReplica({ PLAN_PRICES: JSON.stringify({ moddy_max: PLAN_PRICES.moddy_max }) });
    await eventually(
      () => replica.database.orm.select().from(customers),
      ([row]) => row !== undefined,
    );
    system.stripe.setWebhooks([{ url: `http://127.0.0.1:${replica.port}/payments/webhook`, secret: 'whsec_test' }]);
    system.stripe.renew('5');
    await system.stripe.deliveries.idle();
    const [row] = await eventually(
      () => replica.database.orm.select().from(customers),
      ([found]) => found?.parkedReason !== null && found?.wanted === found?.done,
    );
    expect(row).toMatchObject({ parkedReason: 'unknown_price' });
    expect(await replica.database.orm.select().from(users)).toMatchObject([{ plan: 'moddy_pro' }]);
    expect(system.bot.calls).toHaveLength(2);
  });

  it.each([
    [[MUG, MAX], 'moddy_max'],
    [[PRO, MAX], 'moddy_max'],
    [[MAX, PRO], 'moddy_max'],
    [[MUG, PRO], 'moddy_pro'],
  ])('the highest known plan of the items %j counts', async (prices, plan) => {
    const system = await start();
    const { id: customer } = await api(system).customers.create({ metadata: { discord_id: '6' } });
    await api(system).subscriptions.create({ customer, items: prices.map((each) => ({ price: each })) });
    expect(await planOf(system, '6')).toBe(plan);
    expect(await parkedOf(system)).toEqual([]);
  });

  it('an unlisted price stays undecided while Stripe does not answer for our products', async () => {
    const system = await start();
    system.stripe.fail({ path: '/v1/prices', effect: 'status', status: 500 });
    const { customer, subscription } = system.stripe.subscribe({ discordId: '7', price: MAX });
    await mug(system, customer);
    expect(await planOf(system, '7')).toBe('moddy_max');
    expect(await parkedOf(system)).toEqual([]);
    system.stripe.cancelNow(subscription);
    expect(await planOf(system, '7')).toBe('free');
    const [row] = await ormOf(system).select().from(customers);
    expect(row?.nextCheckAt).not.toBeNull();
    system.stripe.faults.clear();
    system.stripe.renew(customer);
    await settled(system);
    const stored = await ormOf(system).select().from(listedPrices).orderBy(listedPrices.priceId);
    expect(stored.map(({ productId }) => productId)).toEqual(['prod_moddy_max', 'prod_moddy_max', 'prod_moddy_pro']);
    const [known] = await ormOf(system).select().from(customers);
    expect(known?.nextCheckAt).toBeNull();
  });
});
