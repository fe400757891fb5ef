import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, discordEvents, jobs, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { claimDeliveries } from '../queue/claim-delivery.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { DELIVERIES_CHANNEL, enqueueMessages, enqueueRoles } from './enqueue.ts';

const HOUR_MS = 3_600_000;
const message = {
  action: 'plan_upgraded',
  plan: 'moddy_max',
  customerId: null,
  interval: null,
  change: null,
  effectiveAt: null,
} as const;

let system: TestBackend;
let userId: number;
const orm = () => system.backend.database.orm;
const start = async () => {
  system = await startTestBackend({}, onTestFinished, 'movable');
  const inserted = await orm()
    .insert(users)
    .values({ discordId: '7', plan: 'moddy_max', revision: 2, confirmedRevision: 2 })
    .returning();
  userId = inserted[0]?.userId ?? 0;
};
const rows = () => orm().select().from(deliveries).orderBy(deliveries.deliveryId);
const enqueue = () => transaction(orm(), async (tx) => enqueueMessages(tx, await lockUser(tx, { userId }), [message]));
const enqueueRole = () => transaction(orm(), async (tx) => enqueueRoles(tx, [await lockUser(tx, { userId })]));
const notifyWorkers = () => orm().execute(sql`select pg_notify(${DELIVERIES_CHANNEL}, '')`);
const databaseNow = async () => {
  const { rows: found } = await orm().execute<{ ms: string }>(sql`select extract(epoch from now()) * 1000 as ms`);
  return Number(found[0]?.ms);
};

/** How long each attempt was postponed, with the database's clock moved to the end of each wait and nowhere else. */
async function waitsOf(attempts: number): Promise<number[]> {
  const waits: number[] = [];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const [row] = await eventually(rows, ([one]) => one?.attempts === attempt && one.leaseUntil === null);
    if (row?.state !== 'pending') break;
    const waitMs = row.dueAt.getTime() - (await databaseNow());
    waits.push(waitMs);
    await advanceClock(orm(), waitMs - 1);
    expect(await claimDeliveries(orm(), ['notify', 'roles'], 5)).toEqual([]);
    await advanceClock(orm(), 1);
    await notifyWorkers();
  }
  return waits;
}

