import { createLogger } from '@moddy/runtime/log';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Pause } from '../config.ts';
import type { Orm } from '../database/database.ts';
import { eq, inArray, sql } from '../database/drizzle.ts';
import { lockUser, lockUsers } from '../database/lock-user.ts';
import { deliveries, discordEvents, jobs, PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { type Claim, claimDeliveries } from '../queue/claim-delivery.ts';
import { claimJob } from '../queue/claim-job.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { expectUserAwaited, lockAwaited } from '../testing/held-user.ts';
import { UNSEEN } from '../testing/start-test-backend.ts';
import { openStillDatabase } from '../testing/still-database.ts';
import type { Breaker } from './breaker.ts';
import { acknowledgeDelivery, dropMessages } from './close.ts';
import { enqueueMessages, enqueueResync, enqueueRoles } from './enqueue.ts';
import { redrive } from './redrive.ts';
import { requestResync, resyncJob, resyncRoles, resyncUnconfirmedRoles } from './resync.ts';
import { makeDue, park, postpone, settleMessage } from './settle.ts';
import { replaceParkedRoles } from './settle-roles.ts';
import { endWaiting, releaseAllWaiting, releaseWaiting, waitForMember } from './waiting.ts';

/*
 * Tests each statement on every combination of a delivery's columns: a rule in TypeScript says which rows change, and how. A
 * missing or inverted clause changes other rows.
 */

type Row = typeof deliveries.$inferSelect;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STATES = ['pending', 'waiting', 'parked', 'done'] as const;
const message = {
  action: 'plan_upgraded',
  plan: 'moddy_max',
  customerId: null,
  interval: null,
  change: null,
  effectiveAt: null,
} as const;

let db: Orm;
/** It stands still, so that the end of every limit is hit exactly. */
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
  await db
    .insert(users)
    .values(Array.from({ length: 15 }, (_, index) => ({ discordId: String(index + 1), revision: 1 })));
});

const rows = () => db.select().from(deliveries).orderBy(deliveries.deliveryId);

/** How many rows each transaction wrote: one of all would keep too many users locked. */
const writtenAtOnce = async () => {
  const found = await db.execute<{ count: number }>(
    sql`select count(*)::integer as count from deliveries group by xmin order by count desc`,
  );
  return found.rows.map(({ count }) => count);
};

/** Without an order, Postgres returns the last written rows last. */
const touchFirst = () => db.execute(sql`update deliveries set detail = detail where delivery_id % 3 = 1`);

/** Two users with messages and ended roles of every kind, and thirteen of whom each has one pending roles row. */
async function everyDelivery(): Promise<void> {
  const leases = [null, now, ago(-1)];
  const dues = [ago(1), ago(-MINUTE_MS)];
  const ages = [
    { createdAt: ago(73 * HOUR_MS) },
    { createdAt: ago(72 * HOUR_MS) },
    { createdAt: ago(73 * HOUR_MS), redrivenAt: ago(72 * HOUR_MS) },
    { createdAt: ago(73 * HOUR_MS), redrivenAt: ago(72 * HOUR_MS + 1) },
  ];
  const combined = leases.flatMap((leaseUntil) =>
    dues.flatMap((dueAt) => [0, 1].map((failures) => ({ leaseUntil, dueAt, failures, attempts: 3, detail: 'before' }))),
  );
  const inState = (state: (typeof STATES)[number]) => ({
    state,
    settledAt: state === 'pending' ? null : ago(HOUR_MS),
    outcome: state === 'pending' ? null : 'before',
  });
  const ofUser = (userId: number) =>
    combined.flatMap((each) =>
      STATES.flatMap((state) => [
        ...ages.map((age) => ({ ...each, ...age, ...inState(state), userId, kind: 'notify' as const, message })),
        ...(state === 'done' || state === 'parked'
          ? [{ ...each, ...inState(state), userId, kind: 'roles' as const, createdAt: ago(73 * HOUR_MS) }]
          : []),
      ]),
    );
  await db.insert(deliveries).values([
    ...ofUser(1),
    ...ofUser(2),
    ...combined.map((each, index) => ({
      ...each,
      userId: 3 + index,
      kind: 'roles' as const,
      priority: index % 2 === 0 ? PRIORITY.live : PRIORITY.bulk,
      createdAt: ago(73 * HOUR_MS),
    })),
  ]);
  await touchFirst();
}

