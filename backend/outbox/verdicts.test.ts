import { BotClientError, createBotClient } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../database/database.ts';
import { asc, eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { deliveries, type Message, PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { type Claim, claimDeliveries } from '../queue/claim-delivery.ts';
import { LEASE_SECONDS } from '../queue/lease.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { lockAwaited } from '../testing/held-user.ts';
import { SECRET, UNSEEN } from '../testing/start-test-backend.ts';
import { type StubBot, startStubBot } from '../testing/stub-bot.ts';
import { withoutIndexes } from '../testing/without-indexes.ts';
import type { Breaker } from './breaker.ts';
import { send, type Verdict } from './send.ts';
import { settleFailure } from './settle-failure.ts';
import { parkRoles, settleRoles } from './settle-roles.ts';

/* The requests of attempts, the meaning of the bot's answers, and the rows after a verdict on roles, case by case. */

let db: Orm;
let bot: StubBot;
beforeAll(async () => {
  bot = await startStubBot(SECRET);
  const database = openDatabase({ url: await withoutIndexes(await createMigratedDatabase('movable')) });
  db = database.orm;
  await stopClock(db);
  return async () => {
    await database.close();
    await bot.close();
  };
});
beforeEach(() => emptyTables(db));

const rows = () => db.select().from(deliveries).orderBy(asc(deliveries.deliveryId));
const user = async () => (await db.select().from(users).where(eq(users.userId, 1)))[0];
const nowMs = async () => {
  const { rows: found } = await db.execute<{ ms: string }>(sql`select extract(epoch from now()) * 1000 as ms`);
  return Number(found[0]?.ms);
};

type Ended = Pick<typeof deliveries.$inferSelect, 'state' | 'outcome' | 'userId' | 'kind' | 'deliveryId'>;
interface Case {
  readonly priority?: 'live' | 'bulk';
  readonly confirmed?: number;
  /** The revision that was sent; the user's is 5. */
  readonly sent?: number;
  readonly wantedMore?: boolean;
  readonly failures?: number;
  readonly verdict?: Partial<Verdict>;
  /** Beside the claimed row, which is number 50. */
  readonly others?: readonly Partial<Ended>[];
}

/** Claims roles of user 1 in such a situation. */
async function claimIn({
  priority = 'live',
  confirmed = 3,
  sent = 5,
  wantedMore = false,
  failures = 0,
  others = [],
}: Case): Promise<Claim> {
  await db.insert(users).values([
    { discordId: '1', plan: 'moddy_max', revision: sent, confirmedRevision: confirmed },
    { discordId: '2', plan: 'moddy_max', revision: 1 },
  ]);
  const settledAt = sql`now() - interval '1 hour'`;
  const ended = { userId: 1, kind: 'roles' as const, state: 'done' as const, attempts: 4, settledAt };
  if (others.length > 0)
    await db
      .insert(deliveries)
      .overridingSystemValue()
      .values(others.map((each) => ({ ...ended, ...each })));
  await db.insert(deliveries).overridingSystemValue().values({
    deliveryId: 50,
    userId: 1,
    kind: 'roles',
    priority: PRIORITY[priority],
    failures,
    dueAt: sql`now() - interval '1 minute'`,
  });
  const [claim] = await claimDeliveries(db, ['roles'], 1);
  if (claim === undefined) throw new Error('Nothing was claimed');
  await db.update(users).set({ revision: 5 }).where(eq(users.userId, 1));
  if (wantedMore) await db.update(deliveries).set({ wanted: 2 }).where(eq(deliveries.deliveryId, 50));
  return claim;
}

const updated: Verdict = { applied: true, changed: true, outcome: 'updated', detail: 'well' };
const unchanged = { ...updated, changed: false };
const refused = { applied: false, changed: false, outcome: 'role_refused' };
const superseded = { ...refused, outcome: 'superseded' };
const REPEATED = [{ deliveryId: 7, outcome: 'updated' }];
const done = { state: 'done', outcome: 'updated', detail: 'well', leaseUntil: null };
const inBulk = { priority: 'bulk', confirmed: 5, verdict: unchanged } as const;

describe('a verdict on roles', () => {
  /** The row afterwards, null if it is gone; the user's revision and what is confirmed. */
  const TABLE: readonly (readonly [string, Case, object | null, readonly [number, number]])[] = [
    ['applied', {}, done, [5, 5]],
    ['applied at an older revision', { sent: 4 }, done, [5, 4]],
    ['applied at a revision before the confirmed one', { sent: 2 }, done, [5, 3]],
    ['rejected', { verdict: refused }, { ...done, outcome: 'role_refused' }, [5, 3]],
    ['rejected after a confirmation', { confirmed: 5, verdict: refused }, { outcome: 'role_refused' }, [5, 4]],
    ['rejected at revision zero', { confirmed: 0, sent: 0, verdict: refused }, { state: 'done' }, [5, 0]],
    ['superseded by our newer revision', { sent: 4, verdict: superseded }, { ...done, outcome: 'superseded' }, [5, 3]],
    [
      'superseded by our newer revision, which is confirmed',
      { sent: 4, confirmed: 5, verdict: superseded },
      { ...done, outcome: 'superseded' },
      [5, 5],
    ],
    ['superseded by an unknown revision', { verdict: superseded }, { state: 'pending', failures: 1 }, [6, 3]],
    ['superseded a fourth time', { failures: 3, verdict: superseded }, { state: 'pending', failures: 4 }, [13, 3]],
    ['superseded at the last raise', { failures: 7, verdict: superseded }, { state: 'pending', failures: 8 }, [133, 3]],
    ['superseded with no raise left', { failures: 8, verdict: superseded }, { ...done, outcome: 'superseded' }, [5, 3]],
    ['requested again', { wantedMore: true, failures: 2 }, { state: 'pending', failures: 0, leaseUntil: null }, [5, 3]],
    ['superseded and requested again', { wantedMore: true, verdict: superseded }, { state: 'pending' }, [5, 3]],
    ['repeated in bulk', { ...inBulk, others: REPEATED }, null, [5, 5]],
    ['repeated for a payment', { ...inBulk, priority: 'live', others: REPEATED }, done, [5, 5]],
    ['repeated with a change of roles', { ...inBulk, verdict: updated, others: REPEATED }, done, [5, 5]],
    ['repeated while unconfirmed', { ...inBulk, confirmed: 4, others: REPEATED }, done, [5, 5]],
    ['repeated with another outcome', { ...inBulk, verdict: refused, others: REPEATED }, { state: 'done' }, [5, 4]],
    [
      'rejected once more',
      { ...inBulk, confirmed: 4, verdict: refused, others: [{ deliveryId: 7, outcome: 'role_refused' }] },
      null,
      [5, 4],
    ],
    [
      'equal to the one before the last',
      { ...inBulk, others: [...REPEATED, { deliveryId: 8, outcome: 'not_in_guild' }] },
      done,
      [5, 5],
    ],
    [
      'equal to the last',
      {
        ...inBulk,
        others: [
          { deliveryId: 8, outcome: 'updated' },
          { deliveryId: 7, outcome: 'not_in_guild' },
        ],
      },
      null,
      [5, 5],
    ],
    ...(
      [
        ['another user', { userId: 2 }],
        ['a message', { kind: 'notify' }],
        ['a parked delivery', { state: 'parked' }],
        ['a later delivery', { deliveryId: 60 }],
      ] as const
    ).map(
      ([whose, other]) =>
        [`equal to that of ${whose}`, { ...inBulk, others: [{ ...REPEATED[0], ...other }] }, done, [5, 5]] as const,
    ),
  ];
  it.each(TABLE)('%s', async (_name, situation, row, [revision, confirmedRevision]) => {
    const claim = await claimIn(situation);
    await settleRoles(db, claim, { ...updated, ...situation.verdict });
    const [left] = await db.select().from(deliveries).where(eq(deliveries.deliveryId, 50));
    if (row === null) expect(left).toBeUndefined();
    else expect(left).toMatchObject(row);
    expect(await user()).toMatchObject({ revision, confirmedRevision });
    if (left?.state === 'pending' && left.failures === 0) expect(left.dueAt.getTime()).toBe(await nowMs());
  });

  it('closes parked roles, and is settled before another worker takes over', async () => {
    const claim = await claimIn({ others: [{ deliveryId: 7, state: 'parked', outcome: 'rejected' }] });
    await advanceClock(db, LEASE_SECONDS * 1_000);
    let settling: Promise<void> | undefined;
    await transaction(db, async (tx) => {
      await tx.select().from(deliveries).where(eq(deliveries.deliveryId, 7)).for('update');
      settling = settleRoles(db, claim, updated);
      await lockAwaited(db);
      expect(await claimDeliveries(db, ['roles'], 5)).toEqual([]);
    });
    await settling;
    expect(await rows()).toMatchObject([{ state: 'done', outcome: 'replaced' }, done]);
  });
});

describe('parking roles', () => {
  const standing = (deliveryId: number, more: Partial<Ended> = {}) => ({
    deliveryId,
    state: 'parked' as const,
    outcome: 'rejected',
    ...more,
  });
  const parked = {
    deliveryId: 50,
    state: 'parked',
    outcome: 'failed',
    detail: 'a fault',
    leaseUntil: null,
    attempts: 1,
  };
  const joined = { ...parked, deliveryId: 8, attempts: 5 };
  const replaced = { deliveryId: 7, state: 'done', outcome: 'replaced' };
  it.each<readonly [string, Case, readonly object[]]>([
    ['without other deliveries', {}, [parked]],
    ['after other parked roles', { others: [standing(7)] }, [replaced, parked]],
    ['again in bulk', { priority: 'bulk', others: [standing(8)] }, [joined]],
    ['again in bulk, after others', { priority: 'bulk', others: [standing(8), standing(7)] }, [replaced, joined]],
    ['again in bulk, before others', { priority: 'bulk', others: [standing(7), standing(8)] }, [replaced, joined]],
    ['beside roles of another user', { priority: 'bulk', others: [standing(7, { userId: 2 })] }, [standing(7), parked]],
    ['beside a parked message', { priority: 'bulk', others: [standing(7, { kind: 'notify' })] }, [standing(7), parked]],
    ['after a verdict', { priority: 'bulk', others: [standing(7, { state: 'done' })] }, [{ state: 'done' }, parked]],
    ['when requested again', { wantedMore: true, failures: 4 }, [{ state: 'pending', failures: 0, leaseUntil: null }]],
  ])('%s', async (_name, situation, expected) => {
    await parkRoles(db, await claimIn(situation), 'failed', 'a fault');
    const left = await rows();
    expect(left).toMatchObject(expected);
    expect(left).toHaveLength(expected.length);
    const now = await nowMs();
    for (const { state, dueAt } of left) if (state === 'pending') expect(dueAt.getTime()).toBe(now);
    for (const { outcome, settledAt } of left) if (outcome === 'failed') expect(settledAt?.getTime()).toBe(now);
  });
});

describe('an attempt without a verdict', () => {
  const fault = (outcome: BotClientError['outcome']) =>
    new BotClientError('updateUserRole', outcome, { outcome, ambiguous: false });
  const breaker = (opens: boolean): Breaker => ({
    opened: undefined,
    botStartedAt: undefined,
    suspect: async () => opens,
    start: () => {},
    stop: async () => {},
  });
  const settle = (claim: Claim, error: Error, opens = false) =>
    settleFailure({ db, breaker: breaker(opens), log: createLogger('debug', 'test', UNSEEN) }, claim, error);
  const parkedBefore = { deliveryId: 7, state: 'parked', outcome: 'rejected' } as const;

  it.each(['unreachable', 'misconfigured'] as const)('is repeated soon after an outage: %s', async (outcome) => {
    await settle(await claimIn({ failures: 3 }), fault(outcome), true);
    const [row] = await rows();
    expect(row).toMatchObject({ state: 'pending', leaseUntil: null, failures: 3 });
    expect((row?.dueAt.getTime() ?? 0) - (await nowMs())).toBe(100);
  });

  it.each([
    ['after a rejection', 0, fault('rejected')],
    ['after the eighth failure', 7, new Error('a fault')],
  ])('parks roles %s in the place of older ones', async (_name, failures, error) => {
    await settle(await claimIn({ failures, others: [parkedBefore] }), error);
    expect(await rows()).toMatchObject([{ state: 'done', outcome: 'replaced' }, { state: 'parked' }]);
  });

  it.each([
    ['after a rejection', 0, fault('rejected')],
    ['after the eighth failure', 7, new Error('a fault')],
  ])('parks a message %s beside parked roles', async (_name, failures, error) => {
    await claimIn({ others: [parkedBefore] });
    await db
      .update(deliveries)
      .set({ kind: 'notify', failures, leaseUntil: null })
      .where(eq(deliveries.deliveryId, 50));
    const [claim] = await claimDeliveries(db, ['notify'], 1);
    if (claim === undefined) throw new Error('Nothing was claimed');
    await settle(claim, error);
    expect(await rows()).toMatchObject([parkedBefore, { state: 'parked', kind: 'notify' }]);
  });
});

describe('an attempt', () => {
  const client = () => createBotClient({ baseUrl: bot.url, secret: SECRET });
  const plain = {
    action: 'plan_upgraded',
    plan: 'moddy_max',
    customerId: 'cus_1',
    interval: null,
    change: null,
    effectiveAt: null,
  } as const;
  const claim = (message: Message | null, locale: string | null = 'fr') =>
    ({
      deliveryId: 3,
      kind: message === null ? 'roles' : 'notify',
      message,
      idempotencyKey: 'key',
      attempts: 2,
      wanted: 1,
      failures: 0,
      createdAt: new Date(),
      redrivenAt: null,
      user: { userId: 1, discordId: '7', plan: 'moddy_pro', revision: 4, locale },
    }) satisfies Claim;
  const sent = { success: true, message: 'm', notification_sent: true };
  const attempt = async (message: Message | null, locale?: string | null) => {
    const verdict = await send(client(), claim(message, locale));
    return { verdict, call: bot.calls.at(-1) };
  };
  const metadata = {
    customer_id: 'cus_1',
    subscription_type: null,
    interval: null,
    interval_count: null,
    change: null,
    effective_at: null,
  };
  const INTERVALS: Readonly<Record<Stripe.Price.Recurring.Interval, true>> = {
    day: true,
    week: true,
    month: true,
    year: true,
  };

  it.each<readonly [string, Partial<Message>, object]>([
    ['the minimal metadata', {}, {}],
    ...Object.keys(INTERVALS).map(
      (interval) => [`a plan per ${interval}`, { interval }, { subscription_type: interval, interval }] as const,
    ),
    ['an unknown interval', { interval: 'decade' }, { subscription_type: 'decade' }],
    [
      'an interval of three months',
      { interval: 'month', intervalCount: 3 },
      { subscription_type: 'month', interval: 'month', interval_count: 3 },
    ],
    [
      'a change with its date',
      { change: 'payment_late', effectiveAt: '2026-01-01' },
      { change: 'payment_late', effective_at: '2026-01-01' },
    ],
    ['action_required when it is true', { actionRequired: true }, { action_required: true }],
    ['no action_required when it is false', { actionRequired: false }, {}],
    ['an amount with its currency', { amount: 0, currency: 'eur' }, { amount: 0, currency: 'eur' }],
    ['no amount without its currency', { amount: 5, currency: null }, {}],
    ['no currency without its amount', { amount: null, currency: 'eur' }, {}],
  ])('sends %s', async (_name, message, expected) => {
    const { call } = await attempt({ ...plain, ...message });
    expect(call).toEqual({
      operation: 'notifyUser',
      key: 'key',
      attempt: 2,
      body: {
        discord_id: '7',
        action: 'plan_upgraded',
        plan: 'moddy_max',
        metadata: { ...metadata, ...expected },
        locale: 'fr',
      },
    });
  });

  it.each<readonly [string | null, string | null | undefined, string | undefined]>([
    ['fr', undefined, 'fr'],
    ['fr', 'en', 'en'],
    ['fr', null, undefined],
    [null, undefined, undefined],
    [null, 'en', 'en'],
  ])('for a user locale %s and a message locale %s sends the locale %s', async (ofUser, ofMessage, expected) => {
    const { call } = await attempt({ ...plain, ...(ofMessage === undefined ? {} : { locale: ofMessage }) }, ofUser);
    expect({ locale: undefined, ...call?.body }.locale).toBe(expected);
  });

  it.each([
    [sent, { applied: true, outcome: 'sent', detail: 'm' }],
    [
      { ...sent, notification_sent: false, reason: 'dm_closed' as const },
      { applied: false, outcome: 'dm_closed' },
    ],
    [
      { ...sent, notification_sent: false },
      { applied: false, outcome: 'not_sent' },
    ],
  ])('maps the answer %j to a verdict', async (answer, verdict) => {
    bot.next(() => ({ notifyUser: answer }));
    expect((await attempt(plain)).verdict).toMatchObject(verdict);
  });

  const role = { success: true, message: 'm', roles_updated: true };
  it.each([
    [role, { applied: true, changed: false, outcome: 'updated', detail: 'm' }],
    [
      { ...role, added: ['5'] },
      { applied: true, changed: true },
    ],
    [
      { ...role, removed: ['5'] },
      { applied: true, changed: true },
    ],
    [
      { ...role, added: [], removed: [] },
      { applied: true, changed: false },
    ],
    [
      { ...role, roles_updated: false, reason: 'pending' as const },
      { applied: false, outcome: 'pending' },
    ],
    [
      { ...role, roles_updated: false },
      { applied: false, outcome: 'not_updated' },
    ],
  ])('for roles maps the answer %j to a verdict', async (answer, verdict) => {
    bot.next(() => ({ updateUserRole: answer }));
    const attempted = await attempt(null);
    expect(attempted.verdict).toMatchObject(verdict);
    expect(attempted.call).toEqual({
      operation: 'updateUserRole',
      body: { discord_id: '7', plan: 'moddy_pro', revision: 4 },
    });
  });

  it('fails before the call without a message', async () => {
    const before = bot.calls.length;
    await expect(send(client(), { ...claim(null), kind: 'notify' })).rejects.toThrow('Delivery 3 has no message');
    expect(bot.calls).toHaveLength(before);
  });
});
