import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../database/database.ts';
import { eq, type PgTable, sql } from '../database/drizzle.ts';
import { customers, deliveries, jobs, PRIORITY, reversals, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { openStillDatabase } from '../testing/still-database.ts';
import { claimDeliveries, type Kind, renewDeliveries } from './claim-delivery.ts';
import { claimJob, finishJob, registerJob, releaseJob, saveJob } from './claim-job.ts';
import {
  acknowledgeRefund,
  claimRefunds,
  postponeRefund,
  renewRefunds,
  retryParkedRefunds,
  settleRefund,
} from './claim-refund.ts';
import { claimCustomers, releaseCustomer, renewCustomers, requestDueSyncs } from './claim-sync.ts';
import { LEASE_SECONDS } from './lease.ts';
import { requestSync, requestSyncs } from './request-sync.ts';

/*
 * Tests each statement of the queues on every combination of a row's columns: a rule in TypeScript says which rows change,
 * and how. A missing or inverted clause changes other rows.
 */

const HOUR_MS = 3_600_000;
let db: Orm;
/** It stands still, so that the end of every limit is hit exactly. */
let now: Date;
const ago = (ms: number) => new Date(now.getTime() - ms);
const leased = () => ago(-LEASE_SECONDS * 1_000);
beforeAll(async () => {
  const still = await openStillDatabase();
  db = still.database.orm;
  now = still.now;
  return () => still.database.close();
});
beforeEach(() => emptyTables(db));

/** Never yet, up to this moment, and a moment longer. */
const limits = () => [null, now, ago(-1)];
const isOver = (moment: Date | null) => moment === null || moment <= now;

type Customer = typeof customers.$inferSelect;
type Reversal = typeof reversals.$inferSelect;
type Delivery = typeof deliveries.$inferSelect;
const allCustomers = () => db.select().from(customers).orderBy(customers.customerId);
const allReversals = () => db.select().from(reversals).orderBy(reversals.reversalId);
const allDeliveries = () => db.select().from(deliveries).orderBy(deliveries.deliveryId);

/** Expects that the run changes exactly the rows that satisfy the rule, and in this way. */
async function expectTouched<Row, Result>(
  rows: () => Promise<readonly Row[]>,
  run: () => Promise<Result>,
  rule: (row: Row) => boolean,
  becomes: (row: Row) => Partial<Row>,
): Promise<{ readonly result: Result; readonly touched: readonly Row[] }> {
  const before = await rows();
  const result = await run();
  expect(await rows()).toEqual(before.map((row) => (rule(row) ? { ...row, ...becomes(row) } : row)));
  const touched = before.filter(rule);
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.length).toBeLessThan(before.length);
  return { result, touched };
}
async function middleOf<Row>(rows: readonly Row[]): Promise<Row> {
  const row = rows[Math.floor(rows.length / 2)];
  if (row === undefined) throw new Error('No such row');
  return row;
}