/** Expects that exactly the rows of the rule change, in this way. @returns the statement's result, and those rows. */
async function expectTouched<Result>(
  run: () => Promise<Result>,
  rule: (row: Row) => boolean,
  becomes: (row: Row) => Partial<Row>,
): Promise<{ result: Result; touched: readonly Row[] }> {
  const before = await rows();
  const result = await run();
  expect(await rows()).toEqual(before.map((row) => (rule(row) ? { ...row, ...becomes(row) } : row)));
  const touched = before.filter(rule);
  expect(touched.length).toBeGreaterThan(0);
  expect(touched.length).toBeLessThan(before.length);
  return { result, touched };
}

const isFree = ({ leaseUntil }: Row) => leaseUntil === null || leaseUntil <= now;
const ids = (all: readonly Row[]) => all.map(({ deliveryId }) => deliveryId);
const nothing = async (run: () => Promise<unknown>) => {
  const before = await rows();
  await run();
  expect(await rows()).toEqual(before);
};
/** As its claim, of the middle of user 1's lane. */
async function inTheMiddle(kind: Row['kind'] = 'notify'): Promise<Claim> {
  const lane = (await rows()).filter((row) => row.kind === kind && row.state === 'pending');
  const ofOne = kind === 'notify' ? lane.filter(({ userId }) => userId === 1) : lane;
  const row = ofOne[Math.floor(ofOne.length / 2)];
  const [user] = await db
    .select()
    .from(users)
    .where(eq(users.userId, row?.userId ?? 0));
  if (row === undefined || user === undefined) throw new Error('No such lane');
  return { ...row, user };
}

