import { createLogger } from '@moddy/runtime/log';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../database/database.ts';
import { eq } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { customers, deliveries, grants, jobs, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { createPlans } from '../plans.ts';
import { claimJob } from '../queue/claim-job.ts';
import { claimCustomers } from '../queue/claim-sync.ts';
import {
  type AnsweringStripe,
  type StripeAnswer,
  StripeFault,
  startAnsweringStripe,
} from '../testing/answering-stripe.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { expectUserAwaited, lockAwaited } from '../testing/held-user.ts';
import { UNSEEN } from '../testing/start-test-backend.ts';
import { openStillDatabase } from '../testing/still-database.ts';
import { entitleUser } from './entitle-user.ts';
import { findByDiscordId } from './find-by-discord-id.ts';
import { giveGrant, grantsJob, revokeGrants } from './grants.ts';
import { leaveCustomer, linkCustomer } from './link-customer.ts';
import { acknowledgeCustomer, parkCustomer, settleCustomer } from './settle-sync.ts';
import { openGrants, storedOf, storedOfOthers, storedOfUser, storeSubscriptions } from './stored.ts';
import { syncOrPostpone } from './synchronizer.ts';

/* Which rows each statement of this room touches or reads, among rows that differ from them in one thing each. */

const HOUR_MS = 3_600_000;
const plans = createPlans(
  new Map([
    ['pro', ['price_pro']],
    ['max', ['price_max']],
  ]),
);
const rules = { plans, pastDueGraceMs: 0 };
let db: Orm;
let now: Date;
const ago = (ms: number) => new Date(now.getTime() - ms);
beforeAll(async () => {
  const still = await openStillDatabase();
  db = still.database.orm;
  now = still.now;
  return () => still.database.close();
});
beforeEach(async () => {
  await emptyTables(db);
  await db.insert(users).values(['1', '2', '3'].map((discordId) => ({ discordId })));
});

const customer = async (customerId = 'cus_1') =>
  (await db.select().from(customers).where(eq(customers.customerId, customerId)))[0];
const SYNCED = {
  livemode: false,
  wanted: 5,
  done: 1,
  fence: 4,
  failures: 3,
  rejections: 2,
  wantedAt: new Date(0),
  leaseUntil: new Date(0),
  retryAt: new Date(0),
  nextCheckAt: new Date(0),
  adopting: true,
  parkedReason: 'unknown_price',
  parkedDetail: 'old',
  acknowledgedReason: 'unknown_price',
};
const synced = (wanted: number) => ({ customerId: 'cus_1', fence: 4, wanted, failures: 3, rejections: 2 });

describe('the end of a sync', () => {
  beforeEach(() => db.insert(customers).values(['cus_1', 'cus_2'].map((customerId) => ({ customerId, ...SYNCED }))));
  const others = async () => expect(await customer('cus_2')).toMatchObject(SYNCED);
  const ended = (wanted: number) => ({
    done: wanted,
    wanted: 5,
    // A sync that was requested meanwhile waits from now on.
    wantedAt: wanted < 5 ? now : null,
    leaseUntil: null,
    failures: 0,
    rejections: 0,
    retryAt: null,
    fence: 4,
  });

  it.each([5, 4, 6])('stores the decision in one row when the claim saw %i of 5 requests', async (wanted) => {
    const linked = { userId: 2, livemode: true, nextCheckAt: ago(-HOUR_MS) };
    await settleCustomer(db, synced(wanted), linked);
    expect(await customer()).toMatchObject({
      ...ended(wanted),
      ...linked,
      adopting: false,
      parkedReason: null,
      parkedDetail: null,
      acknowledgedReason: null,
    });
    await others();
  });

  it('schedules the next check ten seconds later at the earliest', async () => {
    await settleCustomer(db, synced(5), { userId: 2, livemode: true, nextCheckAt: now });
    expect(await customer()).toMatchObject({ nextCheckAt: ago(-10_000) });
  });

  it.each<readonly [string, 'unknown_price' | 'no_discord_id', number | null, number | null]>([
    ['the acknowledged reason', 'unknown_price', null, null],
    ['the acknowledged reason, with a next check', 'unknown_price', 2 * HOUR_MS, 2 * HOUR_MS],
    ['another reason', 'no_discord_id', null, HOUR_MS],
    ['another reason, with an earlier next check', 'no_discord_id', HOUR_MS - 1, HOUR_MS - 1],
    ['another reason, with a later next check', 'no_discord_id', 2 * HOUR_MS, HOUR_MS],
  ])('parks for %s', async (_name, reason, moment, checkIn) => {
    const linked = moment === null ? {} : { userId: 2, nextCheckAt: ago(-moment) };
    await parkCustomer(db, synced(4), reason, 'why', linked);
    expect(await customer()).toMatchObject({
      ...ended(4),
      userId: moment === null ? null : 2,
      adopting: true,
      parkedReason: reason,
      parkedDetail: 'why',
      acknowledgedReason: reason === 'unknown_price' ? reason : null,
      nextCheckAt: checkIn === null ? null : ago(-checkIn),
    });
    await others();
  });

  it('acknowledges only a parked customer', async () => {
    await db.update(customers).set({ acknowledgedReason: null });
    expect(await acknowledgeCustomer(db, 'cus_1', { dry: true })).toBe(true);
    expect(await customer()).toMatchObject({ acknowledgedReason: null });
    expect(await acknowledgeCustomer(db, 'cus_1', { dry: false })).toBe(true);
    expect(await customer()).toMatchObject({ acknowledgedReason: 'unknown_price' });
    expect(await customer('cus_2')).toMatchObject({ acknowledgedReason: null });
    await db.update(customers).set({ parkedReason: null });
    for (const dry of [true, false])
      for (const id of ['cus_1', 'cus_3']) expect(await acknowledgeCustomer(db, id, { dry })).toBe(false);
  });
});

const KEPT = {
  status: 'active',
  priceId: 'price_pro',
  plan: 'pro',
  interval: 'month',
  cancelAtPeriodEnd: false,
  createdAt: new Date(0),
};
/** Named after the customer, of which each user has one in either mode. */
const everySubscription = async () => {
  const all = [1, 2].flatMap((userId) =>
    ['test', 'live', 'second'].map((mode) => ({
      customerId: `${mode}${userId}`,
      userId,
      livemode: mode === 'live',
    })),
  );
  await db.insert(customers).values(all);
  await db
    .insert(subscriptions)
    .values(all.map(({ customerId }) => ({ ...KEPT, subscriptionId: customerId, customerId })));
};
const names = (held: readonly { readonly subscriptionId: string }[]) =>
  held.map(({ subscriptionId }) => subscriptionId).toSorted();

describe('stored subscriptions', () => {
  beforeEach(everySubscription);

  it('are read by user in one mode, with and without those of one customer', async () => {
    const read = async (livemode: boolean) => [
      names(await storedOfUser(db, 1, { livemode, plans })),
      names(await storedOfOthers(db, 1, 'test1', { livemode, plans })),
    ];
    expect([await read(false), await read(true)]).toEqual([
      [['second1', 'test1'], ['second1']],
      [['live1'], ['live1']],
    ]);
    expect(names(await storedOf(db, 'test1'))).toEqual(['test1']);
  });

  it.each([
    ['price_max', 'pro', 'max'],
    ['price_gone', 'pro', 'pro'],
    [null, 'pro', 'pro'],
  ])('with the price %s and the stored plan %s count as %s', async (priceId, plan, expected) => {
    await db.update(subscriptions).set({ priceId, plan });
    expect((await storedOfUser(db, 1, { livemode: true, plans }))[0]?.plan).toBe(expected);
  });

  it('are found by Discord id in one mode, with the one that gives the plan', async () => {
    await db.update(users).set({ subscriptionId: 'test1' });
    const found = await findByDiscordId(db, '1');
    expect([names(found?.held ?? []), found?.subscription?.subscriptionId]).toEqual([['second1', 'test1'], 'test1']);
    const live = await findByDiscordId(db, '1', true);
    expect([names(live?.held ?? []), live?.subscription]).toEqual([['live1'], null]);
    expect(await findByDiscordId(db, '3')).toMatchObject({ user: { userId: 3 }, held: [], subscription: null });
    expect(await findByDiscordId(db, '4')).toBeUndefined();
  });

  it('follow the fetched list, and only the missing ones are canceled', async () => {
    const ended = { ...KEPT, customerId: 'test1', updatedAt: ago(HOUR_MS) };
    await db.insert(subscriptions).values([
      { ...ended, subscriptionId: 'expired', status: 'incomplete_expired' },
      { ...ended, subscriptionId: 'gone', status: 'past_due' },
    ]);
    const known = await storedOf(db, 'test1');
    const fetched = known
      .filter(({ subscriptionId }) => subscriptionId === 'test1')
      .map((each) => ({ ...each, status: 'trialing', plan: 'max', customerId: 'test1' }));
    const kept = await storeSubscriptions(
      db,
      known,
      [...fetched, ...fetched.map((each) => ({ ...each, subscriptionId: 'a' }))],
      now,
    );
    expect(kept.map(({ subscriptionId, status, paidPlan }) => [subscriptionId, status, paidPlan])).toEqual([
      ['test1', 'trialing', 'max'],
      ['a', 'trialing', 'max'],
    ]);
    const all = await db.select().from(subscriptions).orderBy(subscriptions.subscriptionId);
    const states = all.map(({ subscriptionId, status, seenAt }) => [
      subscriptionId,
      status,
      seenAt?.getTime() === now.getTime(),
    ]);
    expect(states).toEqual([
      ['a', 'trialing', true],
      ['expired', 'incomplete_expired', false],
      ['gone', 'canceled', false],
      ['live1', 'active', false],
      ['live2', 'active', false],
      ['second1', 'active', false],
      ['second2', 'active', false],
      ['test1', 'trialing', true],
      ['test2', 'active', false],
    ]);
  });

  it('are locked in the order of their ids', async () => {
    const both = ['b', 'a'].map((subscriptionId) => ({ ...KEPT, subscriptionId, customerId: 'test1', updatedAt: now }));
    await db.insert(subscriptions).values(both);
    const stored = (await storedOf(db, 'test1')).filter(({ subscriptionId }) => subscriptionId !== 'test1');
    const descending = stored.toSorted((one, other) => (one.subscriptionId < other.subscriptionId ? 1 : -1));
    let storing: Promise<unknown> | undefined;
    await transaction(db, async (tx) => {
      const named = (subscriptionId: string) => eq(subscriptions.subscriptionId, subscriptionId);
      await tx.select().from(subscriptions).where(named('a')).for('update');
      storing = transaction(db, (other) => storeSubscriptions(other, stored, descending, now));
      await lockAwaited(db);
      const free = tx.select().from(subscriptions).where(named('b')).for('update', { skipLocked: true });
      expect(await free).toHaveLength(1);
    });
    await storing;
  });

  it.each([
    ['test1', 'canceled', 'free', null],
    ['second1', 'canceled', 'free', 'second1'],
    ['test1', 'active', 'pro', 'second1'],
  ])('stop counting when the customer leaves; plan from %s, %s', async (subscriptionId, status, plan, left) => {
    await db.update(subscriptions).set({ status });
    await db.update(users).set({ subscriptionId, plan: 'max', email: 'a@example.com' });
    const result = await transaction(db, async (tx) =>
      leaveCustomer(tx, await lockUser(tx, { userId: 1 }), { customerId: 'test1', livemode: false, rules, now }),
    );
    expect(result).toEqual({ discordId: '1', plan });
    const [user] = await db.select().from(users).where(eq(users.userId, 1));
    expect(user).toMatchObject({ plan, email: null, subscriptionId: left, revision: 1 });
    expect(await db.$count(users, eq(users.plan, 'max'))).toBe(2);
  });
});

describe('grants', () => {
  const GIVEN = { plan: 'max', author: 'me', reason: 'thanks' };
  const deps = () => ({ db, livemode: false, rules, now: () => now, log: createLogger('debug', 'test', UNSEEN) });
  const given = () => db.select().from(grants).orderBy(grants.grantId);
  beforeEach(() =>
    db.insert(grants).values([
      { ...GIVEN, userId: 1, endsAt: ago(-1) },
      { ...GIVEN, userId: 1, endsAt: now },
      { ...GIVEN, userId: 1, endsAt: ago(-2), plan: 'pro' },
      { ...GIVEN, userId: 1, endsAt: ago(-3), endedAt: ago(HOUR_MS) },
      { ...GIVEN, userId: 2, endsAt: ago(1) },
      { ...GIVEN, userId: 3, endsAt: ago(-1) },
      { ...GIVEN, userId: 3, endsAt: ago(2), endedAt: ago(1) },
    ]),
  );

  it('count while they are open, the longest first', async () => {
    const open = await openGrants(db, [1, 2], now);
    expect([...open].map(([userId, all]) => [userId, all.map(({ plan }) => plan)])).toEqual([[1, ['pro', 'max']]]);
    expect((await openGrants(db, [], now)).size).toBe(0);
  });

  it('end when they are due, and their users keep the remaining plan', async () => {
    await db.update(users).set({ plan: 'max' });
    await claimJob(db, 'grants', 'now').then(async (claim) => {
      if (claim === undefined) throw new Error('not claimed');
      await grantsJob(deps()).run(claim, new AbortController().signal);
    });
    expect((await given()).map(({ endedAt }) => endedAt)).toEqual([null, now, null, ago(HOUR_MS), now, null, ago(1)]);
    const plansNow = (await db.select().from(users).orderBy(users.userId)).map(({ plan }) => plan);
    expect(plansNow).toEqual(['max', 'free', 'max']);
    const told = await db.select().from(deliveries).where(eq(deliveries.kind, 'notify'));
    expect(told.map(({ userId, message }) => [userId, message?.change, message?.plan])).toEqual([
      [2, 'grant_ended', 'free'],
    ]);
    expect(await db.select().from(jobs)).toMatchObject([{ outcome: '2 ended', dueAt: ago(-60_000), alert: false }]);
  });

  it('are revoked for one user unless they have ended', async () => {
    await db.update(users).set({ plan: 'max' });
    expect(await revokeGrants(deps(), 1)).toEqual({ count: 3, plan: 'free' });
    expect((await given()).map(({ endedAt, revokedAt }) => [endedAt, revokedAt])).toEqual([
      [now, now],
      [now, now],
      [now, now],
      [ago(HOUR_MS), null],
      [null, null],
      [null, null],
      [ago(1), null],
    ]);
    const before = await db.select().from(users);
    expect(await revokeGrants({ ...deps(), now: () => ago(-1) }, 1)).toEqual({ count: 0, plan: 'free' });
    expect(await db.select().from(users)).toEqual(before);
    expect(await db.$count(deliveries)).toBe(2);
  });
});

describe('the end of grants by time', () => {
  const over = (userId: number) => ({ plan: 'max', author: 'me', reason: 'thanks', userId, endsAt: ago(1) });
  const run = async (write: () => void, signal = new AbortController().signal) => {
    const claim = await claimJob(db, 'grants', 'now');
    if (claim === undefined) throw new Error('not claimed');
    const log = createLogger('debug', 'test', { write });
    await grantsJob({ db, livemode: false, rules, now: () => now, log }).run(claim, signal);
  };

  it('ends grants and plan of one user at once, so that a shutdown leaves the other users to the next run', async () => {
    await db.insert(grants).values([1, 2].map(over));
    await db.update(users).set({ plan: 'max' });
    const stopping = new AbortController();
    await expect(run(() => stopping.abort(), stopping.signal)).rejects.toThrow('aborted');
    expect(await db.select().from(grants).orderBy(grants.userId)).toMatchObject([{ endedAt: now }, { endedAt: null }]);
    expect(await db.select().from(users).orderBy(users.userId)).toMatchObject([{ plan: 'free' }, { plan: 'max' }, {}]);
  });
});

describe('the lock of a user in another transaction', () => {
  const deps = () => ({ db, livemode: false, rules, now: () => now, log: createLogger('debug', 'test', UNSEEN) });
  const grant = { plan: 'pro', endsAt: new Date(0), author: 'me', reason: 'thanks' };
  it.each<readonly [string, () => Promise<unknown>]>([
    ['linkCustomer', () => linkCustomer(db, { customerId: 'cus_1', discordId: '1', livemode: false })],
    ['giveGrant', () => giveGrant(deps(), '1', { ...grant, endsAt: ago(-HOUR_MS) })],
    ['revokeGrants', () => revokeGrants(deps(), 1)],
  ])('delays %s', async (_name, run) => {
    await db.insert(grants).values({ ...grant, userId: 1, endsAt: ago(-HOUR_MS) });
    const state = async () => [
      await db.select().from(customers),
      await db.select().from(grants),
      await db.$count(deliveries),
    ];
    await expectUserAwaited(db, state, run);
  });
});

describe('entitling a user', () => {
  const kept = (more: object = {}) => ({
    ...KEPT,
    subscriptionId: 'sub_1',
    customerId: 'cus_1',
    intervalCount: 1,
    amount: 999,
    currency: 'eur',
    amountDue: null,
    currentPeriodStart: ago(HOUR_MS),
    currentPeriodEnd: ago(-HOUR_MS),
    pastDueSince: null,
    paidPlan: null,
    paidUntil: ago(-HOUR_MS),
    actionRequired: false,
    collectionPaused: false,
    collectionResumesAt: null,
    endedAt: null,
    ...more,
  });
  const PAYS = {
    plan: 'pro',
    subscriptionId: 'sub_1',
    interval: 'month',
    intervalCount: 1,
    revision: 5,
    confirmedRevision: 4,
  };
  const LATE = { status: 'past_due', paidPlan: 'pro' };
  const YEARLY = { interval: 'year' };
  const TO_PRO = ['subscription_created', null, null];
  const REMINDED = ['subscription_updated', 'renewal_soon', -HOUR_MS];
  interface Case {
    readonly before?: object;
    readonly held?: readonly object[];
    readonly silent?: boolean;
  }
  /** Messages as action, change and moment; the priority of roles; the user's row afterwards. */
  it.each<readonly [string, Case, readonly unknown[], number | null, object]>([
    [
      'for the first time',
      { held: [{}] },
      [TO_PRO],
      0,
      { plan: 'pro', subscriptionId: 'sub_1', revision: 1, email: 'new' },
    ],
    ['for the first time, silently', { held: [{}], silent: true }, [], 10, { plan: 'pro', revision: 1 }],
    ['to the same plan', { before: PAYS, held: [{}] }, [], null, { plan: 'pro', revision: 5, interval: 'month' }],
    [
      'to no plan after a paid one',
      { before: PAYS },
      [['subscription_cancelled', null, null]],
      0,
      { plan: 'free', revision: 6, interval: null, confirmedRevision: 4 },
    ],
    [
      'to a plan with a scheduled end',
      { before: PAYS, held: [{ cancelAtPeriodEnd: true }] },
      [['subscription_updated', 'cancellation_scheduled', -HOUR_MS]],
      null,
      { cancelsAtPeriodEnd: true },
    ],
    [
      'to a plan with a late payment',
      { before: PAYS, held: [LATE] },
      [['subscription_updated', 'payment_late', -HOUR_MS]],
      null,
      { paymentLate: true, plan: 'pro' },
    ],
    [
      'to a plan with a payment that the bank wants confirmed',
      { before: PAYS, held: [{ ...LATE, actionRequired: true }] },
      [['subscription_updated', 'payment_late', -HOUR_MS, true]],
      null,
      { paymentLate: true },
    ],
    [
      'to a plan with a scheduled end, without action required in the notice',
      { before: PAYS, held: [{ cancelAtPeriodEnd: true, actionRequired: true }] },
      [['subscription_updated', 'cancellation_scheduled', -HOUR_MS]],
      null,
      {},
    ],
    ['with a due reminder', { before: { ...PAYS, ...YEARLY }, held: [YEARLY] }, [REMINDED], null, { remindedOf: true }],
    [
      'with a due reminder, silently',
      { before: { ...PAYS, ...YEARLY }, held: [YEARLY], silent: true },
      [],
      null,
      { remindedOf: true },
    ],
    ['with a new plan and a due reminder', { held: [YEARLY] }, [TO_PRO, REMINDED], 0, { remindedOf: true }],
    [
      'to a new plan after erasure',
      { before: { discordId: 'erased:1' }, held: [YEARLY] },
      [],
      null,
      { plan: 'pro', revision: 1, confirmedRevision: 1 },
    ],
    [
      'to the same plan after erasure',
      { before: { ...PAYS, discordId: 'erased:1' }, held: [{}] },
      [],
      null,
      { revision: 5, confirmedRevision: 4 },
    ],
  ])('%s', async (_name, { before = {}, held = [], silent = false }, messages, priority, row) => {
    await db
      .update(users)
      .set({ locale: 'fr', ...before })
      .where(eq(users.userId, 1));
    const options = { rules, now, customerId: 'cus_1', email: 'new', silent };
    const result = await transaction(db, async (tx) =>
      entitleUser(tx, await lockUser(tx, { userId: 1 }), held.map(kept), options),
    );
    const all = await db.select().from(deliveries).orderBy(deliveries.deliveryId);
    const told = all.flatMap(({ message }) => (message ? [message] : []));
    expect(
      told.map(({ action, change, effectiveAt, actionRequired }) => [
        action,
        change,
        effectiveAt && now.getTime() - Date.parse(effectiveAt),
        ...(actionRequired ? [true] : []),
      ]),
    ).toEqual(messages);
    for (const each of told) expect(each).toMatchObject({ customerId: 'cus_1', locale: 'fr' });
    expect(told.filter(({ change }) => change === 'renewal_soon')).toMatchObject(
      messages.includes(REMINDED) ? [{ amount: 999, currency: 'eur', interval: 'year', plan: 'pro' }] : [],
    );
    expect(all.filter(({ kind }) => kind === 'roles').map((each) => each.priority)).toEqual(
      priority === null ? [] : [priority],
    );
    const [user] = await db.select().from(users).where(eq(users.userId, 1));
    expect({ ...user, remindedOf: user?.remindedOf !== null }).toMatchObject(row);
    expect(user?.email).toBe('new');
    expect(result).toEqual({ plan: user?.plan, noticeCount: messages.length });
    expect(await db.$count(users, eq(users.email, 'new'))).toBe(1);
  });
});

describe('a sync that fails', () => {
  const right = new StripeFault(403, { type: 'invalid_request_error', message: "lacks 'rak_customer_read'" });
  const away = 'cut';
  let stripe: AnsweringStripe;
  beforeAll(async () => {
    stripe = await startAnsweringStripe();
    return () => stripe.close();
  });
  it.each<readonly [string, StripeAnswer, number, number, number | null, number]>([
    ['is retried within a second', away, 0, 0, 1_000, 0],
    ['is retried within 16 seconds after four failures', away, 4, 0, 16_000, 0],
    ['is retried within five minutes after twelve failures', away, 12, 4, 300_000, 0],
    ['counts a rejection when the key lacks a right', right, 0, 0, 1_000, 1],
    ['counts the fourth rejection', right, 3, 3, 8_000, 4],
    ['is parked at the fifth rejection', right, 4, 4, null, 0],
  ])('%s', async (_name, error, failures, rejections, ceilingMs, counted) => {
    await db.insert(customers).values({ customerId: 'cus_1', livemode: false, wanted: 1, failures, rejections });
    const [claim] = await claimCustomers(db, 1);
    if (claim === undefined) throw new Error('Nothing was claimed');
    stripe.answers = { 'GET /v1/subscriptions': error };
    const log = createLogger('debug', 'test', UNSEEN);
    await syncOrPostpone({ db, stripe: stripe.sdk, livemode: false, rules, now: () => now, log }, claim);
    const row = await customer();
    if (ceilingMs === null) {
      expect(row).toMatchObject({
        parkedReason: 'key_lacks_right',
        parkedDetail: 'STRIPE_API_KEY lacks the right rak_customer_read',
        done: 1,
        leaseUntil: null,
      });
      return;
    }
    expect(row).toMatchObject({
      parkedReason: null,
      done: 0,
      failures: failures + 1,
      rejections: counted,
      leaseUntil: null,
    });
    const waitMs = (row?.retryAt?.getTime() ?? 0) - now.getTime();
    expect(waitMs).toBeGreaterThanOrEqual(ceilingMs / 2);
    expect(waitMs).toBeLessThanOrEqual(ceilingMs);
  });
});