describe('statements on every kind of customer', () => {
  beforeEach(async () => {
    await db.insert(users).values({ discordId: '7' });
    const counts = [
      { wanted: 2, done: 1 },
      { wanted: 2, done: 2 },
      { wanted: 2, done: 3 },
    ];
    const combined = counts.flatMap((count) =>
      limits().flatMap((leaseUntil) =>
        limits().flatMap((retryAt) =>
          [true, false].flatMap((adopting) =>
            limits().map((nextCheckAt, index) => ({
              ...count,
              leaseUntil,
              retryAt,
              adopting,
              nextCheckAt,
              livemode: false,
              fence: 4,
              failures: 2,
              wantedAt: index === 0 ? null : ago(HOUR_MS),
              userId: index === 1 ? 1 : null,
              discordIdHint: index === 2 ? null : 'old',
            })),
          ),
        ),
      ),
    );
    await db
      .insert(customers)
      .values(combined.map((each, index) => ({ customerId: `cus_${String(index).padStart(3, '0')}`, ...each })));
  });
  const waits = ({ wanted, done }: Customer) => wanted > done;
  const onceMore = (row: Customer) => ({
    wanted: row.wanted + 1,
    wantedAt: waits(row) ? (row.wantedAt ?? now) : now,
  });
  const ids = (rows: readonly { readonly customerId: string }[]) => rows.map(({ customerId }) => customerId).toSorted();

  it.each(['all', 'adopting'] as const)('claim the customers with a pending sync; only %s', async (only) => {
    const { result, touched } = await expectTouched(
      allCustomers,
      () => claimCustomers(db, 500, only),
      (row) => waits(row) && isOver(row.leaseUntil) && isOver(row.retryAt) && (only === 'all' || row.adopting),
      (row) => ({ leaseUntil: leased(), fence: row.fence + 1 }),
    );
    expect(ids(result)).toEqual(ids(touched));
    expect(result[0]).toMatchObject({ fence: 5, wanted: 2, failures: 2 });
  });

  it('claim events first, then by retry time and id, and imports last', async () => {
    const isFree = (row: Customer) => waits(row) && isOver(row.leaseUntil) && isOver(row.retryAt);
    const momentOf = ({ retryAt }: Customer) => retryAt?.getTime() ?? 0;
    const expected = (await allCustomers())
      .filter(isFree)
      .toSorted((a, b) => Number(a.adopting) - Number(b.adopting) || momentOf(a) - momentOf(b))
      .map(({ customerId }) => customerId);
    const claimed: string[] = [];
    for (const _ of expected) for (const { customerId } of await claimCustomers(db, 1)) claimed.push(customerId);
    expect(claimed).toEqual(expected);
  });

  it('request the syncs whose check is due', async () => {
    const { result, touched } = await expectTouched(
      allCustomers,
      () => requestDueSyncs(db),
      (row) => row.nextCheckAt !== null && row.nextCheckAt <= now,
      (row) => ({ ...onceMore(row), retryAt: waits(row) ? row.retryAt : now, nextCheckAt: null }),
    );
    expect(result).toBe(touched.length);
  });

  it('request a sync at once for an event, with its hint until a user is linked', async () => {
    const some = ids(await allCustomers()).filter((_id, index) => index % 5 === 0);
    await expectTouched(
      allCustomers,
      () =>
        transaction(db, async (tx) => {
          for (const customerId of some) await requestSync(tx, { customerId, livemode: false, discordIdHint: 'new' });
        }),
      ({ customerId }) => some.includes(customerId),
      (row) => ({
        ...onceMore(row),
        retryAt: null,
        discordIdHint: row.userId === null ? (row.discordIdHint ?? 'new') : row.discordIdHint,
      }),
    );
  });

  it.each([true, false])('request syncs for a comparison behind the waiting ones; import: %s', async (adopting) => {
    const some = ids(await allCustomers()).filter((_id, index) => index % 5 === 0);
    const fresh = { customerId: 'cus_new', wanted: 1, done: 0, wantedAt: now, retryAt: now, adopting, livemode: true };
    await expectTouched(
      allCustomers,
      async () => {
        const found = ['cus_new', ...some.toReversed()];
        await transaction(db, (tx) => requestSyncs(tx, found, { livemode: true, adopting }));
        await transaction(db, (tx) => requestSyncs(tx, [], { livemode: true, adopting }));
        const where = eq(customers.customerId, 'cus_new');
        expect(await db.delete(customers).where(where).returning()).toMatchObject([fresh]);
      },
      ({ customerId }) => some.includes(customerId),
      (row) => ({
        ...onceMore(row),
        retryAt: waits(row) ? row.retryAt : now,
        adopting: row.adopting || adopting,
      }),
    );
  });

  it('release or renew one customer alone', async () => {
    const { customerId, fence, wanted, failures, rejections } = await middleOf(
      (await allCustomers()).filter(({ leaseUntil }) => leaseUntil !== null),
    );
    const claim = { customerId, fence, wanted, failures, rejections };
    const isIt = (row: Customer) => row.customerId === customerId;
    await expectTouched(
      allCustomers,
      () => renewCustomers(db, [claim]),
      isIt,
      () => ({ leaseUntil: leased() }),
    );
    await expectTouched(
      allCustomers,
      () => releaseCustomer(db, claim, { retryInMs: 5, rejected: true }),
      isIt,
      (row) => ({ leaseUntil: null, failures: failures + 1, rejections: row.rejections + 1, retryAt: ago(-5) }),
    );
  });
});

