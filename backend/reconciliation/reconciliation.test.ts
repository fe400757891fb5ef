import { describe, expect, it, onTestFinished } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { accountDifferences, customers, deliveries, jobs, subscriptions, users } from '../database/schema.ts';
import { formatDifference } from '../operator/format-comparison.ts';
import { claimJob } from '../queue/claim-job.ts';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import type { Difference } from './compare-page.ts';
import { importAccount } from './import-account.ts';
import { runComparison } from './reconcile.ts';

const MAX = 'price_moddy_max_month';
/** Several pages; 1,000 take half a minute: IMPORT_COUNT=1000. */
const COUNT = Number(process.env.IMPORT_COUNT ?? 250);
const OPTIONS = { dry: false, force: false, everyMs: 1_000 };

/** No event of Stripe arrives any more, and those that arrived are done. */
const silence = async ({ stripe, backend }: TestBackend) => {
  stripe.setWebhooks([]);
  await stripe.deliveries.idle();
  const { orm } = backend.database;
  await eventually(
    () => orm.$count(customers, sql`${customers.wanted} > ${customers.done}`),
    (waiting) => waiting === 0,
  );
};
const reconcile = async (system: TestBackend, options: Partial<typeof OPTIONS> = {}) => {
  const lines: string[] = [];
  const onDifference = (difference: Difference) => void lines.push(formatDifference(difference));
  const compared = await runComparison(operatorDeps(system), 'reconcile', { ...OPTIONS, ...options, onDifference });
  return { ...compared, lines };
};

describe('reconcile', () => {
  it('finds the differences after lost events, prints them, and requests syncs', async () => {
    const system = await startTestBackend();
    const { stripe } = system;
    const { orm } = system.backend.database;
    for (const discordId of ['1', '2', '3']) stripe.subscribe({ discordId, price: MAX });
    await system.bot.received(6);
    await silence(system);
    expect(await reconcile(system)).toMatchObject({ listed: 3, differences: 0, stopped: null });
    stripe.changePrice('1', 'price_moddy_pro_month');
    stripe.cancelNow('2');
    const unknown = stripe.subscribe({ discordId: '4', price: MAX });
    const dry = await reconcile(system, { dry: true });
    expect(dry).toMatchObject({ differences: 3, customers: 3, entitlementsChanged: 3, plansReplaced: 2 });
    expect(dry.lines.join('\n')).toMatch(
      /differs: price price_moddy_max_month → price_moddy_pro_month, plan moddy_max/,
    );
    expect(dry.lines.join('\n')).toMatch(/is gone: active here, not listed by Stripe/);
    expect(dry.lines.join('\n')).toContain(`${unknown.customer} ${unknown.subscription}: a customer we do not know`);
    expect(system.bot.calls).toHaveLength(6);
    await reconcile(system);
    await system.bot.received(12);
    const rows = await orm.select().from(users).orderBy(users.discordId);
    expect(rows.map(({ plan }) => plan)).toEqual(['moddy_pro', 'free', 'moddy_max', 'moddy_max']);
    expect(await reconcile(system)).toMatchObject({ differences: 0 });
    expect(await orm.select().from(accountDifferences)).toEqual([]);
  });

  it('stops and alerts without a change when more than 20 users and 5 % would change, unless forced', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    await silence(system);
    system.stripe.seedSubscribers({ count: 21 });
    const stopped = await reconcile(system);
    expect(stopped.stopped).toMatch(/21 users would change their entitlement, of 0 known/);
    expect(await orm.select().from(customers)).toEqual([]);
    expect(await orm.select().from(jobs).where(eq(jobs.name, 'reconcile'))).toMatchObject([
      { alert: true, state: null },
    ]);
    await reconcile(system, { force: true });
    await system.bot.received(42);
    expect(await orm.select().from(jobs).where(eq(jobs.name, 'reconcile'))).toMatchObject([{ alert: false }]);
  });

  it('counts an empty account as a change for every user', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    await silence(system);
    system.stripe.seedSubscribers({ count: 25 });
    await importAccount(operatorDeps(system), { dry: false, force: false, onProgress: () => {} });
    await system.bot.received(25);
    const stripe = createStripe(system.stripe.otherApiKey, system.stripe.url);
    const deps = { ...operatorDeps(system), stripe };
    for (const name of ['reconcile', 'import'] as const) {
      expect((await runComparison(deps, name, OPTIONS)).stopped).toMatch(/^25 users would/);
    }
    expect(await orm.$count(users, eq(users.plan, 'moddy_max'))).toBe(25);
    expect(await orm.$count(customers, sql`${customers.wanted} > ${customers.done}`)).toBe(0);
  });

  it('runs in one process at a time and continues after a crash', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    await silence(system);
    system.stripe.seedSubscribers({ count: 150 });
    const crash = new AbortController();
    const onProgress = () => crash.abort(new Error('killed'));
    const killed = runComparison({ ...operatorDeps(system), signal: crash.signal, onProgress }, 'reconcile', OPTIONS);
    await expect(killed).rejects.toThrow('killed');
    expect(await orm.select().from(jobs).where(eq(jobs.name, 'reconcile'))).toMatchObject([
      { state: { step: 'list', listed: 100 } },
    ]);
    const asked = () => system.stripe.requests.filter(({ path }) => path === '/v1/subscriptions').length;
    const before = asked();
    // A dry one starts afresh, and leaves the unfinished one alone.
    expect(await reconcile(system, { dry: true })).toMatchObject({ listed: 150, differences: 150 });
    expect(asked() - before).toBe(2);
    expect(await reconcile(system)).toMatchObject({
      listed: 150,
      differences: 150,
      stopped: expect.stringMatching(/^150 users would/),
    });
    expect(asked() - before).toBe(3);
    await claimJob(orm, 'reconcile', 'now');
    await expect(reconcile(system)).rejects.toThrow(/Another process runs reconcile now/);
    expect(await reconcile(system, { dry: true })).toMatchObject({ listed: 150 });
  });

  it('runs in one replica of the service when it is due', async () => {
    const system = await startTestBackend();
    const replica = await system.startReplica();
    const { orm } = system.backend.database;
    system.stripe.subscribe({ discordId: '1', price: MAX });
    await system.bot.received(2);
    await silence(system);
    system.stripe.cancelNow('1');
    await orm.update(jobs).set({ dueAt: sql`now()` });
    system.backend.schedule.wake();
    replica.schedule.wake();
    await system.bot.received(4);
    const rows = await eventually(
      () => orm.select().from(jobs).orderBy(jobs.name),
      (all) => all.every(({ finishedAt }) => finishedAt !== null),
    );
    expect(rows.map(({ fence }) => fence)).toEqual(rows.map(() => 1));
    expect(rows.find(({ name }) => name === 'reconcile')).toMatchObject({
      outcome: '0 subscriptions listed, 1 differences',
      alert: false,
    });
  });
});

