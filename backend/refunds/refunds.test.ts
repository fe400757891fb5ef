import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Orm } from '../database/database.ts';
import { and, eq, gt, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers, reversals, users } from '../database/schema.ts';
import { formatParked } from '../operator/format-parked.ts';
import { listParked } from '../operator/list-parked.ts';
import { acknowledgeRefund, REFUNDS_CHANNEL } from '../queue/claim-refund.ts';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const subscribed = async (variables: Record<string, string> = {}) => {
  const system = await startTestBackend(variables);
  const { subscription } = system.stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
  await system.bot.received(2);
  return { system, subscription };
};
const followed = ({ backend }: TestBackend, count = 1) =>
  eventually(
    () => backend.database.orm.select().from(reversals).orderBy(reversals.reversalId),
    (rows) => rows.length === count && rows.every(({ state }) => state !== 'pending'),
  );
const statusOf = async ({ stripe }: TestBackend, subscription: string) =>
  (await createStripe(stripe.apiKey, stripe.url).subscriptions.retrieve(subscription)).status;
const cancels = ({ stripe }: TestBackend) => stripe.requests.filter(({ method }) => method === 'DELETE').length;

/** Each attempt waits longer than the one before: not here. */
const dueAtOnce = (orm: Orm) =>
  eventually(
    async () => {
      const waits = and(eq(reversals.state, 'pending'), gt(reversals.dueAt, sql`now()`));
      await orm.update(reversals).set({ dueAt: sql`now()` }).where(waits);
      await orm.execute(sql`select pg_notify(${REFUNDS_CHANNEL}, '')`);
      return orm.select().from(reversals);
    },
    ([row]) => row?.state === 'parked',
  );