describe('statements on every kind of refund', () => {
  beforeEach(async () => {
    const states = [
      { state: 'pending' as const, outcome: null },
      { state: 'done' as const, outcome: 'failed' },
      ...['other_account_or_mode', 'failed', 'unclear'].map((outcome) => ({ state: 'parked' as const, outcome })),
    ];
    const combined = states.flatMap((state) =>
      limits().flatMap((leaseUntil) =>
        [ago(1), now, ago(-1)].map((dueAt) => ({
          ...state,
          leaseUntil,
          dueAt,
          kind: 'refund' as const,
          livemode: false,
          chargeId: 'ch_1',
          amount: 1,
          currency: 'eur',
          createdAt: ago(HOUR_MS),
          settledAt: state.state === 'pending' ? null : ago(HOUR_MS),
          fence: 4,
          failures: 2,
          rejections: 1,
        })),
      ),
    );
    await db.insert(reversals).values(combined.map((each, index) => ({ eventId: `evt_${index}`, ...each })));
    // Without an order, Postgres returns the last written rows last.
    await db.execute(sql`update reversals set detail = detail where reversal_id % 3 = 1`);
  });

  it('claim the due refunds', async () => {
    const { result, touched } = await expectTouched(
      allReversals,
      () => claimRefunds(db, 500),
      (row) => row.state === 'pending' && isOver(row.leaseUntil) && row.dueAt <= now,
      (row) => ({ leaseUntil: leased(), fence: row.fence + 1 }),
    );
    expect(result.map(({ reversalId }) => reversalId).toSorted()).toEqual(
      touched.map(({ reversalId }) => reversalId).toSorted(),
    );
  });

  it('claim the longest due refund first, up to the limit', async () => {
    const byAge = (await allReversals()).filter((row) => row.state === 'pending' && isOver(row.leaseUntil));
    await db
      .update(reversals)
      .set({ dueAt: ago(5_000) })
      .where(eq(reversals.reversalId, byAge.at(-1)?.reversalId ?? 0));
    expect(await claimRefunds(db, 1)).toMatchObject([{ reversalId: byAge.at(-1)?.reversalId }]);
  });

  it('renew, postpone or settle one refund alone', async () => {
    const claim = await middleOf(
      (await allReversals()).filter(({ state, leaseUntil }) => state === 'pending' && leaseUntil !== null),
    );
    const isIt = (row: Reversal) => row.reversalId === claim.reversalId;
    await expectTouched(
      allReversals,
      () => renewRefunds(db, [claim]),
      isIt,
      () => ({ leaseUntil: leased() }),
    );
    await expectTouched(
      allReversals,
      () => postponeRefund(db, claim, { retryInMs: 4.2, detail: 'busy', rejected: true }),
      isIt,
      (row) => ({
        leaseUntil: null,
        failures: row.failures + 1,
        rejections: row.rejections + 1,
        dueAt: ago(-5),
        detail: 'busy',
      }),
    );
    const followed = { state: 'done', outcome: 'shown', detail: 'd', customerId: 'cus_1' } as const;
    expect(await settleRefund(db, { ...claim, fence: 3 }, followed)).toBe(false);
    const { result } = await expectTouched(
      allReversals,
      () => settleRefund(db, claim, followed),
      isIt,
      () => ({ ...followed, leaseUntil: null, settledAt: now }),
    );
    expect(result).toBe(true);
  });

  it('retry parked refunds except unclear ones', async () => {
    await expectTouched(
      allReversals,
      () => retryParkedRefunds(db),
      (row) => row.state === 'parked' && row.outcome !== 'unclear',
      () => ({ state: 'pending' as const, failures: 0, rejections: 0, dueAt: now, settledAt: null }),
    );
  });

  it('acknowledge only a parked refund, one at a time', async () => {
    const before = await allReversals();
    for (const { reversalId, state } of before)
      expect(await acknowledgeRefund(db, reversalId, { dry: true })).toBe(state === 'parked');
    expect(await allReversals()).toEqual(before);
    const some = before.filter(({ reversalId }) => reversalId % 2 === 0);
    await expectTouched(
      allReversals,
      async () => {
        for (const { reversalId, state } of some)
          expect(await acknowledgeRefund(db, reversalId, { dry: false })).toBe(state === 'parked');
      },
      (row) => row.state === 'parked' && row.reversalId % 2 === 0,
      () => ({ state: 'done' as const, outcome: 'acknowledged', settledAt: now }),
    );
  });
});

