import { createLogger } from '@moddy/runtime/log';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../../database/database.ts';
import { eq, gt, sql } from '../../database/drizzle.ts';
import { openDatabase } from '../../database/open.ts';
import {
  customers,
  deliveries,
  discordEvents,
  grants,
  jobs,
  listedPrices,
  sessions,
  subscriptions,
  users,
} from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { claimJob } from '../../queue/claim-job.ts';
import { type AnsweringStripe, listOf, StripeFault, startAnsweringStripe } from '../../testing/answering-stripe.ts';
import { emptyTables } from '../../testing/empty-tables.ts';
import { lockAwaited } from '../../testing/held-user.ts';
import { operatorDeps } from '../../testing/operator-deps.ts';
import { startTestBackend, UNSEEN } from '../../testing/start-test-backend.ts';
import { stripeSubscription } from '../../testing/stripe-subscription.ts';
import { withoutIndexes } from '../../testing/without-indexes.ts';
import { endAtStripe, foreignProducts } from './end-at-stripe.ts';
import { type ErasureDeps, eraseJob, eraseUsers, requestErasure } from './erase-users.ts';

/* Tests when a user is erased, and which rows stay; each waiting case differs in one thing from an erased user. */

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
let db: Orm;
let deps: ErasureDeps;
/** At Stripe, with nothing of ours. */
let customerId: string;
/** Another Stripe, with objects that the sandbox never holds. */
let answering: AnsweringStripe;
beforeAll(async () => {
  let end = async () => {};
  const system = await startTestBackend({}, (cleanUp) => {
    end = cleanUp;
  });
  await system.backend.stop();
  const database = openDatabase({ url: await withoutIndexes(system.databaseUrl) });
  db = database.orm;
  deps = { ...operatorDeps(system), db, now: NOW, log: createLogger('debug', 'test', UNSEEN) };
  customerId = (await deps.stripe.customers.create({})).id;
  answering = await startAnsweringStripe();
  return async () => {
    await answering.close();
    await database.close();
    await end();
  };
});
const message = null;
const KEPT = { status: 'active', priceId: 'p', plan: 'moddy_pro', cancelAtPeriodEnd: false, createdAt: new Date(0) };
beforeEach(async () => {
  answering.calls.length = 0;
  await emptyTables(db);
  await db.insert(users).values([
    { discordId: '1', email: 'a@example.com', locale: 'fr', erasureRequestedAt: ago(DAY_MS / 2) },
    { discordId: '2', email: 'b@example.com' },
  ]);
  await db.insert(customers).values([
    { customerId, userId: 1, livemode: false },
    { customerId: 'cus_2', userId: 2, livemode: false, discordIdHint: '1', wanted: 1 },
  ]);
  await db
    .insert(sessions)
    .values([1, 2].map((userId) => ({ tokenHash: String(userId), userId, name: 'n', expiresAt: ago(-DAY_MS) })));
  await db.insert(discordEvents).values(['1', '2'].map((discordId) => ({ type: 'x', discordId, requestHash: 'h' })));
  const settled = { message, state: 'done' as const, settledAt: NOW };
  await db.insert(deliveries).values([1, 2].map((userId) => ({ userId, kind: 'notify' as const, ...settled })));
  await db.insert(deliveries).values({ userId: 2, kind: 'notify', message });
  await db
    .insert(grants)
    .values([1, 2].map((userId) => ({ userId, plan: 'x', author: 'a', reason: 'r', endsAt: ago(1), endedAt: NOW })));
});

const erase = (more: Partial<ErasureDeps> = {}) => eraseUsers({ ...deps, ...more });
const ofUser = (set: Partial<typeof users.$inferInsert>) => db.update(users).set(set).where(eq(users.userId, 1));
const ofCustomer = (set: Partial<typeof customers.$inferInsert>) =>
  db.update(customers).set(set).where(eq(customers.customerId, customerId));
const roles = (...outcomes: string[]) =>
  db.insert(deliveries).values(
    outcomes.map((outcome) => ({
      userId: 1,
      kind: 'roles' as const,
      state: 'done' as const,
      outcome,
      settledAt: NOW,
    })),
  );
const stored = (status: string) =>
  db.insert(subscriptions).values({ ...KEPT, status, subscriptionId: 'sub_1', customerId });
const waits = (state: 'pending' | 'waiting' | 'parked') =>
  db.insert(deliveries).values({ userId: 1, kind: 'notify', state, settledAt: state === 'pending' ? null : NOW });
const unconfirmed = { revision: 2, confirmedRevision: 1 };
const ROLES = 'the last message or the roles';

