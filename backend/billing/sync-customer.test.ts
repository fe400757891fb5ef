import { createLogger } from '@moddy/runtime/log';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Orm } from '../database/database.ts';
import { eq } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { openDatabase } from '../database/open.ts';
import { customers, deliveries, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { createPlans } from '../plans.ts';
import { claimCustomers } from '../queue/claim-sync.ts';
import { type AnsweringStripe, listOf, StripeFault, startAnsweringStripe } from '../testing/answering-stripe.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { lockAwaited } from '../testing/held-user.ts';
import { stripeSubscription } from '../testing/stripe-subscription.ts';
import { syncCustomer } from './sync-customer.ts';

/* The decisions of one sync, by the stored customer and Stripe's answer; each case differs in one thing. */

/** A whole second, as Stripe counts; the database has the real time. */
const NOW = new Date(Math.floor(Date.now() / 1_000) * 1_000);
const MINUTE_MS = 60_000;
const PERIOD_END = NOW.getTime() + 86_400_000;
const plans = createPlans(new Map([['pro', ['price_pro']]]));
let db: Orm;
let stripe: AnsweringStripe;
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase() });
  db = database.orm;
  stripe = await startAnsweringStripe();
  return async () => {
    await stripe.close();
    await database.close();
  };
});
beforeEach(async () => {
  await emptyTables(db);
  await db.insert(users).values([{ discordId: '1', email: 'old' }, { discordId: 'erased:2' }]);
});

const CUSTOMER = { id: 'cus_1', livemode: false, email: 'new', metadata: {} };
const period = { current_period_start: NOW.getTime() / 1_000, current_period_end: PERIOD_END / 1_000 };
const subscription = (more: object = {}, priceId?: string) => {
  const { items, ...whole } = stripeSubscription(
    { customer: CUSTOMER, metadata: { discord_id: '1' }, ...more },
    priceId,
  );
  return { ...whole, items: { data: items.data.map((item) => ({ ...item, ...period })) } };
};
const nameless = { metadata: {} };
const ended = { status: 'canceled' };

interface Case {
  readonly row?: Partial<typeof customers.$inferInsert>;
  readonly user?: Partial<typeof users.$inferInsert>;
  readonly stored?: Partial<typeof subscriptions.$inferInsert>;
  readonly found?: readonly object[];
  readonly customer?: object;
  /** Stripe's answers beside the list and the customer. */
  readonly answers?: AnsweringStripe['answers'];
  readonly noPlans?: boolean;
  readonly lost?: boolean;
}
const deps = (write: (line: string) => void, of = plans) => ({
  db,
  stripe: stripe.sdk,
  livemode: false,
  rules: { plans: of, pastDueGraceMs: 0 },
  now: () => NOW,
  log: createLogger('warn', 'test', { write }),
});
async function sync({ row = {}, user = {}, stored, found = [subscription()], customer = CUSTOMER, ...more }: Case) {
  await db
    .update(users)
    .set({ discordId: '1', ...user })
    .where(eq(users.userId, 1));
  await db.insert(customers).values({ customerId: 'cus_1', livemode: false, wanted: 1, ...row });
  const kept = { customerId: 'cus_1', status: 'active', cancelAtPeriodEnd: false, createdAt: NOW };
  if (stored) await db.insert(subscriptions).values({ ...kept, subscriptionId: 'sub_1', ...stored });
  stripe.answers = {
    'GET /v1/subscriptions': listOf(found),
    'GET /v1/customers/cus_1': customer,
    'GET /v1/prices/price_pro': { id: 'price_pro', product: 'prod_ours' },
    ...more.answers,
  };
  const [claim] = await claimCustomers(db, 1);
  if (claim === undefined) throw new Error('Nothing was claimed');
  if (more.lost) await db.update(customers).set({ fence: 9 });
  const lines: string[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line).message);
  await syncCustomer(deps(write, more.noPlans ? createPlans(new Map()) : plans), claim);
  const [after] = await db.select().from(customers);
  const owner = (await db.select().from(users).orderBy(users.userId)).find(({ userId }) => userId === after?.userId);
  const [own] = await db.select().from(subscriptions);
  return {
    owner: owner?.discordId,
    plan: owner?.plan,
    email: owner?.email,
    parked: after?.parkedReason,
    detail: after?.parkedDetail,
    checkInMs: after?.nextCheckAt ? after.nextCheckAt.getTime() - NOW.getTime() : null,
    kept: own?.status,
    confirm: own?.actionRequired,
    messages: await db.$count(deliveries, eq(deliveries.kind, 'notify')),
    done: after?.done,
    lines,
  };
}
const AFTER_PERIOD_MS = 86_400_000 + 120 * MINUTE_MS;
const gone = new StripeFault(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'gone' });
const lacksRight = new StripeFault(403, {
  type: 'invalid_request_error',
  message: 'The key lacks the permission rak_x_read',
});
const noPrice = { 'GET /v1/prices/price_pro': 'cut' } as const;
const late = { status: 'past_due', latest_invoice: { id: 'in_1', status: 'open', amount_remaining: 5 } };
const paidBy = (intent: object | undefined) => ({
  'GET /v1/invoice_payments': listOf([{ payment: { type: 'payment_intent', payment_intent: intent } }]),
});
const mug = (more: object = {}) => subscription({ ...nameless, ...more }, 'price_mug');