describe('statements on every kind of delivery', () => {
  beforeEach(async () => {
    const heads = (['pending', 'waiting', 'parked', 'done'] as const).flatMap((state) =>
      (['notify', 'roles'] as const).flatMap((kind) =>
        Object.values(PRIORITY).flatMap((priority) =>
          limits().flatMap((leaseUntil) =>
            [ago(1), now, ago(-1)].map((dueAt) => ({ state, kind, priority, leaseUntil, dueAt })),
          ),
        ),
      ),
    );
    await db.insert(users).values(heads.map((_, index) => ({ discordId: String(index), plan: `plan${index}` })));
    await db.insert(deliveries).values(
      heads.flatMap((head, index) => {
        const common = { userId: index + 1, attempts: 3, wanted: 2, priority: head.priority };
        const settledAt = head.state === 'pending' ? null : ago(HOUR_MS);
        // A user has at most one pending roles row; another due message of the user stands behind each message.
        return [
          { ...common, ...head, settledAt },
          ...(head.kind === 'notify' ? [{ ...common, kind: 'notify' as const, dueAt: ago(2) }] : []),
        ];
      }),
    );
  });
  const isReady = (row: Delivery) => row.state === 'pending' && isOver(row.leaseUntil) && row.dueAt <= now;

  it.each<readonly [readonly Kind[], readonly ('live' | 'bulk')[]]>([
    [
      ['notify', 'roles'],
      ['live', 'bulk'],
    ],
    [['notify'], ['live']],
    [['roles'], ['bulk']],
  ])('claim the due heads of lanes: %j, %j', async (kinds, names) => {
    const priorities = names.map((name) => PRIORITY[name]);
    const before = await allDeliveries();
    const isHead = (row: Delivery) =>
      !before.some(
        (other) =>
          other.state === 'pending' &&
          other.userId === row.userId &&
          other.kind === row.kind &&
          other.deliveryId < row.deliveryId,
      );
    const { result, touched } = await expectTouched(
      allDeliveries,
      () => claimDeliveries(db, kinds, 500, priorities),
      (row) =>
        isReady(row) && isHead(row) && kinds.includes(row.kind) && priorities.some((each) => each === row.priority),
      (row) => ({
        leaseUntil: leased(),
        attempts: row.attempts + 1,
        // One that outlived its lease may still arrive: one more shall follow.
        wanted: row.wanted + (row.leaseUntil === null ? 0 : 1),
      }),
    );
    expect(result.map(({ deliveryId }) => deliveryId)).toEqual(touched.map(({ deliveryId }) => deliveryId));
    for (const { user, wanted, attempts } of result)
      expect([user.plan, wanted, attempts]).toEqual([`plan${user.userId - 1}`, 2, 4]);
  });

  it('claim the longest due deliveries first, up to the limit', async () => {
    await emptyTables(db);
    await db.insert(users).values(['1', '2', '3', '4'].map((discordId) => ({ discordId })));
    for (const [index, minutes] of [1, 3, 2, 4].entries())
      await db.insert(deliveries).values({ userId: index + 1, kind: 'roles', dueAt: ago(minutes * 60_000) });
    const claimedUsers = async () =>
      (await claimDeliveries(db, ['roles'], 2)).map(({ user }) => user.userId).toSorted();
    expect([await claimedUsers(), await claimedUsers()]).toEqual([
      [2, 4],
      [1, 3],
    ]);
  });
  it('renew only pending deliveries with a lease', async () => {
    const rows = await allDeliveries();
    const claims = rows
      .filter(({ deliveryId }) => deliveryId % 3 !== 0)
      .map((row) => ({ ...row, user: { userId: row.userId, discordId: '', plan: '', revision: 0, locale: null } }));
    await expectTouched(
      allDeliveries,
      () => renewDeliveries(db, claims),
      (row) => row.deliveryId % 3 !== 0 && row.state === 'pending' && row.leaseUntil !== null,
      () => ({ leaseUntil: leased() }),
    );
  });
});

