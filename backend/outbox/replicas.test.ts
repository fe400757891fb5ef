import { describe, expect, it } from 'vitest';
import { eq, inArray, sql } from '../database/drizzle.ts';
import { lockUser, lockUsers } from '../database/lock-user.ts';
import { deliveries, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { enqueueMessages, enqueueRoles } from './enqueue.ts';

const message = (plan: string) =>
  ({ action: 'plan_upgraded', plan, customerId: null, interval: null, change: null, effectiveAt: null }) as const;

async function addUsers({ backend }: TestBackend, count: number): Promise<readonly number[]> {
  const discordIds = Array.from({ length: count }, (_, index) => ({
    discordId: String(1_000 + index),
    revision: 1,
    confirmedRevision: 1,
  }));
  const added = await backend.database.orm.insert(users).values(discordIds).returning({ userId: users.userId });
  return added.map(({ userId }) => userId);
}

describe('deliveries on several replicas', () => {
  it('reach the bot once each, and in order per user', async () => {
    const system = await startTestBackend();
    await Promise.all([system.startReplica(), system.startReplica()]);
    const userIds = await addUsers(system, 30);
    const orm = system.backend.database.orm;
    for (const round of ['1', '2', '3', '4']) {
      await transaction(orm, async (tx) => {
        for (const user of await lockUsers(tx, inArray(users.userId, [...userIds])))
          await enqueueMessages(tx, user, [message(`${round}a`), message(`${round}b`)]);
      });
    }
    const calls = await system.bot.received(30 * 8);
    const plansOf = Map.groupBy(calls, ({ body }) => body.discord_id);
    expect(plansOf.size).toBe(30);
    for (const received of plansOf.values()) {
      expect(received.map(({ body }) => body.plan)).toEqual(['1a', '1b', '2a', '2b', '3a', '3b', '4a', '4b']);
    }
    await eventually(
      () => orm.select().from(deliveries).where(eq(deliveries.state, 'pending')),
      (pending) => pending.length === 0,
    );
    expect(system.bot.calls).toHaveLength(30 * 8);
  });

  it('keep their lease during a slow call, so that no other replica sends them', async () => {
    const system = await startTestBackend();
    await system.startReplica();
    const [userId = 0] = await addUsers(system, 1);
    const orm = system.backend.database.orm;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    system.bot.next(async () => {
      await held;
      return {};
    });
    await transaction(orm, async (tx) => enqueueMessages(tx, await lockUser(tx, { userId }), [message('slow')]));
    await system.bot.received(1);
    const [claimed] = await orm.select().from(deliveries);
    const renewed = await eventually(
      () => orm.select().from(deliveries),
      ([row]) => (row?.leaseUntil?.getTime() ?? 0) > (claimed?.leaseUntil?.getTime() ?? 0),
    );
    expect(renewed).toMatchObject([{ attempts: 1, state: 'pending' }]);
    release();
    await eventually(
      () => orm.select().from(deliveries),
      ([row]) => row?.state === 'done',
    );
    expect(system.bot.calls).toHaveLength(1);
  });

  it('settle nothing after a lost lease, and roles are sent once more', async () => {
    const system = await startTestBackend();
    const [userId = 0] = await addUsers(system, 1);
    const orm = system.backend.database.orm;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    system.bot.next(async () => {
      await held;
      return {};
    });
    await transaction(orm, async (tx) => enqueueRoles(tx, [await lockUser(tx, { userId })]));
    await system.bot.received(1);
    // As if the first attempt's process had stood still past its lease, and another one had taken over.
    await orm
      .update(deliveries)
      .set({ leaseUntil: sql`now() - interval '1 second'`, attempts: sql`${deliveries.attempts} + 1` });
    await system.bot.received(3);
    await eventually(
      () => orm.select().from(deliveries),
      ([row]) => row?.state === 'done',
    );
    release();
    await eventually(
      async () => system.bot.calls.length,
      (count) => count === 3,
    );
    expect(await orm.select().from(deliveries)).toMatchObject([{ state: 'done', wanted: 2 }]);
  });
});