it('the request for an erasure logs out one user alone, and has the job run now', async () => {
  await ofUser({ erasureRequestedAt: null });
  await db.insert(jobs).values(['erase', 'audit'].map((name) => ({ name, dueAt: new Date(4e12) })));
  let woken = 0;
  const wakeSchedule = () => {
    woken += 1;
  };
  const visitor = { userId: 1, discordId: '1', name: 'n', tokenHash: '1' };
  await requestErasure({ db, now: () => NOW, wakeSchedule }, visitor);
  expect(await db.select().from(users).orderBy(users.userId)).toMatchObject([
    { email: null, erasureRequestedAt: NOW },
    { email: 'b@example.com', erasureRequestedAt: null },
  ]);
  expect(await db.select().from(sessions)).toMatchObject([{ userId: 2 }]);
  expect(await db.select().from(discordEvents)).toMatchObject([{ discordId: '2' }]);
  const due = await db.select().from(jobs).where(gt(jobs.dueAt, sql`now()`));
  expect([due.map(({ name }) => name), woken]).toEqual([['audit'], 1]);
  // The first moment counts.
  await requestErasure({ db, now: () => ago(-DAY_MS), wakeSchedule }, visitor);
  expect((await db.select().from(users).where(eq(users.userId, 1)))[0]?.erasureRequestedAt).toEqual(NOW);
});

it('an erasure changes one user alone and keeps the customer linked', async () => {
  await db.insert(customers).values([
    { customerId: 'cus_hint', discordIdHint: '1', livemode: true },
    { customerId: 'cus_other', discordIdHint: '2', livemode: true },
  ]);
  await ofCustomer({ discordIdHint: '1' });
  await ofUser({ revision: 3, confirmedRevision: 3 });
  // A live key does not see this customer, so Stripe is not asked for it.
  await db
    .update(customers)
    .set({ parkedReason: 'other_account_or_mode', acknowledgedReason: 'other_account_or_mode' });
  expect(await erase()).toEqual({ forgotten: 1, waiting: [] });
  expect(await db.select().from(users).orderBy(users.userId)).toMatchObject([
    { discordId: 'erased:1', email: null, locale: null, revision: 3, confirmedRevision: 3, updatedAt: NOW },
    { discordId: '2', email: 'b@example.com' },
  ]);
  const left = [];
  for (const table of [deliveries, grants, sessions])
    left.push((await db.select().from(table)).map(({ userId }) => userId));
  expect(left).toEqual([[2, 2], [2], [2]]);
  expect((await db.select().from(discordEvents)).map(({ discordId }) => discordId)).toEqual(['2']);
  const linked = (await db.select().from(customers).orderBy(customers.customerId)).map((each) => [
    each.customerId,
    each.userId,
    each.discordIdHint,
  ]);
  expect(linked).toEqual(
    [
      ['cus_2', 2, '1'],
      ['cus_hint', 1, null],
      ['cus_other', null, '2'],
      [customerId, 1, null],
    ].toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  );
  expect(await erase()).toEqual({ forgotten: 0, waiting: [] });
});