describe('statements on every kind of delivery', () => {
  beforeEach(everyDelivery);
  const over = () => ({ leaseUntil: null, settledAt: now });

  it('acknowledge only a parked delivery, one at a time', async () => {
    const some = (await rows()).filter(({ deliveryId }) => deliveryId % 5 === 0);
    const which = ids(some.filter(({ state }) => state === 'parked'));
    await nothing(async () => {
      for (const { deliveryId, state } of some)
        expect(await acknowledgeDelivery(db, deliveryId, { dry: true })).toBe(state === 'parked');
    });
    await expectTouched(
      async () => {
        for (const { deliveryId, state } of some)
          expect(await acknowledgeDelivery(db, deliveryId, { dry: false })).toBe(state === 'parked');
      },
      ({ deliveryId }) => which.includes(deliveryId),
      () => ({ ...over(), state: 'done', outcome: 'acknowledged' }),
    );
  });

  it('drop unsent messages older than a time, unless they are leased or redriven since', async () => {
    const before = ago(72 * HOUR_MS);
    const dropped: readonly number[] = ids(await dropMessages(db, { before, dry: true }));
    await nothing(() => dropMessages(db, { before, dry: true }));
    const { result, touched } = await expectTouched(
      () => dropMessages(db, { before, dry: false }),
      (row) =>
        row.kind === 'notify' && row.state !== 'done' && isFree(row) && (row.redrivenAt ?? row.createdAt) < before,
      () => ({ ...over(), state: 'done', outcome: 'dropped' }),
    );
    expect([ids(result), dropped]).toEqual([ids(touched), ids(touched)]);
  });

  it('make postponed deliveries without failures due when the bot is back', async () => {
    await expectTouched(
      () => makeDue(db),
      (row) => row.state === 'pending' && row.leaseUntil === null && row.failures === 0 && row.dueAt > now,
      () => ({ dueAt: now }),
    );
  });

  it.each([true, false])('postpone the later messages of a lane with the first one; consumed: %s', async (consumed) => {
    const claim = await inTheMiddle();
    // Its roles are another lane.
    await db.insert(deliveries).values({ userId: 1, kind: 'roles' });
    const dueAt = ago(-5_000);
    const postponed = { retryInMs: 5_000, consumed, detail: 'busy' };
    await nothing(() => postpone(db, { ...claim, attempts: claim.attempts - 1 }, postponed));
    await expectTouched(
      () => postpone(db, claim, postponed),
      (row) =>
        row.state === 'pending' && row.kind === 'notify' && row.userId === 1 && row.deliveryId >= claim.deliveryId,
      (row) =>
        row.deliveryId === claim.deliveryId
          ? { leaseUntil: null, dueAt, detail: 'busy', failures: row.failures + (consumed ? 1 : 0) }
          : { dueAt: row.dueAt > dueAt ? row.dueAt : dueAt },
    );
  });

  it('settle or park one message alone', async () => {
    const claim = await inTheMiddle();
    const isIt = ({ deliveryId }: Row) => deliveryId === claim.deliveryId;
    await expectTouched(
      () => park(db, claim, 'failed', 'a fault'),
      isIt,
      () => ({ ...over(), state: 'parked', outcome: 'failed', detail: 'a fault' }),
    );
    await nothing(() => settleMessage(db, claim, 'sent', 'well'));
    await db.update(deliveries).set({ state: 'pending' }).where(eq(deliveries.deliveryId, claim.deliveryId));
    await expectTouched(
      () => settleMessage(db, claim, 'sent', 'well'),
      isIt,
      () => ({ ...over(), state: 'done', outcome: 'sent', detail: 'well' }),
    );
  });

  it('replace the parked roles of one user except the kept one', async () => {
    const kept = (await rows()).find(
      ({ kind, state, userId }) => kind === 'roles' && state === 'parked' && userId === 1,
    );
    await expectTouched(
      () =>
        transaction(db, async (tx) => replaceParkedRoles(tx, await lockUser(tx, { userId: 1 }), kept?.deliveryId ?? 0)),
      (row) =>
        row.kind === 'roles' && row.state === 'parked' && row.userId === 1 && row.deliveryId !== kept?.deliveryId,
      () => ({
        state: 'done',
        outcome: 'replaced',
        detail: 'the bot was asked for newer roles since',
        settledAt: now,
      }),
    );
  });

  it('end deliveries that have waited for 72 hours', async () => {
    await expectTouched(
      () => endWaiting(db, 72 * HOUR_MS),
      (row) => row.state === 'waiting' && row.createdAt < ago(72 * HOUR_MS),
      () => ({ state: 'done' }),
    );
  });

  it.each([
    ['live', PRIORITY.live],
    ['bulk', PRIORITY.bulk],
  ])('request pending roles once more at the better of two priorities: %s', async (_name, priority) => {
    const count = (await rows()).length;
    const isPending = (row: Row) => row.state === 'pending' && row.kind === 'roles' && row.deliveryId <= count;
    const wanting = (run: () => Promise<unknown>) => async () => {
      await run();
      // Users without such a row get one.
      const added = await db.delete(deliveries).where(sql`${deliveries.deliveryId} > ${count}`).returning();
      return added.map(({ userId, kind, priority }) => [userId, kind, priority]).toSorted();
    };
    const all = (work: typeof enqueueRoles) =>
      wanting(() => transaction(db, async (tx) => work(tx, await lockUsers(tx, undefined), priority)));
    const { result } = await expectTouched(all(enqueueRoles), isPending, (row) => ({
      wanted: row.wanted + 1,
      priority: Math.min(row.priority, priority) as Row['priority'],
      dueAt: now,
      failures: 0,
    }));
    expect(result).toEqual([
      [1, 'roles', priority],
      [15, 'roles', priority],
      [2, 'roles', priority],
    ]);
    await nothing(async () =>
      expect(await all(enqueueResync)()).toEqual([1, 15, 2].map((userId) => [userId, 'roles', PRIORITY.bulk])),
    );
  });
});

const STATE_OF: Readonly<Record<string, Row['state']>> = { w: 'waiting', p: 'parked', q: 'parked', d: 'done' };
/**
 * Stores deliveries of user 1, the oldest first: message `w` waits, `p` is parked, `d` done, `n` pending; roles `r` are
 * pending, `q` parked. `2` and `3` are another user's message and roles.
 */