describe('the wait after a failed attempt', () => {
  beforeEach(async () => {
    await start();
    await stopClock(orm());
  });
  const failing = (error: () => Error, times: number) => {
    for (let attempt = 0; attempt < times; attempt += 1) system.bot.next(() => Promise.reject(error()));
  };
  const expectGrowing = (waits: readonly number[], ceilings: readonly number[]) => {
    expect(waits).toHaveLength(ceilings.length);
    for (const [index, ceiling] of ceilings.entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(ceiling / 2);
      expect(waits[index]).toBeLessThanOrEqual(ceiling + 1);
    }
  };

  it('doubles after each fault of the bot, and the delivery is parked after the eighth', async () => {
    failing(() => new Error('a fault'), 20);
    await enqueue();
    expectGrowing(await waitsOf(20), [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000]);
    expect(await rows()).toMatchObject([{ state: 'parked', outcome: 'failed', attempts: 8, failures: 7 }]);
    expect(system.bot.calls).toHaveLength(8);
  });

  it('grows up to a minute, without parking, while a healthy bot answers 405', async () => {
    failing(() => new RequestError(405, 'Method not allowed'), 10);
    await enqueue();
    expectGrowing(await waitsOf(10), [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
    expect(await eventually(rows, ([row]) => row?.state === 'done')).toMatchObject([{ attempts: 11, failures: 0 }]);
  });

  it('is Retry-After plus at most a tenth, for any number of attempts, without a failure', async () => {
    failing(() => new RetryLater('busy', 30), 10);
    await enqueue();
    const waits = await waitsOf(10);
    expect(waits).toHaveLength(10);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(33_000);
    expect(await eventually(rows, ([row]) => row?.state === 'done')).toMatchObject([{ attempts: 11, failures: 0 }]);
  });

  it('grows from 250 ms while the bot knows a later revision, at most eight times', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      system.bot.next(() => ({
        updateUserRole: { success: false, message: 'older', roles_updated: false, reason: 'superseded' },
      }));
    }
    await enqueueRole();
    expectGrowing(await waitsOf(20), [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(await rows()).toMatchObject([{ state: 'done', outcome: 'superseded', attempts: 9 }]);
    expect(await orm().select().from(users)).toMatchObject([{ revision: 2 + 255, confirmedRevision: 2 }]);
  });
});

describe('the hourly run', () => {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    await start();
  });

  it('sends unconfirmed roles again, not a millisecond early', async () => {
    await orm().update(users).set({ confirmedRevision: 1 });
    vi.advanceTimersByTime(HOUR_MS - 1);
    await enqueue();
    await system.bot.received(1);
    expect(system.bot.calls.map(({ operation }) => operation)).toEqual(['notifyUser']);
    vi.advanceTimersByTime(1);
    expect((await system.bot.received(2))[1]).toMatchObject({
      operation: 'updateUserRole',
      body: { discord_id: '7', plan: 'moddy_max', revision: 2 },
    });
  });

  it('requests the resync that the start of the bot requested before, if that was lost', async () => {
    const { breaker } = system.backend.deliverer;
    const resync = () => orm().select().from(jobs).where(eq(jobs.name, 'affirm'));
    // A minute after the bot's start, and not in a day as without it.
    const requested = () =>
      eventually(resync, ([job]) => job?.dueAt.getTime() === Date.parse(breaker.botStartedAt ?? '') + 60_000);
    await requested();
    await orm().update(jobs).set({ dueAt: sql`now() + interval '1 day'` }).where(eq(jobs.name, 'affirm'));
    vi.advanceTimersByTime(HOUR_MS);
    await requested();
  });

  it('ends a message to a user who has not joined for 72 hours, not earlier', async () => {
    system.bot.next(() => ({
      notifyUser: { success: false, message: 'not here', notification_sent: false, reason: 'no_mutual_guild' },
    }));
    await enqueue();
    await eventually(rows, ([row]) => row?.state === 'waiting');
    await advanceClock(orm(), 71.5 * HOUR_MS);
    vi.advanceTimersByTime(HOUR_MS);
    // Its own run of the hour is over when the roles of that run have come.
    await orm().update(users).set({ confirmedRevision: 1 });
    vi.advanceTimersByTime(HOUR_MS);
    await eventually(rows, (all) => all.some(({ kind, state }) => kind === 'roles' && state === 'done'));
    expect((await rows())[0]).toMatchObject({ state: 'waiting' });
    await advanceClock(orm(), HOUR_MS);
    vi.advanceTimersByTime(HOUR_MS);
    expect(await eventually(rows, ([row]) => row?.state !== 'waiting')).toMatchObject([
      { state: 'done', outcome: 'no_mutual_guild', attempts: 1 },
      { kind: 'roles' },
    ]);
  });
});

it('a stopped service leaves no timer behind', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const before = vi.getTimerCount();
  await start();
  const { backend } = system;
  expect(vi.getTimerCount()).toBeGreaterThan(before);
  await backend.stop();
  expect(vi.getTimerCount()).toBe(before);
});

describe('a delivery', () => {
  beforeEach(start);

  it.each([
    ['notify', 72 * 3_600 - 60, 'done', 'sent'],
    ['notify', 72 * 3_600 + 60, 'parked', 'expired'],
    ['roles', 72 * 3_600 + 60, 'done', 'updated'],
  ] as const)('of %s that is %i seconds old is %s', async (kind, seconds, state, outcome) => {
    const createdAt = sql`now() - ${`${seconds} seconds`}::interval`;
    await orm()
      .insert(deliveries)
      .values({ userId, kind, message: kind === 'notify' ? message : null, createdAt });
    expect(await eventually(rows, ([row]) => row?.state !== 'pending')).toMatchObject([{ state, outcome }]);
  });

  it('of a message to a user who joined less than 15 seconds ago is retried every five seconds, then waits', async () => {
    await stopClock(orm());
    const notHere = () => ({
      notifyUser: { success: false, message: '', notification_sent: false, reason: 'no_mutual_guild' as const },
    });
    system.bot.next(notHere, notHere, notHere);
    await orm()
      .insert(discordEvents)
      .values({ type: 'member_joined', discordId: '7', requestHash: 'a', receivedAt: sql`now()` });
    await advanceClock(orm(), 6_000);
    await enqueue();
    expect(await waitsOf(2)).toEqual([5_000, 5_000]);
    expect(await eventually(rows, ([row]) => row?.state !== 'pending')).toMatchObject([
      { state: 'waiting', attempts: 3 },
    ]);
  });
});