describe('a user who', () => {
  it.each<readonly [string, () => Promise<unknown>, string | null]>([
    ['asked a minute ago', () => ofUser({ erasureRequestedAt: ago(60 * SECOND_MS) }), null],
    ['asked just now', () => ofUser({ erasureRequestedAt: ago(60 * SECOND_MS - 1) }), 'requests that may still run'],
    ['has a pending sync', () => ofCustomer({ wanted: 2, done: 1 }), 'the sync of CUSTOMER'],
    ['was synced since', () => ofCustomer({ wanted: 2, done: 2 }), null],
    ['has a stored live subscription', () => stored('past_due'), 'a sync'],
    ['has a stored ended subscription', () => stored('canceled'), null],
    ['has a subscription that was never paid', () => stored('incomplete_expired'), null],
    ['has a plan', () => ofUser({ plan: 'moddy_max' }), 'the end of plan moddy_max'],
    ['has a pending message', () => waits('pending'), ROLES],
    ['has a waiting message', () => waits('waiting'), null],
    ['has a parked message', () => waits('parked'), null],
    ['has unconfirmed roles', () => ofUser(unconfirmed), ROLES],
    ['has roles and is no member', () => Promise.all([ofUser(unconfirmed), roles('not_in_guild')]), null],
    ['has roles and no account at Discord', () => Promise.all([ofUser(unconfirmed), roles('unknown_user')]), null],
    ['has roles that cannot be removed', () => Promise.all([ofUser(unconfirmed), roles('missing_permissions')]), ROLES],
    ['has rejoined with roles', () => Promise.all([ofUser(unconfirmed), roles('not_in_guild', 'pending')]), ROLES],
    [
      'has unconfirmed roles and a message to nobody',
      async () => {
        await Promise.all([ofUser(unconfirmed), roles('pending')]);
        await db
          .insert(deliveries)
          .values({ userId: 1, kind: 'notify', state: 'done', outcome: 'unknown_user', settledAt: NOW });
      },
      ROLES,
    ],
    [
      'has unconfirmed roles beside another user who left the server',
      async () => {
        await Promise.all([ofUser(unconfirmed), roles('pending')]);
        await db
          .insert(deliveries)
          .values({ userId: 2, kind: 'roles', state: 'done', outcome: 'not_in_guild', settledAt: NOW });
      },
      ROLES,
    ],
    ['has left the server since', () => Promise.all([ofUser(unconfirmed), roles('pending', 'not_in_guild')]), null],
    [
      'has roles that are confirmed',
      () => Promise.all([ofUser({ revision: 2, confirmedRevision: 2 }), roles('x')]),
      null,
    ],
  ])('%s', async (_name, happen, reason) => {
    await happen();
    const expected =
      reason === null ? [] : [{ userId: 1, overdue: false, reasons: [reason.replace('CUSTOMER', customerId)] }];
    expect(await erase()).toEqual({ forgotten: reason === null ? 1 : 0, waiting: expected });
    const asksAgain = reason === 'a sync' || reason?.startsWith('the end of plan') === true;
    const [row] = await db.select().from(customers).where(eq(customers.customerId, customerId));
    if (asksAgain) expect(row?.wanted).toBe(1);
    else expect(row?.wanted).toBe(reason?.startsWith('the sync') || _name.startsWith('was synced') ? 2 : 0);
  });

  it.each([
    ['a plan', () => ofUser({ plan: 'moddy_max' })],
    ['roles', () => ofUser(unconfirmed)],
    ['a message', () => waits('pending')],
  ])('has %s is erased after thirty days anyway', async (_name, happen) => {
    await happen();
    await ofUser({ erasureRequestedAt: ago(30 * DAY_MS - 1) });
    expect((await erase()).forgotten).toBe(0);
    await ofUser({ erasureRequestedAt: ago(30 * DAY_MS) });
    await db.update(customers).set({ done: sql`wanted` });
    expect((await erase()).forgotten).toBe(1);
  });

  it.each([
    ['has not requested erasure', { erasureRequestedAt: null }],
    ['is erased already', { discordId: 'erased:1' }],
  ])('%s is left alone', async (_name, set) => {
    await ofUser(set);
    expect(await erase()).toEqual({ forgotten: 0, waiting: [] });
    expect(await db.$count(sessions)).toBe(2);
  });

  it.each<readonly [string, Partial<typeof customers.$inferInsert>, boolean, boolean]>([
    ['of the test mode, for a live key', { customerId: 'cus_x', livemode: false }, true, true],
    ['of the live mode, for a live key', { customerId: 'cus_x', livemode: true }, true, false],
    ['of another account', { customerId: 'cus_x', livemode: false }, false, false],
    ['of another account that is parked', { customerId: 'cus_x', parkedReason: 'other_account_or_mode' }, false, false],
    [
      'of another account that an operator has acknowledged',
      { customerId: 'cus_x', parkedReason: 'other_account_or_mode', acknowledgedReason: 'other_account_or_mode' },
      false,
      true,
    ],
    [
      'that is parked for another reason than the acknowledged one',
      { customerId: 'cus_x', parkedReason: 'no_discord_id', acknowledgedReason: 'other_account_or_mode' },
      false,
      false,
    ],
  ])('has a customer %s', async (_name, set, livemode, forgotten) => {
    await ofCustomer(set);
    const { waiting } = await erase({ livemode });
    const reasons = ['cus_x: not in this Stripe account and mode'];
    expect(waiting).toEqual(forgotten ? [] : [{ userId: 1, overdue: false, reasons }]);
  });

  it.each<readonly [string, Partial<typeof customers.$inferInsert>]>([
    ['that Stripe knows in our mode alone', { livemode: true }],
    [
      'that an operator has acknowledged as one of another account',
      { parkedReason: 'other_account_or_mode', acknowledgedReason: 'other_account_or_mode' },
    ],
  ])('has a stored live subscription of a customer %s is erased', async (_name, set) => {
    await stored('active');
    await ofCustomer(set);
    expect((await erase()).forgotten).toBe(1);
  });

  it('has several customers waits for them in the order of their ids', async () => {
    await ofCustomer({ customerId: 'cus_b' });
    await db.insert(customers).values(['cus_c', 'cus_a'].map((id) => ({ customerId: id, userId: 1, livemode: false })));
    const [{ reasons } = { reasons: [] }] = (await erase()).waiting;
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual(['cus_a', 'cus_b', 'cus_c']);
  });

  it('waits is not always checked last, as the order is random', async () => {
    const leaving = { plan: 'moddy_max', erasureRequestedAt: ago(DAY_MS / 2) };
    await db.insert(users).values(Array.from({ length: 20 }, (_, at) => ({ ...leaving, discordId: `9${at}` })));
    const order = async () => (await erase()).waiting.map(({ userId }) => userId);
    const [first, second] = [await order(), await order()];
    expect(first).not.toEqual(second);
    expect(first.toSorted()).toEqual(second.toSorted());
  });

  it.each([
    [DAY_MS - 1, false],
    [DAY_MS, true],
  ])('waits for %i ms; overdue: %s', async (ms, overdue) => {
    await ofUser({ plan: 'moddy_max', erasureRequestedAt: ago(ms) });
    expect((await erase()).waiting).toMatchObject([{ overdue }]);
  });
});