describe('import', () => {
  it('adopts every subscriber with roles and without messages, and finds nothing the second time', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    system.stripe.seedSubscribers({ count: COUNT });
    const run = (dry = false) => importAccount(operatorDeps(system), { dry, force: false, onProgress: () => {} });
    expect((await run(true)).comparison).toMatchObject({ listed: COUNT, differences: COUNT, plansReplaced: 0 });
    expect(await orm.$count(customers)).toBe(0);
    expect(await run()).toMatchObject({ waiting: 0 });
    expect(await orm.$count(users, eq(users.plan, 'moddy_max'))).toBe(COUNT);
    expect(await orm.$count(deliveries, eq(deliveries.kind, 'notify'))).toBe(0);
    expect(await orm.$count(deliveries, eq(deliveries.kind, 'roles'))).toBe(COUNT);
    expect(await orm.$count(customers, eq(customers.adopting, true))).toBe(0);
    expect((await run()).comparison).toMatchObject({ differences: 0 });
    // From now on they are customers like all others.
    system.stripe.cancelNow('200000000000000000');
    await eventually(
      () => orm.select().from(deliveries).where(eq(deliveries.kind, 'notify')),
      (rows) => rows.length === 1,
    );
  });

  it('continues silently after an interruption', async () => {
    const system = await startTestBackend();
    // No service helps.
    await system.backend.stop();
    system.stripe.seedSubscribers({ count: 30 });
    const database = await openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    const deps = { ...operatorDeps(system), db: database.orm };
    const crash = new AbortController();
    const cut = importAccount(
      { ...deps, signal: crash.signal },
      { dry: false, force: false, onProgress: () => {}, onCompared: () => crash.abort() },
    );
    expect((await cut).waiting).toBeGreaterThan(0);
    expect(await importAccount(deps, { dry: false, force: false, onProgress: () => {} })).toMatchObject({
      waiting: 0,
    });
    expect(await database.orm.$count(users, eq(users.plan, 'moddy_max'))).toBe(30);
    expect(await database.orm.$count(deliveries, eq(deliveries.kind, 'notify'))).toBe(0);
    expect(await database.orm.$count(deliveries, eq(deliveries.kind, 'roles'))).toBe(30);
  });

  it('brings back missing subscribers after a restore, without messages', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    for (const discordId of ['1', '2', '3']) system.stripe.subscribe({ discordId, price: MAX });
    await system.bot.received(6);
    await silence(system);
    // As a copy from before the second was a customer and the third ended.
    system.stripe.cancelNow('3');
    const [second] = await orm.select().from(users).where(eq(users.discordId, '2'));
    const userId = second?.userId ?? 0;
    const [customer] = await orm.select().from(customers).where(eq(customers.userId, userId));
    await orm.delete(subscriptions).where(eq(subscriptions.customerId, customer?.customerId ?? ''));
    await orm.delete(customers).where(eq(customers.userId, userId));
    await orm.delete(deliveries).where(eq(deliveries.userId, userId));
    await orm.delete(users).where(eq(users.userId, userId));
    await importAccount(operatorDeps(system), { dry: false, force: false, onProgress: () => {} });
    const calls = (await system.bot.received(8)).slice(6);
    expect(calls.map(({ operation }) => operation)).toEqual(['updateUserRole', 'updateUserRole']);
    const rows = await orm.select().from(users).orderBy(users.discordId);
    expect(rows.map(({ plan }) => plan)).toEqual(['moddy_max', 'moddy_max', 'free']);
  });

  it('parks customers that it cannot adopt, and sends no message for them later', async () => {
    const system = await startTestBackend({ PLAN_PRICES: '{"moddy_pro": ["price_moddy_pro_month"]}' });
    const { orm } = system.backend.database;
    await silence(system);
    system.stripe.seedSubscribers({ count: 1 });
    const plans = {
      has: () => false,
      priceIds: [],
      planOf: () => null,
      rankOf: () => 0,
      worthOf: () => 0,
      isEmpty: false,
    };
    const deps = operatorDeps(system);
    await importAccount(
      { ...deps, rules: { ...deps.rules, plans } },
      { dry: false, force: false, onProgress: () => {} },
    );
    expect(await orm.select().from(customers)).toMatchObject([{ parkedReason: 'unknown_price', adopting: true }]);
    await system.backend.stop();
    await system.startReplica({ PLAN_PRICES: `{"moddy_max": ["${MAX}"]}` });
    expect(await system.bot.received(1)).toMatchObject([{ operation: 'updateUserRole' }]);
  });
});
