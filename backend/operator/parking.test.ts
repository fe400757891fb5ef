import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { describe, expect, it } from 'vitest';
import { linkCustomer } from '../billing/link-customer.ts';
import { acknowledgeCustomer } from '../billing/settle-sync.ts';
import type { Queryable } from '../database/database.ts';
import { and, eq, gt, isNotNull, isNull, sql } from '../database/drizzle.ts';
import { customers, users } from '../database/schema.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { formatParked } from './format-parked.ts';
import { listParked } from './list-parked.ts';

const MAX = 'price_moddy_max_month';
const ONLY_PRO = '{"moddy_pro": ["price_moddy_pro_month"]}';
const BOTH = `{"moddy_pro": ["price_moddy_pro_month"], "moddy_max": ["${MAX}"]}`;

const formatted = async (db: Queryable) => formatParked(await listParked(db)).join('\n');
const usersOf = (db: Queryable) => db.select().from(users);
const parkedBy = (db: Queryable, reason: string) =>
  eventually(
    () => db.select().from(customers),
    (rows) => rows.some(({ parkedReason, wanted, done }) => parkedReason === reason && wanted === done),
  );
const health = async (internalPort: number) => {
  const url = `http://127.0.0.1:${internalPort}${backendInternal.operations.healthCheck.path}`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${SECRET}` } });
  return JSON.stringify(await response.json());
};
const healthOf = ({ backend }: TestBackend) => health(backend.internalPort);

describe('parking', () => {
  it('holds a customer at an unlisted price until PLAN_PRICES lists it', async () => {
    const system = await startTestBackend({ PLAN_PRICES: ONLY_PRO });
    const { orm } = system.backend.database;
    system.stripe.subscribe({ discordId: '7', price: MAX });
    await parkedBy(orm, 'unknown_price');
    expect(await formatted(orm)).toMatch(/price_moddy_max_month of sub_\w+ is not in PLAN_PRICES: add it to its plan/);
    expect(await healthOf(system)).toContain('1 parked: unknown_price');
    expect(await usersOf(orm)).toMatchObject([{ discordId: '7', plan: 'free' }]);
    expect(system.bot.calls).toEqual([]);
    await system.backend.stop();
    await system.startReplica({ PLAN_PRICES: BOTH });
    const calls = await system.bot.received(2);
    expect(calls.map(({ body }) => body.plan)).toEqual(['moddy_max', 'moddy_max']);
  });

  it('keeps a plan that is no longer listed when the user buys a lower listed one', async () => {
    const system = await startTestBackend({ PLAN_PRICES: BOTH });
    system.stripe.subscribe({ discordId: '70', price: MAX });
    await system.bot.received(2);
    await system.backend.stop();
    const { database, port } = await system.startReplica({ PLAN_PRICES: ONLY_PRO });
    const url = `http://127.0.0.1:${port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    const second = system.stripe.books.named('test').ledger.customers.get('cus_ABC123')?.id ?? '';
    system.stripe.subscribe({ discordId: '70', price: 'price_moddy_pro_month', customer: second });
    await system.stripe.deliveries.idle();
    await eventually(
      () => database.orm.select().from(customers),
      (rows) => rows.length === 2 && rows.every(({ userId, wanted, done }) => userId !== null && wanted === done),
    );
    expect(await usersOf(database.orm)).toMatchObject([{ plan: 'moddy_max', revision: 1 }]);
    expect(system.bot.calls).toHaveLength(2);
  });

  it('holds a customer without a user until an operator links one', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    const { customer } = system.stripe.subscribe({ discordId: '8', price: MAX, anonymous: true });
    await parkedBy(orm, 'no_discord_id');
    expect(await formatted(orm)).toContain(`sync --user ${customer} --discord-id <Discord id>`);
    expect(await healthOf(system)).toContain('1 parked: no_discord_id');
    expect(system.bot.calls).toEqual([]);
    await linkCustomer(orm, { customerId: customer, discordId: '8', livemode: false });
    const calls = await system.bot.received(2);
    expect(calls.map(({ body }) => body.discord_id)).toEqual(['8', '8']);
    await eventually(
      () => formatted(orm),
      (text) => text === 'Nothing is parked.',
    );
    const another = linkCustomer(orm, { customerId: customer, discordId: '9', livemode: false });
    await expect(another).rejects.toThrow(/belongs to another user/);
  });

  it('holds a customer of the other mode until the service has the key of that mode', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    system.stripe.subscribe({ discordId: '9', price: MAX });
    await system.bot.received(2);
    const { customer } = system.stripe.live.subscribe({ discordId: '9', price: 'price_moddy_pro_month' });
    await parkedBy(orm, 'other_account_or_mode');
    expect(await formatted(orm)).toContain(`customer ${customer}: other_account_or_mode: not in the test mode`);
    expect(await healthOf(system)).toContain('1 parked: other_account_or_mode');
    expect(await usersOf(orm)).toMatchObject([{ discordId: '9', plan: 'moddy_max', revision: 1 }]);
    expect(system.bot.calls).toHaveLength(2);
    await system.backend.stop();
    const { database } = await system.startReplica({ STRIPE_API_KEY: system.stripe.liveApiKey });
    const resolved = await eventually(
      () => database.orm.select().from(customers).where(eq(customers.customerId, customer)),
      ([row]) => row?.parkedReason === null,
    );
    expect(resolved).toMatchObject([{ livemode: true }]);
    // Nobody pays for a subscription in test mode, so it entitles to nothing.
    expect(await usersOf(database.orm)).toMatchObject([{ plan: 'moddy_pro', revision: 2 }]);
  });

  it('does not hold a live subscriber with a test subscription at a price that is not sold live', async () => {
    const system = await startTestBackend();
    system.stripe.subscribe({ discordId: '32', price: MAX });
    await system.bot.received(2);
    await system.backend.stop();
    const live = { STRIPE_API_KEY: system.stripe.liveApiKey, PLAN_PRICES: ONLY_PRO };
    const { database, port } = await system.startReplica(live);
    const url = `http://127.0.0.1:${port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    system.stripe.live.subscribe({ discordId: '32', price: 'price_moddy_pro_month' });
    const calls = await system.bot.received(4);
    expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['moddy_pro', 'moddy_pro']);
    system.stripe.live.cancelNow('32');
    const ended = await system.bot.received(6);
    expect(ended.slice(4).map(({ body }) => body.plan)).toEqual(['free', 'free']);
    expect(await database.orm.$count(customers, isNotNull(customers.parkedReason))).toBe(0);
  });

  it('is no longer reported for a customer that an operator acknowledges', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    const { customer } = system.stripe.subscribe({ discordId: '8', price: MAX, anonymous: true });
    await parkedBy(orm, 'no_discord_id');
    expect(await acknowledgeCustomer(orm, 'cus_another', { dry: false })).toBe(false);
    expect(await acknowledgeCustomer(orm, customer, { dry: false })).toBe(true);
    expect(await formatted(orm)).toBe('Nothing is parked.');
    expect(await healthOf(system)).not.toContain('parked: no_discord_id');
    const [before] = await orm.select().from(customers);
    system.stripe.renew(customer);
    const [after] = await eventually(
      () => orm.select().from(customers),
      ([row]) => (row?.done ?? 0) > (before?.done ?? 0) && row?.wanted === row?.done,
    );
    expect(after).toMatchObject({ parkedReason: 'no_discord_id', nextCheckAt: null });
    expect(await formatted(orm)).toBe('Nothing is parked.');
  });

  it('holds a customer after five rejections of a restricted key until the key has the right', async () => {
    const system = await startTestBackend();
    system.stripe.subscribe({ discordId: '13', price: 'price_moddy_pro_month' });
    await system.bot.received(2);
    await system.backend.stop();
    const rights = ['rak_customer_read', 'rak_plan_read', 'rak_product_read'];
    const key = system.stripe.books.restrict('test', rights);
    const { port, internalPort, database } = await system.startReplica({ STRIPE_API_KEY: key });
    const url = `http://127.0.0.1:${port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    const failures = () => system.logged.filter(({ message }) => message === 'sync failed').length;
    // Four failed syncs, each repeated once by the SDK: an outage is no rejection.
    system.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 500, times: 8 });
    system.stripe.subscribe({ discordId: '13', price: MAX });
    await system.stripe.deliveries.idle();
    await eventually(
      async () => {
        // Each attempt waits longer than the one before.
        const waits = and(gt(customers.failures, 0), isNull(customers.leaseUntil));
        await database.orm.update(customers).set({ retryAt: sql`now()` }).where(waits);
        return database.orm.select().from(customers);
      },
      (rows) => rows.some(({ parkedReason }) => parkedReason === 'key_lacks_right'),
    );
    expect(failures()).toBe(8);
    expect(await formatted(database.orm)).toContain(
      'key_lacks_right: STRIPE_API_KEY lacks the right rak_subscription_read: the doctor names every right',
    );
    expect(await health(internalPort)).toContain('1 parked: key_lacks_right');
    expect(await usersOf(database.orm)).toMatchObject([{ plan: 'moddy_pro' }]);
    await system.startReplica();
    const calls = await system.bot.received(4);
    expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['moddy_max', 'moddy_max']);
    expect(await formatted(database.orm)).toBe('Nothing is parked.');
  });

  it('holds a customer of another account', async () => {
    const system = await startTestBackend();
    system.stripe.other.subscribe({ discordId: '11', price: `${MAX}_other` });
    await parkedBy(system.backend.database.orm, 'other_account_or_mode');
    expect(system.bot.calls).toEqual([]);
  });

  it('holds every customer while PLAN_PRICES is empty, and no role is removed', async () => {
    const system = await startTestBackend();
    system.stripe.subscribe({ discordId: '12', price: MAX });
    await system.bot.received(2);
    await system.backend.stop();
    const empty = await system.startReplica({ PLAN_PRICES: '{}' });
    const url = `http://127.0.0.1:${empty.port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    system.stripe.cancelNow('12');
    await parkedBy(empty.database.orm, 'unknown_price');
    expect(await formatted(empty.database.orm)).toContain('PLAN_PRICES is empty: name your plans');
    expect(await health(empty.internalPort)).toContain('PLAN_PRICES is empty: every customer is parked');
    expect(await usersOf(empty.database.orm)).toMatchObject([{ plan: 'moddy_max', revision: 1 }]);
    expect(system.bot.calls).toHaveLength(2);
    await empty.stop();
    await system.startReplica();
    const calls = await system.bot.received(4);
    expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['free', 'free']);
  });
});
