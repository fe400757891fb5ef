import { RetryLater } from '@moddy/runtime/errors';
import { describe, expect, it } from 'vitest';
import { and, eq, isNotNull } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { enqueueMessages, enqueueRoles } from './enqueue.ts';

const message = {
  action: 'subscription_created',
  plan: 'moddy_max',
  customerId: null,
  interval: null,
  change: null,
  effectiveAt: null,
} as const;

const addUser = ({ backend }: TestBackend, confirmedRevision = 2) =>
  backend.database.orm.insert(users).values({ discordId: '7', plan: 'moddy_max', revision: 2, confirmedRevision });
const enqueue = ({ backend }: TestBackend, ...kinds: readonly ('notify' | 'roles')[]) =>
  transaction(backend.database.orm, async (tx) => {
    const user = await lockUser(tx, { userId: 1 });
    if (kinds.includes('notify')) await enqueueMessages(tx, user, [message]);
    if (kinds.includes('roles')) await enqueueRoles(tx, [user]);
  });

it('sends postponed deliveries and unconfirmed roles when the bot is healthy again', async () => {
  const system = await startTestBackend();
  const { bot } = system;
  await addUser(system, 1);
  bot.control.checks = [{ name: 'guild', status: 'unhealthy' }];
  await system.backend.deliverer.breaker.suspect();
  bot.next(() => {
    throw new RetryLater('Not now', 3_600);
  });
  await enqueue(system, 'notify');
  await bot.received(1);
  expect(bot.calls.map(({ operation }) => operation)).toEqual(['notifyUser']);
  bot.control.checks = [{ name: 'guild', status: 'healthy' }];
  const calls = await bot.received(3);
  const again = calls.slice(1).map(({ operation }) => operation);
  expect(again.toSorted()).toEqual(['notifyUser', 'updateUserRole']);
});

const failed = { success: false, message: 'not here' };
it('sends messages that wait for a member when the gateway is back, as the join may have been missed', async () => {
  const system = await startTestBackend();
  const { bot } = system;
  await addUser(system);
  bot.control.checks = [{ name: 'gateway', status: 'unhealthy' }];
  await system.backend.deliverer.breaker.suspect();
  bot.next(() => ({ notifyUser: { ...failed, notification_sent: false, reason: 'no_mutual_guild' as const } }));
  await enqueue(system, 'notify');
  const states = () => system.backend.database.orm.select({ state: deliveries.state }).from(deliveries);
  await eventually(states, ([row]) => row?.state === 'waiting');
  bot.control.checks = [{ name: 'gateway', status: 'healthy' }];
  await bot.received(2);
  await eventually(states, ([row]) => row?.state === 'done');
});

describe('a verdict that a fault of the bot may cause', () => {
  it.each([
    ['notify', { notifyUser: { ...failed, notification_sent: false, reason: 'no_mutual_guild' as const } }],
    ['roles', { updateUserRole: { ...failed, roles_updated: false, reason: 'guild_unavailable' as const } }],
  ] as const)('on %s triggers a health check, and the delivery is sent again after recovery', async (kind, answer) => {
    const system = await startTestBackend();
    const { bot } = system;
    await addUser(system);
    await system.backend.deliverer.breaker.suspect();
    let isWell = false;
    let asked = 0;
    // The health of a healthy bot is polled twice a minute.
    Object.defineProperty(bot.control, 'checks', {
      get: () => {
        asked += 1;
        const checks = [{ name: 'guild', status: isWell ? 'healthy' : 'unhealthy' }];
        isWell = asked > 1;
        return checks;
      },
    });
    bot.next(() => answer);
    await enqueue(system, kind);
    const [first, second] = await bot.received(2);
    expect(second?.operation).toBe(first?.operation);
  });
});

it('does not check the health of a delivering bot more often than usual', async () => {
  const system = await startTestBackend();
  const { bot } = system;
  await addUser(system);
  await system.backend.deliverer.breaker.suspect();
  let asked = 0;
  Object.defineProperty(bot.control, 'checks', {
    get: () => {
      asked += 1;
      return [];
    },
  });
  for (let count = 1; count <= 4; count += 1) {
    await enqueue(system, 'notify');
    await bot.received(count);
  }
  // One probe at a time, for all callers: this one ends after those that began before.
  await system.backend.deliverer.breaker.suspect();
  await system.backend.deliverer.breaker.suspect();
  expect(asked).toBe(2);
});

it('sends sixteen live and four bulk deliveries at once', async () => {
  const system = await startTestBackend();
  const { orm } = system.backend.database;
  const held = Promise.withResolvers<object>();
  system.bot.next(...Array.from({ length: 50 }, () => () => held.promise));
  await orm.insert(users).values(Array.from({ length: 30 }, (_, index) => ({ discordId: String(index + 1) })));
  const each = Array.from({ length: 30 }, (_, index) => index + 1);
  await orm
    .insert(deliveries)
    .values([
      ...each.map((userId) => ({ userId, kind: 'notify' as const, message })),
      ...each.map((userId) => ({ userId, kind: 'roles' as const, priority: PRIORITY.bulk })),
    ]);
  await system.bot.received(20);
  const inFlight = (priority: number) =>
    orm.$count(deliveries, and(eq(deliveries.priority, priority), isNotNull(deliveries.leaseUntil)));
  expect([await inFlight(PRIORITY.live), await inFlight(PRIORITY.bulk)]).toEqual([16, 4]);
  held.resolve({});
  await system.bot.received(60);
});

it('sends only roles while messages are paused', async () => {
  const system = await startTestBackend({ DELIVERIES_PAUSED: 'notify' });
  await addUser(system);
  await enqueue(system, 'notify', 'roles');
  expect((await system.bot.received(1)).map(({ operation }) => operation)).toEqual(['updateUserRole']);
  expect(await system.backend.database.orm.select().from(deliveries)).toMatchObject([
    { kind: 'notify', attempts: 0 },
    {},
  ]);
});