it.each<readonly [string, Case, Partial<Awaited<ReturnType<typeof sync>>>]>([
  [
    'that names a known user',
    {},
    {
      owner: '1',
      plan: 'pro',
      email: 'new',
      parked: null,
      checkInMs: AFTER_PERIOD_MS,
      messages: 1,
      done: 1,
      lines: [],
    },
  ],
  ['that names a new user', { found: [subscription({ metadata: { discord_id: '9' } })] }, { owner: '9', plan: 'pro' }],
  [
    'that names another user than the linked one',
    { row: { userId: 1 }, found: [subscription({ metadata: { discord_id: '9' } })] },
    { owner: '1', plan: 'pro', lines: ['Stripe names another Discord user than the one linked'] },
  ],
  [
    'that names no user, of a linked customer',
    { row: { userId: 1 }, found: [subscription(nameless)] },
    { owner: '1', lines: [] },
  ],
  [
    'that names no user, of a customer whom an event named',
    { row: { discordIdHint: '9' }, found: [subscription(nameless)] },
    { owner: '9', plan: 'pro' },
  ],
  ['that names another user than an event', { row: { discordIdHint: '9' } }, { owner: '1' }],
  [
    'without a user',
    { found: [subscription(nameless)] },
    { owner: undefined, parked: 'no_discord_id', kept: undefined, messages: 0, done: 1 },
  ],
  [
    'without a user, that has ended',
    { found: [subscription({ ...nameless, ...ended })] },
    { owner: undefined, parked: null, checkInMs: null, done: 1 },
  ],
  ['of an imported customer', { row: { adopting: true } }, { plan: 'pro', messages: 0 }],
  [
    'of a customer without an e-mail address',
    { found: [subscription({ customer: { ...CUSTOMER, email: null } })] },
    { email: 'old' },
  ],
  ['of a user who requested erasure', { user: { erasureRequestedAt: NOW } }, { email: null, plan: 'pro' }],
  [
    'that Stripe no longer lists',
    { row: { userId: 1 }, stored: { plan: 'pro' }, found: [] },
    { owner: '1', kept: 'canceled', checkInMs: null },
  ],
  [
    'of an erased user, that names another user',
    { row: { userId: 2 }, found: [subscription()] },
    { owner: '1', plan: 'pro' },
  ],
  [
    'of an erased user, that names no user',
    { row: { userId: 2 }, found: [subscription(nameless)] },
    { owner: 'erased:2', parked: 'no_discord_id' },
  ],
  [
    'of an erased user, that has ended',
    { row: { userId: 2 }, found: [subscription(ended)] },
    { owner: 'erased:2', parked: null, messages: 0, lines: [] },
  ],
  [
    'of a foreign product',
    { row: { userId: 1 }, found: [mug()] },
    { owner: '1', plan: 'free', kept: undefined, parked: null, checkInMs: null },
  ],
  [
    'at an unlisted price',
    { row: { userId: 1 }, stored: { plan: 'pro' }, found: [mug()] },
    { plan: 'pro', parked: 'unknown_price', detail: 'price_mug of sub_1 is not in PLAN_PRICES' },
  ],
  [
    'at an unlisted price, that has ended',
    { row: { userId: 1 }, stored: { plan: 'pro' }, found: [mug(ended)] },
    { plan: 'free', parked: null },
  ],
  [
    'at a price of an unknown product',
    { row: { userId: 1 }, stored: { plan: null }, found: [mug()], answers: noPrice },
    { kept: 'active', checkInMs: MINUTE_MS, parked: null },
  ],
  [
    'at a price of an unknown product, without a user',
    { found: [mug()], answers: noPrice },
    { owner: undefined, checkInMs: MINUTE_MS },
  ],
  [
    'beside one at a price of an unknown product',
    { found: [subscription(), mug({ id: 'sub_2' })], answers: noPrice },
    { plan: 'pro', checkInMs: MINUTE_MS },
  ],
  [
    'at a price that the key may not read',
    { row: { userId: 1 }, found: [mug()], answers: { 'GET /v1/prices/price_pro': lacksRight } },
    { owner: '1', parked: 'key_lacks_right' },
  ],
  [
    'beside a listed price that Stripe does not have',
    { row: { userId: 1 }, found: [mug()], answers: { 'GET /v1/prices/price_pro': gone } },
    { owner: '1', plan: 'free', parked: null, checkInMs: null },
  ],
  [
    'at a new price of our product',
    {
      found: [subscription(nameless, 'price_next')],
      answers: { 'GET /v1/prices/price_pro': { id: 'price_pro', product: 'prod' } },
    },
    { owner: undefined, parked: 'no_discord_id' },
  ],
  [
    'of a foreign product, beside a Checkout that named a user',
    { row: { discordIdHint: '9' }, found: [mug()] },
    { owner: undefined, parked: null },
  ],
  [
    'that is past due, with a key that may not read its payments',
    { found: [subscription(late)], answers: { 'GET /v1/invoice_payments': lacksRight } },
    { owner: '1', parked: null, done: 1, confirm: false },
  ],
  [
    'whose late payment the bank wants confirmed',
    { found: [subscription(late)], answers: paidBy({ status: 'requires_action' }) },
    { confirm: true },
  ],
  [
    'whose late payment was declined',
    { found: [subscription(late)], answers: paidBy({ status: 'requires_payment_method' }) },
    { confirm: false },
  ],
  [
    'whose late payment is not of a card',
    { found: [subscription(late)], answers: paidBy(undefined) },
    { confirm: false },
  ],
  [
    'that has ended at an unlisted price, with a key that may not read prices',
    {
      row: { userId: 1 },
      stored: { plan: 'pro' },
      found: [mug(ended)],
      answers: { 'GET /v1/prices/price_pro': lacksRight },
    },
    { plan: 'free', parked: null },
  ],
  [
    'with an empty PLAN_PRICES',
    { noPlans: true },
    { owner: undefined, parked: 'unknown_price', detail: 'PLAN_PRICES is empty', messages: 0 },
  ],
  [
    'of the other mode',
    { found: [subscription({ customer: { ...CUSTOMER, livemode: true } })] },
    { parked: 'other_account_or_mode', messages: 0 },
  ],
  [
    'of a customer unknown to Stripe',
    { found: [], customer: gone },
    { parked: 'other_account_or_mode', detail: 'not in the test mode of the account of STRIPE_API_KEY' },
  ],
  [
    'of a deleted customer',
    { row: { userId: 1 }, found: [], customer: { id: 'cus_1', deleted: true } },
    { owner: '1', parked: null, email: 'old' },
  ],
  [
    'whose sync another worker took over',
    { lost: true },
    { owner: undefined, done: 0, messages: 0, lines: ['sync overtaken by another worker'] },
  ],
])('sync of a subscription %s', async (_name, situation, expected) => {
  const result = await sync(situation);
  expect(result).toMatchObject(Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)));
  for (const [name, value] of Object.entries(expected))
    if (value === undefined) expect(result).toHaveProperty(name, undefined);
});

it('a sync keeps its customer locked while it waits for the lock of the user', async () => {
  await db.insert(customers).values({ customerId: 'cus_1', livemode: false, wanted: 1, userId: 1 });
  stripe.answers = { 'GET /v1/subscriptions': listOf([subscription()]) };
  const [claim] = await claimCustomers(db, 1);
  if (claim === undefined) throw new Error('Nothing was claimed');
  let syncing: Promise<void> | undefined;
  await transaction(db, async (tx) => {
    await lockUser(tx, { userId: 1 });
    syncing = syncCustomer(
      deps(() => undefined),
      claim,
    );
    await lockAwaited(db);
    expect(await tx.select().from(customers).for('update', { skipLocked: true })).toEqual([]);
  });
  await syncing;
});

it('a price that cannot be understood fails the sync, and decides nothing', async () => {
  const answers = { 'GET /v1/prices/price_pro': { id: 'price_pro', product: null } };
  await expect(sync({ row: { userId: 1 }, found: [mug()], answers })).rejects.toThrow(TypeError);
  expect(await db.select().from(customers)).toMatchObject([{ done: 0 }]);
});
