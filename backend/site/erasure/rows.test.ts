import { createLogger } from '@moddy/runtime/log';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../../database/database.ts';
import { eq, sql } from '../../database/drizzle.ts';
import { openDatabase } from '../../database/open.ts';
import {
  customers,
  deliveries,
  discordEvents,
  grants,
  jobs,
  sessions,
  subscriptions,
  users,
} from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { claimJob } from '../../queue/claim-job.ts';
import { emptyTables } from '../../testing/empty-tables.ts';
import { lockAwaited } from '../../testing/held-user.ts';
import { operatorDeps } from '../../testing/operator-deps.ts';
import { startTestBackend, UNSEEN } from '../../testing/start-test-backend.ts';
import { withoutIndexes } from '../../testing/without-indexes.ts';
import { type ErasureDeps, eraseJob, eraseUsers } from './erase-users.ts';

/* Tests when a user is erased, and which rows stay; each waiting case differs in one thing from an erased user. */

const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);
let db: Orm;
let deps: ErasureDeps;
/** At Stripe, with nothing of ours. */
let customerId: string;
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
  return async () => {
    await database.close();
    await end();
  };
});
const message = null;
const KEPT = { status: 'active', priceId: 'p', plan: 'moddy_pro', cancelAtPeriodEnd: false, createdAt: new Date(0) };
beforeEach(async () => {
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

  it.each([
    [DAY_MS - 1, false],
    [DAY_MS, true],
  ])('waits for %i ms; overdue: %s', async (ms, overdue) => {
    await ofUser({ plan: 'moddy_max', erasureRequestedAt: ago(ms) });
    expect((await erase()).waiting).toMatchObject([{ overdue }]);
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