describe('at Stripe', () => {
  const OURS = { id: 'price_moddy_max_month', product: 'prod_moddy_max' };
  const FOREIGN = { id: 'price_mug', product: 'prod_mug' };
  const DELETED = { id: 'price_old', deleted: true };
  const phase = (start: number, ...prices: object[]) => ({
    start_date: start,
    items: prices.map((price) => ({ price })),
  });
  const CURRENT = { start_date: 10, end_date: 20 };
  const [UNDECIDED, SHARED] = [
    'nobody knows whose it is',
    'sells a foreign product beside ours: take ours out of it at Stripe',
  ];
  const of = () => ({ ...deps, stripe: answering.sdk, plans: deps.rules.plans });
  const known = () =>
    db
      .insert(listedPrices)
      .values(deps.rules.plans.priceIds.map((priceId) => ({ priceId, productId: 'prod_moddy_max' })));
  /** Stripe cannot be asked for the products of our prices, unless they are known. */
  const answers = (more: AnsweringStripe['answers']) => {
    const unauthorized = new StripeFault(401, { type: 'invalid_request_error', message: 'no key' });
    const prices = deps.rules.plans.priceIds.map((id) => [`GET /v1/prices/${id}`, unauthorized]);
    answering.answers = {
      'GET /v1/customers/cus_1': { id: 'cus_1', metadata: {} },
      'GET /v1/checkout/sessions': listOf([]),
      'GET /v1/subscriptions': listOf([]),
      ...Object.fromEntries(prices),
      ...more,
    };
  };
  const phases = [phase(0, OURS), phase(10, FOREIGN), phase(20, FOREIGN)];

  it.each<readonly [string, object, 'known' | 'unknown', string | undefined]>([
    ['of ours that has not begun is cancelled', { phases: [phase(10, OURS)] }, 'known', 'goes on'],
    ['of a new price of ours is cancelled', { phases: [phase(10, { ...OURS, id: 'new' })] }, 'known', 'goes on'],
    ['of ours with a deleted price is cancelled', { phases: [phase(10, OURS, DELETED)] }, 'known', 'goes on'],
    ['of a foreign product is left alone', { phases: [phase(10, FOREIGN)] }, 'known', undefined],
    ['of both waits', { phases: [phase(10, OURS), phase(20, FOREIGN)] }, 'known', SHARED],
    [
      'that has begun and brings ours waits',
      { status: 'active', current_phase: CURRENT, phases: [phase(20, OURS)] },
      'known',
      SHARED,
    ],
    [
      'that has begun and brings ours no more is left alone',
      { status: 'active', current_phase: CURRENT, phases },
      'known',
      undefined,
    ],
    ['that has ended is left alone', { status: 'released', phases: [phase(10, OURS)] }, 'known', undefined],
    ['of an unknown product waits', { phases: [phase(10, FOREIGN)] }, 'unknown', UNDECIDED],
    ['of deleted prices is left alone', { phases: [phase(10, DELETED)] }, 'unknown', undefined],
  ])('a schedule %s', async (_name, more, products, reason) => {
    if (products === 'known') await known();
    const schedule = { id: 'sub_sched_1', status: 'not_started', current_phase: null, ...more };
    const cancel = 'POST /v1/subscription_schedules/sub_sched_1/cancel';
    answers({ 'GET /v1/subscription_schedules': listOf([schedule]), [cancel]: {} });
    const what = `sub_sched_1 (${schedule.status})`;
    expect(await endAtStripe(of(), 'cus_1', async () => {})).toEqual(
      reason === undefined ? [] : [`${what}: ${reason}`],
    );
    // The end is tried three times while the schedule goes on.
    const cancelled = answering.calls.filter(({ route }) => route === cancel).length;
    expect(cancelled).toBe(reason === 'goes on' ? 3 : 0);
  });

  it.each<readonly [string, object, 'known' | 'unknown', readonly string[] | undefined]>([
    ['a subscription of ours', stripeSubscription({}, OURS.id), 'known', []],
    ['a foreign subscription', stripeSubscription({}, FOREIGN.id), 'known', ['Mug']],
    ['an undecided subscription', stripeSubscription({}, FOREIGN.id), 'unknown', undefined],
  ])('%s has its foreign products named, if they are known', async (_name, subscription, products, names) => {
    if (products === 'known') await known();
    answers({ 'GET /v1/subscriptions': listOf([subscription]), 'GET /v1/products/prod': { name: 'Mug' } });
    expect(await foreignProducts({ ...of(), livemode: false }, 2)).toEqual(names);
  });

  it('the foreign products are unknown without an answer of Stripe, which hides no fault of ours', async () => {
    answers({ 'GET /v1/subscriptions': new StripeFault(403, { type: 'invalid_request_error', message: 'no right' }) });
    expect(await foreignProducts({ ...of(), livemode: false }, 2)).toBeUndefined();
    answers({ 'GET /v1/subscriptions': listOf([{ ...stripeSubscription(), items: undefined }]) });
    await expect(foreignProducts({ ...of(), livemode: false }, 2)).rejects.toThrow(TypeError);
  });
});