const story = async (letters: string) => {
  await db.insert(deliveries).values(
    [...letters].map((letter) => ({
      userId: '23'.includes(letter) ? 2 : 1,
      kind: 'rq3'.includes(letter) ? ('roles' as const) : ('notify' as const),
      message,
      state: STATE_OF[letter] ?? ('pending' as const),
      settledAt: 'wpqd'.includes(letter) ? ago(HOUR_MS) : null,
      outcome: 'wpqd'.includes(letter) ? 'before' : null,
      failures: 2,
      attempts: 5,
      dueAt: ago(HOUR_MS),
    })),
  );
  await touchFirst();
};
/** `S` is sent now, `x` is done by what was decided. */
const told = async () =>
  (await rows())
    .map((row) => {
      if (row.state === 'pending' && row.dueAt.getTime() === now.getTime()) {
        expect(row).toMatchObject({ failures: 0, settledAt: null, outcome: null, leaseUntil: null, attempts: 5 });
        return 'S';
      }
      if (row.outcome === 'superseded' || row.outcome === 'replaced') return 'x';
      if (row.userId === 2) return row.kind === 'roles' ? '3' : '2';
      if (row.kind === 'roles') return row.state === 'parked' ? 'q' : 'r';
      return { waiting: 'w', parked: 'p', done: 'd', pending: 'n' }[row.state];
    })
    .join('');

describe('deliveries that wait for a member', () => {
  it.each([
    ['w', 'S', 1],
    ['ww', 'xS', 1],
    ['www', 'xxS', 1],
    ['wp', 'Sp', 1],
    ['pw', 'pS', 1],
    ['dw', 'dS', 1],
    ['nw', 'nS', 1],
    ['wd', 'xd', 0],
    ['wn', 'xn', 0],
    ['wwn', 'xxn', 0],
    ['wr', 'Sr', 1],
    ['w2', 'S2', 1],
    ['npd', 'npd', 0],
  ])('%s become %s', async (before, after, released) => {
    await story(before);
    const release = await transaction(db, async (tx) => {
      expect(await releaseWaiting(tx, await lockUsers(tx, eq(users.userId, 2)))).toBe(0);
      return releaseWaiting(tx, await lockUsers(tx, inArray(users.userId, [1, 3])));
    });
    expect([await told(), release]).toEqual([after, released]);
  });

  it('are sent for all users when the bot is back', async () => {
    await story('ww2');
    await db.update(deliveries).set({ state: 'waiting', settledAt: ago(HOUR_MS) });
    expect(await releaseAllWaiting(db)).toBe(2);
    expect(await told()).toBe('xSS');
  });

  it.each([
    ['member_joined', '1', 14_999, 'pending'],
    ['member_joined', '1', 15_000, 'waiting'],
    ['member_joined', '2', 0, 'waiting'],
    ['member_left', '1', 0, 'waiting'],
  ])('with the event %s of user %s %i ms ago are %s', async (type, discordId, msAgo, state) => {
    await story('nn');
    await db.insert(discordEvents).values({ type, discordId, requestHash: 'a', receivedAt: ago(msAgo) });
    const [claim] = await claimDeliveries(db, ['notify'], 1);
    if (claim === undefined) throw new Error('Nothing was claimed');
    await waitForMember(db, claim, 'not here');
    const common = { state, detail: 'not here', leaseUntil: null, failures: 2, attempts: 6 };
    expect(await rows()).toMatchObject([
      state === 'pending'
        ? { ...common, dueAt: ago(-5_000), outcome: null, settledAt: null }
        : { ...common, settledAt: now, outcome: 'no_mutual_guild' },
      { state: 'pending', attempts: 5, detail: null },
    ]);
  });
});

describe('deliveries that an operator redrives', () => {
  it.each([
    ['p', 'S', false],
    ['pp', 'SS', false],
    ['pd', 'pd', false],
    ['pw', 'pw', false],
    ['pn', 'pn', false],
    ['ppd', 'ppd', false],
    ['dp', 'dS', false],
    ['pr', 'Sr', false],
    ['p2', 'S2', false],
    ['q', 'S', false],
    ['qq', 'Sx', false],
    ['qr', 'xr', false],
    ['q3', 'S3', false],
    ['qn', 'Sn', false],
    ['qd', 'Sd', false],
    ['pd', 'Sd', true],
    ['wnd', 'wnd', true],
  ])('%s become %s; forced: %s', async (before, after, force) => {
    await story(before);
    for (const userIds of [[], [2]]) expect(await redrive(db, { which: { userIds }, force, dry: false })).toEqual([]);
    const options = { which: { userIds: [1, 3] }, force } as const;
    const decided = (all: Awaited<ReturnType<typeof redrive>>) =>
      all.map(({ delivery, becomes }) => [delivery.deliveryId, becomes]);
    const dry = decided(await redrive(db, { ...options, dry: true }));
    expect(await told()).toBe(before);
    expect(decided(await redrive(db, { ...options, dry: false }))).toEqual(dry);
    expect(await told()).toBe(after);
    const sent = (await rows()).filter(({ redrivenAt }) => redrivenAt !== null);
    expect(sent.map(({ redrivenAt }) => redrivenAt)).toEqual(
      [...after].filter((letter) => letter === 'S').map(() => now),
    );
  });
});