describe('a job', () => {
  const job = async () => (await db.select().from(jobs).where(eq(jobs.name, 'prune')))[0];
  const inHours = (hours: number) => ago(-hours * HOUR_MS);
  const insert = (values: Partial<typeof jobs.$inferInsert>) =>
    db.insert(jobs as PgTable).values([
      { name: 'prune', dueAt: now, fence: 4, ...values },
      { name: 'erase', dueAt: now, fence: 4, ...values },
    ]);

  it.each<readonly [string, () => Partial<typeof jobs.$inferInsert>, boolean, boolean]>([
    ['due', () => ({}), true, true],
    ['due in a millisecond', () => ({ dueAt: ago(-1) }), false, true],
    ['leased by another worker', () => ({ leaseUntil: ago(-1) }), false, false],
    ['left by another worker', () => ({ leaseUntil: now }), true, true],
  ])('that is %s is claimed alone or not at all', async (_name, values, whenDue, whenWanted) => {
    for (const [when, claimed] of [
      ['due', whenDue],
      ['now', whenWanted],
    ] as const) {
      await db.delete(jobs);
      await insert(values());
      const claim = await claimJob(db, 'prune', when);
      expect(claim !== undefined).toBe(claimed);
      if (claimed) expect(await job()).toMatchObject({ fence: 5, leaseUntil: ago(-60_000) });
      expect(await db.select().from(jobs).where(eq(jobs.name, 'erase'))).toMatchObject([{ fence: 4 }]);
    }
  });

  it('without a row is claimed when it is requested now, not when due jobs are claimed', async () => {
    expect(await claimJob(db, 'import', 'due')).toBeUndefined();
    expect(await claimJob(db, 'import', 'now')).toMatchObject({ name: 'import', fence: 1, startedAt: now });
  });

  it.each<readonly [string, object | null, number | null, object | null, number]>([
    ['begun an hour ago and not finished', { page: 1 }, 1, { page: 1 }, 1],
    ['begun more than an hour ago', { page: 1 }, 1.001, null, 0],
    ['finished', null, 0.5, null, 0],
    ['never begun', null, null, null, 0],
  ])('that was %s continues or restarts', async (_name, state, startedHoursAgo, expected, since) => {
    await insert({ state, startedAt: startedHoursAgo === null ? null : inHours(-startedHoursAgo) });
    const claim = await claimJob(db, 'prune', 'due');
    expect(claim).toEqual({ name: 'prune', fence: 5, startedAt: inHours(-since), state: expected });
  });

  it('gets its due and late times at registration and keeps them', async () => {
    await registerJob(db, 'prune', 2 * HOUR_MS);
    expect(await job()).toMatchObject({ dueAt: inHours(2), lateAt: inHours(5), fence: 0 });
    await registerJob(db, 'prune', HOUR_MS);
    expect(await job()).toMatchObject({ dueAt: inHours(2), lateAt: inHours(5) });
    await db.update(jobs).set({ lateAt: null });
    await registerJob(db, 'prune', HOUR_MS);
    expect(await job()).toMatchObject({ dueAt: inHours(2), lateAt: inHours(3) });
  });

  it.each([
    [inHours, 3],
    [() => null, null],
  ])('is saved, finished and released alone', async (late, lateHours) => {
    await insert({ lateAt: late?.(1) ?? null });
    const claim = await claimJob(db, 'prune', 'due');
    if (claim === undefined) throw new Error('not claimed');
    const other = await claimJob(db, 'erase', 'due');
    await saveJob(db, claim, { page: 2 });
    expect(await job()).toMatchObject({ state: { page: 2 }, leaseUntil: ago(-60_000), finishedAt: null });
    await releaseJob(db, claim, 5);
    expect(await job()).toMatchObject({ state: { page: 2 }, leaseUntil: null, dueAt: ago(-5) });
    const again = await claimJob(db, 'prune', 'now');
    if (again === undefined) throw new Error('not claimed');
    await finishJob(db, again, { everyMs: HOUR_MS, outcome: 'well', alert: true });
    expect(await job()).toMatchObject({
      state: null,
      leaseUntil: null,
      finishedAt: now,
      dueAt: inHours(1),
      lateAt: lateHours === null ? null : inHours(lateHours),
      outcome: 'well',
      alert: true,
    });
    expect(await db.select().from(jobs).where(eq(jobs.name, 'erase'))).toMatchObject([
      { fence: other?.fence, leaseUntil: ago(-60_000), finishedAt: null, state: null },
    ]);
  });
});