describe('a refund or dispute', () => {
  it('is parked after five rejections of a restricted key, with the missing right', async () => {
    const { system } = await subscribed();
    await system.backend.stop();
    const rights = ['rak_customer_read', 'rak_subscription_write', 'rak_plan_read'];
    const { port } = await system.startReplica({ STRIPE_API_KEY: system.stripe.books.restrict('test', rights) });
    const url = `http://127.0.0.1:${port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    // Four failed attempts, each repeated once by the SDK: an outage is no rejection.
    system.stripe.fail({ path: '/v1/invoice_payments', effect: 'status', status: 500, times: 8 });
    system.stripe.refund('7');
    const database = openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    expect(await dueAtOnce(database.orm)).toMatchObject([
      { outcome: 'failed', detail: 'STRIPE_API_KEY lacks the right rak_invoice_payment_read', failures: 8 },
    ]);
    expect(formatParked(await listParked(database.orm)).join()).toContain('doctor names every right the key needs');
    expect(JSON.stringify(system.logged)).not.toMatch(/restricted\d/);
  });

  it.each([
    ['a full refund', (system: TestBackend) => system.stripe.refund('7')],
    ['a dispute', (system: TestBackend) => system.stripe.dispute('7')],
  ])('REFUND_POLICY=cancel: %s ends the subscription and its plan, once', async (_name, happen) => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    happen(system);
    const [row] = await followed(system);
    expect(row).toMatchObject({ state: 'done', outcome: 'cancelled', subscriptionId: subscription });
    expect(await statusOf(system, subscription)).toBe('canceled');
    const calls = await system.bot.received(4);
    expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['free', 'free']);
    const eventId = row?.eventId ?? '';
    system.stripe.resend(eventId);
    await system.stripe.deliveries.idle();
    expect(await followed(system)).toHaveLength(1);
    expect(cancels(system)).toBe(1);
  });

  it('REFUND_POLICY=cancel: a partial refund only alerts', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.refund('7', 100);
    expect(await followed(system)).toMatchObject([{ kind: 'partial_refund', state: 'parked', amount: 100 }]);
    expect(await statusOf(system, subscription)).toBe('active');
    expect(cancels(system)).toBe(0);
  });

  it('REFUND_POLICY=cancel: an inquiry ends nothing, and its escalation ends the subscription once', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    const { orm } = system.backend.database;
    system.stripe.inquire('7');
    await system.stripe.deliveries.idle();
    expect(await orm.select().from(reversals)).toEqual([]);
    system.stripe.escalateDispute('7');
    expect(await followed(system)).toMatchObject([{ kind: 'dispute', outcome: 'cancelled' }]);
    expect(await statusOf(system, subscription)).toBe('canceled');
    expect(cancels(system)).toBe(1);
  });

  it('REFUND_POLICY=cancel: a closed inquiry stores nothing', async () => {
    const { system } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.inquire('7');
    system.stripe.closeDispute('7');
    await system.stripe.deliveries.idle();
    expect(await system.backend.database.orm.select().from(reversals)).toEqual([]);
  });

  it.each([
    ['a refund', (system: TestBackend, who: string) => system.stripe.refund(who)],
    ['a dispute', (system: TestBackend, who: string) => system.stripe.dispute(who)],
  ])(
    'REFUND_POLICY=cancel: %s of a foreign product in the account is not ours and changes nothing',
    async (_, happen) => {
      const { system } = await subscribed({ REFUND_POLICY: 'cancel' });
      const { ledger } = system.stripe.books.named('test');
      ledger.products.add(
        product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
      );
      ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
      const [ours] = [...ledger.customers.values()].filter(({ metadata }) => metadata.discord_id === '7');
      const api = createStripe(system.stripe.apiKey, system.stripe.url);
      const mug = await api.subscriptions.create({ customer: ours?.id ?? '', items: [{ price: 'price_mug' }] });
      happen(system, mug.id);
      const [row] = await followed(system);
      expect(row).toMatchObject({ state: 'done', outcome: 'not_ours', subscriptionId: null });
      expect(await statusOf(system, mug.id)).toBe('active');
      expect(cancels(system)).toBe(0);
      expect(formatParked(await listParked(system.backend.database.orm))).toEqual(['Nothing is parked.']);
    },
  );

  it('REFUND_POLICY=cancel: the refund of a proration only alerts', async () => {
    const system = await startTestBackend({ REFUND_POLICY: 'cancel' });
    const { subscription } = system.stripe.subscribe({ discordId: '7', price: 'price_moddy_pro_month' });
    await system.bot.received(2);
    system.stripe.changePrice('7', 'price_moddy_max_month', 'always_invoice');
    await system.bot.received(4);
    // The latest charge is that of the upgrade.
    system.stripe.refund('7');
    const [row] = await followed(system);
    expect(row).toMatchObject({
      kind: 'refund',
      state: 'parked',
      outcome: 'needs_attention',
      subscriptionId: subscription,
    });
    expect(row?.detail).toContain('did not pay for the current period');
    expect(await statusOf(system, subscription)).toBe('active');
  });

  it('is parked when a refund fails later, with the note that the subscription was ended for it', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.refund('7');
    await followed(system);
    system.stripe.failRefund(subscription);
    const rows = await followed(system, 2);
    expect(rows[1]).toMatchObject({ kind: 'refund_failed', state: 'parked', outcome: 'needs_attention' });
    expect(rows[1]?.detail).toContain('the subscription was ended for it');
  });

  it('REFUND_POLICY=cancel: a refund after a failed one ends the subscription', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    const { id } = system.stripe.refund('7', 100);
    await followed(system);
    system.stripe.failRefund(id);
    await followed(system, 2);
    await system.advance(2_000);
    system.stripe.refund('7');
    const rows = await followed(system, 3);
    expect(rows.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['partial_refund', 'needs_attention'],
      ['refund_failed', 'needs_attention'],
      ['refund', 'cancelled'],
    ]);
    expect(await statusOf(system, subscription)).toBe('canceled');
  });

  it('REFUND_POLICY=cancel: a lost answer of Stripe is retried, and the ended subscription is found', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.fail({ method: 'DELETE', effect: 'lose', times: 1 });
    system.stripe.refund('7');
    expect(await followed(system)).toMatchObject([{ outcome: 'cancelled' }]);
    expect(await statusOf(system, subscription)).toBe('canceled');
    await system.bot.received(4);
    system.stripe.failRefund(subscription);
    const [, failed] = await followed(system, 2);
    expect(failed?.detail).toContain('the subscription was ended for it');
  });

  describe('for a subscription with a foreign item', () => {
    const shared = async (items: readonly string[]) => {
      const system = await startTestBackend({ REFUND_POLICY: 'cancel' });
      const { ledger } = system.stripe.books.named('test');
      ledger.products.add(product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug', features: [] }));
      const mugs = ['price_mug', ...Array.from({ length: 11 }, (_, at) => `price_mug_${at}`)];
      for (const id of mugs)
        ledger.prices.add(price(ledger, { id, product: 'prod_mug', interval: 'month', amount: 5 }));
      const api = createStripe(system.stripe.apiKey, system.stripe.url);
      const metadata = { discord_id: '7' };
      const { id: customer } = await api.customers.create({ metadata });
      const { id } = await api.subscriptions.create({
        customer,
        metadata,
        items: items.map((each) => ({ price: each })),
      });
      const read = async () => {
        const { status, items: left } = await api.subscriptions.retrieve(id);
        return [status, ...left.data.map((item) => item.price.id)];
      };
      return { system, api, id, mugs, read };
    };

    it.each([
      ['a full refund', (system: TestBackend) => system.stripe.refund('7')],
      ['a dispute', (system: TestBackend) => system.stripe.dispute('7')],
    ])('REFUND_POLICY=cancel: %s ends our item and leaves the foreign one', async (_, happen) => {
      const { system, id, read } = await shared(['price_mug', 'price_moddy_max_month']);
      await system.bot.received(2);
      // Stripe acts, and its answer is lost, also that of the SDK's repetition.
      system.stripe.fail({ method: 'POST', path: `/v1/subscriptions/${id}`, effect: 'lose', times: 2 });
      happen(system);
      expect(await followed(system)).toMatchObject([{ state: 'done', outcome: 'cancelled', subscriptionId: id }]);
      expect(await read()).toEqual(['active', 'price_mug']);
      const calls = await system.bot.received(4);
      expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['free', 'free']);
      expect(cancels(system)).toBe(0);
      // The rest is foreign, also when it is paid and refunded.
      system.stripe.renew(id);
      system.stripe.refund(id);
      expect(await followed(system, 2)).toMatchObject([{}, { state: 'done', outcome: 'not_ours' }]);
      await system.stripe.deliveries.idle();
      expect(await read()).toEqual(['active', 'price_mug']);
      expect(formatParked(await listParked(system.backend.database.orm))).toEqual(['Nothing is parked.']);
      expect(system.bot.calls).toHaveLength(4);
    });

    it('REFUND_POLICY=cancel: a refund of the foreign item alone is not ours', async () => {
      const { system, api, id, read } = await shared(['price_mug']);
      const [charge] = system.stripe.books.named('test').ledger.charges.newest();
      await api.subscriptions.update(id, { items: [{ price: 'price_moddy_pro_month' }], proration_behavior: 'none' });
      await system.bot.received(2);
      system.stripe.refund(charge?.id ?? '');
      expect(await followed(system)).toMatchObject([{ state: 'done', outcome: 'not_ours' }]);
      expect(await read()).toEqual(['active', 'price_mug', 'price_moddy_pro_month']);
    });

    it('REFUND_POLICY=cancel: our item is found behind ten others', async () => {
      const { system, id, mugs, read } = await shared([
        ...Array.from({ length: 11 }, (_, at) => `price_mug_${at}`),
        'price_moddy_pro_month',
      ]);
      await system.bot.received(2);
      system.stripe.refund(id);
      expect(await followed(system)).toMatchObject([{ outcome: 'cancelled' }]);
      expect(await read()).toEqual(['active', ...mugs.slice(1, 11)]);
      await system.bot.received(4);
    });
  });

  it('is parked after five rejections while the key may not read prices', async () => {
    const system = await startTestBackend();
    await system.backend.stop();
    const { ledger } = system.stripe.books.named('test');
    ledger.products.add(product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug', features: [] }));
    ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
    const rights = ['customer_read', 'subscription_write', 'invoice_read', 'invoice_payment_read'];
    const key = system.stripe.books.restrict(
      'test',
      rights.map((right) => `rak_${right}`),
    );
    const { port } = await system.startReplica({ STRIPE_API_KEY: key });
    const url = `http://127.0.0.1:${port}/payments/webhook`;
    system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
    const api = createStripe(system.stripe.apiKey, system.stripe.url);
    const { id: customer } = await api.customers.create({ email: 'mug@example.com' });
    const { id } = await api.subscriptions.create({ customer, items: [{ price: 'price_mug' }] });
    system.stripe.refund(id);
    const database = openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    await dueAtOnce(database.orm);
    const detail = 'STRIPE_API_KEY lacks the right rak_plan_read';
    expect(await database.orm.select().from(reversals)).toMatchObject([{ outcome: 'failed', detail }]);
    const [stranger] = await eventually(
      async () => {
        await database.orm.update(customers).set({ retryAt: null });
        return database.orm.select().from(customers);
      },
      ([found]) => found?.parkedReason !== null,
    );
    expect(stranger).toMatchObject({ parkedReason: 'key_lacks_right', parkedDetail: detail, userId: null });
  });

  it('REFUND_POLICY=none: a refund alerts until it is acknowledged, and changes nothing', async () => {
    const { system, subscription } = await subscribed();
    const { orm } = system.backend.database;
    system.stripe.refund('7');
    const [row] = await followed(system);
    expect(row).toMatchObject({ kind: 'refund', state: 'parked', outcome: 'needs_attention' });
    const text = formatParked(await listParked(orm)).join('\n');
    expect(text).toContain('refund 1 (€9.99, cus_');
    expect(text).toContain(`(${subscription}): end it at Stripe if it should end, then parked --acknowledge 1`);
    expect(await acknowledgeRefund(orm, 1, { dry: false })).toBe(true);
    expect(await acknowledgeRefund(orm, 1, { dry: false })).toBe(false);
    expect(formatParked(await listParked(orm))).toEqual(['Nothing is parked.']);
    expect(await statusOf(system, subscription)).toBe('active');
    expect(await orm.select().from(users)).toMatchObject([{ plan: 'moddy_max' }]);
    expect(system.bot.calls).toHaveLength(2);
  });

  it.each(['won', 'lost'] as const)('is stored when a dispute is %s, and changes nothing more', async (outcome) => {
    const { system } = await subscribed();
    system.stripe.dispute('7');
    await followed(system);
    system.stripe.closeDispute('7', outcome);
    const rows = await followed(system, 2);
    expect(rows[1]).toMatchObject({ kind: `dispute_${outcome}`, state: outcome === 'won' ? 'done' : 'parked' });
    expect(system.bot.calls).toHaveLength(2);
  });

  it('waits for a service with the key of the other mode', async () => {
    const { system } = await subscribed({ REFUND_POLICY: 'cancel' });
    const { subscription } = system.stripe.live.subscribe({ discordId: '8', price: 'price_moddy_max_month' });
    system.stripe.live.refund('8');
    expect(await followed(system)).toMatchObject([{ state: 'parked', outcome: 'other_account_or_mode' }]);
    expect(formatParked(await listParked(system.backend.database.orm)).join()).toContain('of the live mode');
    await system.stripe.deliveries.idle();
    await system.backend.stop();
    const replica = await system.startReplica({ STRIPE_API_KEY: system.stripe.liveApiKey });
    const rows = await eventually(
      () => replica.database.orm.select().from(reversals),
      ([row]) => row?.state === 'done',
    );
    expect(rows).toMatchObject([{ outcome: 'cancelled', subscriptionId: subscription }]);
  });
});