describe('a resync of roles', () => {
  beforeEach(() =>
    db.insert(users).values([
      { discordId: 'never', revision: 0, confirmedRevision: 0 },
      { discordId: 'confirmed', revision: 2, confirmedRevision: 2 },
      { discordId: 'behind', revision: 2, confirmedRevision: 1 },
    ]),
  );
  const sentTo = async () => {
    const found = await db
      .select({ who: users.discordId, priority: deliveries.priority })
      .from(deliveries)
      .innerJoin(users, eq(users.userId, deliveries.userId))
      .orderBy(users.userId);
    return found.map(({ who, priority }) => [who, priority]);
  };

  it('sends all unconfirmed roles in bulk, 500 per transaction', async () => {
    await db.delete(users).where(inArray(users.revision, [1]));
    await db
      .insert(users)
      .values(Array.from({ length: 1_000 }, (_, index) => ({ discordId: `x${index}`, revision: 1 })));
    expect(await resyncUnconfirmedRoles(db)).toBe(1_001);
    const sent = await sentTo();
    expect([sent[0], sent.length]).toEqual([['behind', PRIORITY.bulk], 1_001]);
    expect(await writtenAtOnce()).toEqual([500, 500, 1]);
  });

  it('sends the roles of named users live, except users who never had a plan', async () => {
    const named = await db
      .select()
      .from(users)
      .where(inArray(users.discordId, ['never', 'confirmed', 'behind']));
    await resyncRoles(
      db,
      named.map(({ userId }) => userId),
    );
    expect(await sentTo()).toEqual([
      ['confirmed', PRIORITY.live],
      ['behind', PRIORITY.live],
    ]);
  });

  /** In seconds from the start of the bot; `now` is an hour later. */
  it.each([
    [undefined, undefined, 60],
    [null, 9_000, 60],
    [null, 30, 30],
    [59, 9_000, 659],
    [59, 100, 100],
    [-9_000, 9_000, 60],
    [60, 9_000, 9_000],
    [61, 9_000, 9_000],
  ])('begun %s s and due %s s after the bot start is due after %i s', async (startedAt, dueAt, expected) => {
    const bot = ago(HOUR_MS);
    const after = (seconds: number) => new Date(bot.getTime() + seconds * 1_000);
    if (dueAt !== undefined) {
      await db.insert(jobs).values({
        name: 'affirm',
        dueAt: after(dueAt),
        startedAt: typeof startedAt === 'number' ? after(startedAt) : null,
      });
    }
    await requestResync(db, bot.toISOString());
    expect(await db.select().from(jobs)).toMatchObject([{ name: 'affirm', dueAt: after(expected) }]);
  });
});

