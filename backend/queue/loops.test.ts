import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BotClient } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSynchronizer } from '../billing/synchronizer.ts';
import type { Database, Orm } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { customers, deliveries, jobs, reversals, users } from '../database/schema.ts';
import { createDeliverer } from '../outbox/deliverer.ts';
import { createPlans } from '../plans.ts';
import { createFollower } from '../refunds/follower.ts';
import { createStripe } from '../stripe-client.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { eventually } from '../testing/eventually.ts';
import { UNSEEN } from '../testing/start-test-backend.ts';
import { finishJob, type JobName } from './claim-job.ts';
import { createSchedule, type Job } from './schedule.ts';
import { createWorker } from './worker.ts';

/* When the loops of the queues ask for work, and when not: all timers are the test's. */

const log = createLogger('debug', 'test', UNSEEN);

describe('a worker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
  });
  /** A worker with a scripted queue; the test ends its running jobs. */
  const work = (concurrency = 2) => {
    const queue: (string | Error)[] = [];
    const asked: number[] = [];
    const renewed: (readonly string[])[] = [];
    const running = new Map<string, { readonly end: () => void; readonly fail: (error: Error) => void }>();
    let renewal = Promise.withResolvers<void>();
    renewal.resolve();
    const worker = createWorker<string>({
      name: 'test',
      pollMs: 1_000,
      concurrency,
      log,
      take: async (free) => {
        asked.push(free);
        const [first] = queue;
        if (first instanceof Error) throw queue.shift();
        return queue.splice(0, free) as string[];
      },
      run: (job) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        running.set(job, { end: resolve, fail: reject });
        return promise;
      },
      renew: (all) => {
        renewed.push(all);
        return renewal.promise;
      },
    });
    const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms);
    return {
      worker,
      queue,
      asked,
      renewed,
      running,
      passed,
      holdRenewal: () => {
        renewal = Promise.withResolvers<void>();
        return renewal;
      },
      start: async () => {
        worker.start();
        await passed(0);
      },
    };
  };

  it('polls at once, then every second, and sooner only when it is woken', async () => {
    const { worker, asked, passed, start } = work();
    await start();
    expect(asked).toEqual([2]);
    await passed(999);
    expect(asked).toHaveLength(1);
    await passed(1);
    expect(asked).toHaveLength(2);
    await passed(500);
    worker.wake();
    await passed(0);
    expect(asked).toHaveLength(3);
    await passed(999);
    expect(asked).toHaveLength(3);
    await passed(1);
    expect(asked).toHaveLength(4);
  });

  it('polls again at once after a full batch, for no more than it can run', async () => {
    const { queue, asked, running, passed, start } = work();
    queue.push('a', 'b', 'c', 'd');
    await start();
    expect([asked, [...running.keys()]]).toEqual([[2], ['a', 'b']]);
    await passed(5_000);
    expect(asked).toEqual([2]);
    // Nothing of it wakes up in between.
    const before = Date.now();
    await vi.advanceTimersToNextTimerAsync();
    expect(Date.now() - before).toBe(1_000);
    running.get('a')?.end();
    await passed(0);
    expect([asked, [...running.keys()]]).toEqual([
      [2, 1],
      ['a', 'b', 'c'],
    ]);
    running.get('b')?.fail(new Error('a fault'));
    await passed(0);
    expect([...running.keys()]).toEqual(['a', 'b', 'c', 'd']);
    for (const job of ['c', 'd']) running.get(job)?.end();
    await passed(0);
    expect(asked.slice(-1)).toEqual([2]);
  });

  it('polls once more when it is woken during a poll', async () => {
    const { worker, asked, passed } = work();
    worker.start();
    worker.wake();
    await passed(0);
    expect(asked).toHaveLength(2);
  });

  it('waits up to three seconds while the database is unavailable, and starts short again afterwards', async () => {
    const { queue, asked, passed, start } = work();
    queue.push(...Array.from({ length: 6 }, () => new Error('away')));
    await start();
    for (const waitMs of [200, 400, 800, 1_600, 3_000, 3_000]) {
      const before = asked.length;
      await passed(waitMs - 1);
      expect(asked).toHaveLength(before);
      await passed(1);
      expect(asked).toHaveLength(before + 1);
    }
    queue.push(new Error('away'));
    await passed(1_000);
    const before = asked.length;
    await passed(200);
    expect(asked).toHaveLength(before + 1);
  });

  it('renews only running work every two seconds, one renewal at a time', async () => {
    const { queue, renewed, running, passed, start, holdRenewal } = work();
    queue.push('a');
    await start();
    await passed(1_999);
    expect(renewed).toEqual([]);
    const held = holdRenewal();
    await passed(1);
    expect(renewed).toEqual([['a']]);
    await passed(4_000);
    expect(renewed).toHaveLength(1);
    held.reject(new Error('away'));
    await passed(2_000);
    expect(renewed).toHaveLength(2);
    holdRenewal().resolve();
    running.get('a')?.end();
    await passed(4_000);
    expect(renewed).toHaveLength(2);
  });

  it('stops when running work has ended, renews it until then, and polls no more', async () => {
    const { worker, queue, asked, renewed, running, passed, start } = work();
    queue.push('a');
    await start();
    let stopped = false;
    const stopping = worker.stop().then(() => {
      stopped = true;
    });
    await passed(2_000);
    expect([stopped, renewed]).toEqual([false, [['a']]]);
    running.get('a')?.end();
    await stopping;
    const { length } = asked;
    worker.wake();
    await passed(10_000);
    expect([asked.length, renewed.length, vi.getTimerCount()]).toEqual([length, 1, 0]);
  });
});