it('an erasure keeps its lease before every user and every request to Stripe', async () => {
  let steps = 0;
  const onStep = async () => {
    steps += 1;
  };
  await ofUser({ plan: 'moddy_max' });
  // The user; then the customer, their Checkouts, their subscriptions and their schedules.
  await erase({ onStep });
  expect(steps).toBe(1 + 4);
  await deps.stripe.customers.update(customerId, { metadata: { discord_id: '1' } });
  // Once more after the Discord id was removed.
  await erase({ onStep });
  expect(steps).toBe(1 + 4 + 1 + 4 + 1 + 4);
});

it('an erasure locks the customers of a user in the order of their ids', async () => {
  const seen = { parkedReason: 'other_account_or_mode', acknowledgedReason: 'other_account_or_mode' };
  await db
    .update(customers)
    .set({ customerId: 'cus_b', ...seen })
    .where(eq(customers.customerId, customerId));
  await db.insert(customers).values({ customerId: 'cus_a', userId: 1, livemode: false, ...seen });
  let erasing: Promise<unknown> | undefined;
  await transaction(db, async (tx) => {
    const lock = (id: string) => tx.execute(sql`select from customers where customer_id = ${id} for update nowait`);
    await lock('cus_a');
    erasing = erase();
    await lockAwaited(db);
    await lock('cus_b');
  });
  expect(await erasing).toEqual({ forgotten: 1, waiting: [] });
});

it('an erasure starts no further step once it is interrupted', async () => {
  let steps = 0;
  const onStep = async () => {
    steps += 1;
    if (steps === 2) throw new Error('the lease is lost');
  };
  await expect(erase({ onStep })).rejects.toThrow();
  expect(steps).toBe(2);
  expect((await db.select().from(users))[0]?.discordId).toBe('1');
});

it.each([
  [0, 'forgot 1, 0 wait'],
  [1, 'forgot 0, 1 wait, 1 of them for more than 24 hours: user id 1 (the end of plan moddy_max)'],
  [4, 'forgot 0, 4 wait, 4 of them for more than 24 hours: '],
])('the job reports the waiting users and which of %i are overdue', async (count, outcome) => {
  const leaving = { plan: 'moddy_max', erasureRequestedAt: ago(DAY_MS) };
  if (count > 0) await ofUser(leaving);
  if (count > 1)
    await db.insert(users).values(Array.from({ length: count - 1 }, (_, at) => ({ ...leaving, discordId: `9${at}` })));
  const claim = await claimJob(db, 'erase', 'now');
  if (claim === undefined) throw new Error('not claimed');
  await eraseJob({ ...deps, now: () => NOW }).run(claim, new AbortController().signal);
  const [job] = await db.select().from(jobs);
  expect(job).toMatchObject({ alert: count > 0, leaseUntil: null, outcome: expect.stringContaining(outcome) });
  expect(job?.outcome?.split('user id').length).toBe(1 + Math.min(count, 3));
  expect((job?.dueAt.getTime() ?? 0) - (job?.finishedAt?.getTime() ?? 0)).toBe(60_000);
});