describe('the daily resync', () => {
  const DAY_MS = 24 * HOUR_MS;
  const opened = { cause: 'unreachable', detail: '', since: new Date() } as const;
  const job = (breaker: Partial<Breaker>, paused: Pause = 'none') =>
    resyncJob(db, createLogger('debug', 'test', UNSEEN), { breaker: breaker as Breaker, paused });
  const run = async (state: unknown, botStartedAt?: string) => {
    const claim = await claimJob(db, 'affirm', 'now');
    if (claim === undefined) throw new Error('not claimed');
    await job({ botStartedAt }).run({ ...claim, state }, new AbortController().signal);
    const sent = await db.select().from(deliveries).orderBy(deliveries.userId);
    expect(sent.every(({ kind, priority }) => kind === 'roles' && priority === PRIORITY.bulk)).toBe(true);
    const [row] = await db.select().from(jobs);
    return {
      to: sent.map(({ userId }) => userId),
      outcome: row?.outcome,
      dueInMs: (row?.dueAt.getTime() ?? 0) - now.getTime(),
    };
  };

  it.each<readonly [string, Breaker['opened'], Pause, boolean]>([
    ['an available bot', undefined, 'none', true],
    ['paused messages', undefined, 'notify', true],
    ['everything paused', undefined, 'all', false],
    ['an unavailable bot', opened, 'none', false],
  ])('with %s is ready: %s', (_name, opened, paused, ready) => {
    expect(job({ opened }, paused).ready?.()).toBe(ready);
  });

  it.each<readonly [string, unknown, readonly number[], number]>([
    ['from the start without a state', null, [1, 2, 4], 3],
    ['from the saved position', { after: 2, count: 7 }, [4], 8],
    ['from the start without a position', { count: 7 }, [1, 2, 4], 3],
    ['from the start without a count', { after: 2 }, [1, 2, 4], 3],
    ['from the start for an invalid position', { after: '2', count: 7 }, [1, 2, 4], 3],
    ['from the start for an invalid count', { after: 2, count: '7' }, [1, 2, 4], 3],
    ['from the start for an invalid state', 'after', [1, 2, 4], 3],
  ])('sends the roles of subscribers %s', async (_name, state, to, count) => {
    await db
      .update(users)
      .set({ plan: 'moddy_max' })
      .where(inArray(users.userId, [1, 2, 3, 4]));
    await db.update(users).set({ erasureRequestedAt: now }).where(eq(users.userId, 3));
    expect(await run(state)).toEqual({ to, outcome: `${count} subscribers`, dueInMs: DAY_MS });
  });

  it('sends roles 500 per transaction, and is due in ten minutes for a bot that starts meanwhile', async () => {
    await db
      .insert(users)
      .values(Array.from({ length: 1_000 }, (_, index) => ({ discordId: `x${index}`, plan: 'moddy_max' })));
    const { to, ...ended } = await run(null, now.toISOString());
    expect(await writtenAtOnce()).toEqual([500, 500]);
    expect([to.length, new Set(to).size]).toEqual([1_000, 1_000]);
    expect(ended).toEqual({ outcome: '1000 subscribers', dueInMs: 10 * MINUTE_MS });
  });
});

describe('the lock of a user in another transaction', () => {
  const BEFORE = () => ({ before: new Date(now.getTime() + 1), dry: false });
  it.each<readonly [string, string, () => Promise<unknown>]>([
    ['dropMessages', 'p', () => dropMessages(db, BEFORE())],
    ['redrive', 'p', () => redrive(db, { which: 'all', force: false, dry: false })],
    ['releaseAllWaiting', 'w', () => releaseAllWaiting(db)],
    ['resyncUnconfirmedRoles', 'd', () => resyncUnconfirmedRoles(db)],
    ['resyncRoles', 'd', () => resyncRoles(db, [1])],
  ])('delays %s', async (_name, before, run) => {
    await story(before);
    await expectUserAwaited(db, rows, run);
  });

  it('delays dropMessages for that user alone', async () => {
    await db.insert(deliveries).values([1, 2].map((userId) => ({ userId, kind: 'notify' as const })));
    const states = async () => (await rows()).map(({ userId, state }) => [userId, state]);
    let dropping: Promise<unknown> | undefined;
    await transaction(db, async (tx) => {
      await lockUser(tx, { userId: 2 });
      dropping = dropMessages(db, BEFORE());
      await lockAwaited(db);
      expect((await states()).toSorted()).toEqual([
        [1, 'done'],
        [2, 'pending'],
      ]);
    });
    await dropping;
  });
});

it('enqueueing, releasing and resyncing write nothing for empty lists', async () => {
  await transaction(db, async (tx) => {
    await enqueueRoles(tx, []);
    await enqueueResync(tx, []);
    await enqueueMessages(tx, await lockUser(tx, { userId: 1 }), []);
    expect(await releaseWaiting(tx, [])).toBe(0);
  });
  await resyncRoles(db, []);
  expect(await rows()).toEqual([]);
});