describe('a schedule', () => {
  const HOUR_MS = 3_600_000;
  const ran: JobName[] = [];
  const open = async () => {
    ran.length = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const database = openDatabase({ url: await createMigratedDatabase() });
    onTestFinished(() => database.close());
    return database.orm;
  };
  type Db = Awaited<ReturnType<typeof open>>;
  const job = (db: Db, name: JobName, more: Partial<Job> = {}): Job => ({
    name,
    everyMs: HOUR_MS,
    run: async (claim) => {
      ran.push(name);
      await finishJob(db, claim, { everyMs: HOUR_MS, outcome: 'well', alert: false });
    },
    ...more,
  });
  const due = (db: Db) => db.update(jobs).set({ dueAt: new Date(0) });
  const rowOf = async (db: Db, name: JobName) => (await db.select().from(jobs)).find((each) => each.name === name);

  it('runs due jobs once a minute, in order, and skips jobs that are not ready', async () => {
    const db = await open();
    let isReady = false;
    const ready = vi.fn(() => isReady);
    const schedule = createSchedule(db, log, [job(db, 'prune'), job(db, 'erase'), job(db, 'audit', { ready })]);
    await schedule.start();
    onTestFinished(() => schedule.stop());
    // Each pass ends with the last job, which is not ready.
    const passes = async () => ready.mock.calls.length;
    await eventually(passes, (count) => count === 1);
    await due(db);
    vi.advanceTimersByTime(59_999);
    expect(ready).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1);
    await eventually(passes, (count) => count === 2);
    expect(ran).toEqual(['prune', 'erase']);
    isReady = true;
    schedule.wake();
    await eventually(
      () => rowOf(db, 'audit'),
      (row) => row?.outcome === 'well',
    );
    expect(ran).toEqual(['prune', 'erase', 'audit']);
  });

  it('runs a job again that becomes due while the jobs run', async () => {
    const db = await open();
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = job(db, 'erase', {
      run: async (claim) => {
        begun.resolve();
        await held.promise;
        await finishJob(db, claim, { everyMs: HOUR_MS, outcome: 'well', alert: false });
      },
    });
    const schedule = createSchedule(db, log, [job(db, 'prune'), slow]);
    await schedule.start();
    onTestFinished(() => schedule.stop());
    await eventually(
      () => db.$count(jobs),
      (count) => count === 2,
    );
    await db.update(jobs).set({ dueAt: new Date(0) });
    schedule.wake();
    await begun.promise;
    const before = ran.length;
    await due(db);
    schedule.wake();
    held.resolve();
    await eventually(
      async () => ran.length,
      (count) => count > before,
    );
  });

  it('postpones a failed job for five minutes, and releases a job that the shutdown interrupts at once', async () => {
    const db = await open();
    const begun = Promise.withResolvers<void>();
    const failing = job(db, 'prune', { run: () => Promise.reject(new Error('a fault')) });
    const endless = job(db, 'erase', {
      run: (_claim, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          begun.resolve();
        }),
    });
    // Ready from the second pass on: what becomes due during the first one may run in it.
    const first = Promise.withResolvers<void>();
    const ready = vi
      .fn(() => true)
      .mockImplementationOnce(() => {
        first.resolve();
        return false;
      });
    const schedule = createSchedule(db, log, [failing, endless, job(db, 'audit', { ready })]);
    await schedule.start();
    await first.promise;
    await due(db);
    schedule.wake();
    await begun.promise;
    await schedule.stop();
    const [failed, cut, never] = [await rowOf(db, 'prune'), await rowOf(db, 'erase'), await rowOf(db, 'audit')];
    const waitMs = (failed?.dueAt.getTime() ?? 0) - Date.now();
    expect([failed?.leaseUntil, cut?.leaseUntil, never?.fence]).toEqual([null, null, 0]);
    expect(waitMs).toBeGreaterThan(4 * 60_000);
    expect(waitMs).toBeLessThanOrEqual(5 * 60_000);
    expect(cut?.dueAt.getTime()).toBeLessThanOrEqual(Date.now());
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Stripe or the bot, which answers nothing until the test lets it reject everything. */
async function startSlow() {
  const held: ServerResponse[] = [];
  let released = false;
  const answer = (response: ServerResponse) =>
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"not now"}}');
  const server = createServer((_request, response) => void (released ? answer(response) : held.push(response)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: async () => held.length,
    release: () => {
      released = true;
      for (const response of held) answer(response);
    },
  };
}

interface Loop {
  readonly concurrency: number;
  readonly pollMs: number;
  readonly create: (database: Database, url: string) => { start(): Promise<void>; stop(): Promise<void> };
  /** Work without a NOTIFY. */
  readonly insert: (db: Orm, id: number) => Promise<unknown>;
  readonly rows: (db: Orm) => Promise<readonly { readonly leaseUntil: Date | null }[]>;
}

const now = () => new Date();
const billing = ({ orm }: Database, url: string) => ({
  db: orm,
  stripe: createStripe('sk_test_slow', url),
  livemode: false,
  rules: { plans: createPlans(new Map([['pro', ['price_pro']]])), pastDueGraceMs: 0 },
  policy: 'none' as const,
  now,
  log,
});
const LOOPS: Readonly<Record<string, Loop>> = {
  syncs: {
    concurrency: 4,
    pollMs: 1_000,
    create: (database, url) => createSynchronizer(database, billing(database, url)),
    // Their time has come, and each poll requests their syncs.
    insert: (db, id) =>
      db.insert(customers).values({ customerId: `cus_${id}`, livemode: false, nextCheckAt: new Date(0) }),
    rows: (db) => db.select().from(customers),
  },
  refunds: {
    concurrency: 2,
    pollMs: 2_000,
    create: (database, url) => createFollower(database, billing(database, url)),
    insert: (db, id) =>
      db.insert(reversals).values({
        eventId: `evt_${id}`,
        kind: 'refund',
        livemode: false,
        chargeId: `ch_${id}`,
        paymentIntentId: `pi_${id}`,
        amount: 1,
        currency: 'eur',
        createdAt: now(),
      }),
    rows: (db) => db.select().from(reversals),
  },
  deliveries: {
    concurrency: 16,
    pollMs: 1_000,
    create: (database, url) => {
      const wait = () => fetch(url).then(() => Promise.reject(new Error('not now')));
      const bot = {
        // Its first answer would wake the loop.
        healthCheck: ({ signal } = {}) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        updateUserRole: wait,
      } as Partial<BotClient> as BotClient;
      return createDeliverer({ database, bot, log, skew: { see: () => {} }, paused: 'none', now });
    },
    insert: async (db, id) => {
      const [user] = await db
        .insert(users)
        .values({ discordId: String(id) })
        .returning();
      await db.insert(deliveries).values({ userId: user?.userId ?? 0, kind: 'roles' });
    },
    rows: (db) => db.select().from(deliveries),
  },
};

describe.each(Object.entries(LOOPS))('the loop of %s', (_name, { concurrency, pollMs, create, insert, rows }) => {
  it('polls by itself at its interval, runs no more at once than it may, and ends it before it stops', async () => {
    const database = openDatabase({ url: await createMigratedDatabase() });
    onTestFinished(() => database.close());
    const { orm } = database;
    const slow = await startSlow();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    await insert(orm, 0);
    // Each claim is one such statement.
    const statements = vi.spyOn(orm, 'with');
    const loop = create(database, slow.url);
    await loop.start();
    await eventually(slow.asked, (count) => count === 1);
    for (let id = 1; id <= concurrency; id += 1) await insert(orm, id);
    statements.mockClear();
    await vi.advanceTimersByTimeAsync(pollMs - 1);
    expect(statements).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await eventually(slow.asked, (count) => count >= concurrency);
    const leased = async () => (await rows(orm)).filter(({ leaseUntil }) => leaseUntil !== null).length;
    expect(await leased()).toBe(concurrency);
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    expect([await leased(), stopped]).toEqual([concurrency, false]);
    slow.release();
    await stopping;
    expect(await leased()).toBe(0);
    statements.mockClear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(statements).not.toHaveBeenCalled();
  });
});
