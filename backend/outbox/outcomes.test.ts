import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { startStubBot } from '../testing/stub-bot.ts';
import { DELIVERIES_CHANNEL, enqueueMessages, enqueueRoles } from './enqueue.ts';

describe('deliveries by outcome', () => {
  let system: TestBackend;
  let userId: number;
  beforeEach(async () => {
    system = await startTestBackend();
    const inserted = await orm()
      .insert(users)
      .values({ discordId: '7', plan: 'moddy_max', revision: 1, confirmedRevision: 1 })
      .returning();
    userId = inserted[0]?.userId ?? 0;
  });
  const orm = () => system.backend.database.orm;
  const enqueue = (plan: string) =>
    transaction(orm(), async (tx) =>
      enqueueMessages(tx, await lockUser(tx, { userId }), [
        { action: 'plan_upgraded', plan, customerId: null, interval: null, change: null, effectiveAt: null },
      ]),
    );
  const rows = () => orm().select().from(deliveries).orderBy(deliveries.deliveryId);
  const settled = () => eventually(rows, (all) => all.every(({ state }) => state !== 'pending'));
  /** As if the wait were over. */
  const hurry = async () => {
    await orm().update(deliveries).set({ dueAt: sql`now()` });
    await orm().execute(sql`select pg_notify(${DELIVERIES_CHANNEL}, '')`);
  };

  it('200 with success settles a delivery after one call with key and attempt', async () => {
    await enqueue('a');
    expect(await settled()).toMatchObject([{ state: 'done', outcome: 'sent', attempts: 1, failures: 0 }]);
    expect(system.bot.calls).toMatchObject([
      { operation: 'notifyUser', attempt: 1, key: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
  });
  it('200 without success settles a delivery with the reason', async () => {
    system.bot.next(() => ({
      notifyUser: { success: false, message: 'closed', notification_sent: false, reason: 'dm_closed' },
    }));
    await enqueue('a');
    expect(await settled()).toMatchObject([{ state: 'done', outcome: 'dm_closed', detail: 'closed' }]);
  });
  it('503 postpones a delivery for Retry-After without a failure', async () => {
    system.bot.next(() => Promise.reject(new RetryLater('Discord is busy', 600)));
    await enqueue('a');
    const [waiting] = await eventually(rows, ([row]) => row?.leaseUntil === null && row.attempts === 1);
    expect(waiting).toMatchObject({ state: 'pending', failures: 0 });
    expect((waiting?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(590_000);
    await hurry();
    expect(await settled()).toMatchObject([{ state: 'done', attempts: 2, failures: 0 }]);
    expect(system.bot.calls.map((call) => 'key' in call && call.key)).toEqual(Array(2).fill(waiting?.idempotencyKey));
  });
  it('422 parks a delivery, and the lane continues', async () => {
    system.bot.next(() => Promise.reject(new RequestError(422, 'No such thing')));
    await enqueue('a');
    await enqueue('b');
    expect(await settled()).toMatchObject([
      { state: 'parked', outcome: 'rejected', detail: 'notifyUser: 422 No such thing' },
      { state: 'done' },
    ]);
  });
  it('an unavailable bot costs no failure, and the deliveries are sent when it is back', async () => {
    await system.bot.close();
    await enqueue('a');
    await eventually(
      async () => system.backend.deliverer.breaker.opened?.cause,
      (cause) => cause === 'unreachable',
    );
    await enqueue('b');
    const back = await startStubBot(SECRET, system.bot.port);
    await back.received(2);
    expect(await settled()).toMatchObject([
      { state: 'done', failures: 0 },
      { state: 'done', failures: 0 },
    ]);
    expect(back.calls.map(({ body }) => body.plan)).toEqual(['a', 'b']);
    await back.close();
  });
  it('a wrong secret stops the sending and parks nothing', async () => {
    await system.bot.close();
    const strict = await startStubBot('another-secret', system.bot.port);
    await enqueue('a');
    await eventually(
      async () => system.backend.deliverer.breaker.opened?.cause,
      (cause) => cause === 'misconfigured',
    );
    expect(await rows()).toMatchObject([{ state: 'pending', failures: 0 }]);
    expect(strict.calls).toEqual([]);
    await strict.close();
    const right = await startStubBot(SECRET, system.bot.port);
    await right.received(1);
    expect(await settled()).toMatchObject([{ state: 'done', failures: 0 }]);
    await right.close();
  });
  it('messages of one user keep their order when one is postponed', async () => {
    system.bot.next(() => Promise.reject(new RetryLater('busy', 1)));
    for (const plan of ['a', 'b', 'c']) await enqueue(plan);
    await eventually(
      async () => {
        await hurry();
        return rows();
      },
      (all) => all.length === 3 && all.every(({ state }) => state === 'done'),
    );
    expect(system.bot.calls.map(({ body }) => body.plan)).toEqual(['a', 'a', 'b', 'c']);
  });
  it('roles requested during an attempt are sent once more with the newest plan', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    system.bot.next(async () => {
      await held;
      return {};
    });
    await transaction(orm(), async (tx) => enqueueRoles(tx, [await lockUser(tx, { userId })]));
    await system.bot.received(1);
    await transaction(orm(), async (tx) => {
      const user = await lockUser(tx, { userId });
      await tx.update(users).set({ plan: 'free', revision: 2 });
      await enqueueRoles(tx, [user]);
    });
    release();
    expect((await system.bot.received(2)).map(({ body }) => body.plan)).toEqual(['moddy_max', 'free']);
    expect(await settled()).toHaveLength(1);
    const applied = await eventually(
      () => orm().select().from(users),
      ([user]) => user?.confirmedRevision === 2,
    );
    expect(applied).toMatchObject([{ revision: 2 }]);
  });
  it('an interrupted attempt is repeated when its lease has expired', async () => {
    await orm()
      .insert(deliveries)
      .values({
        userId,
        kind: 'notify',
        attempts: 1,
        leaseUntil: sql`now() - interval '1 second'`,
        message: {
          action: 'plan_upgraded',
          plan: 'again',
          customerId: null,
          interval: null,
          change: null,
          effectiveAt: null,
        },
      });
    expect(await settled()).toMatchObject([{ state: 'done', attempts: 2 }]);
    expect(system.bot.calls).toMatchObject([{ attempt: 2 }]);
  });
});
