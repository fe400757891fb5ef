import { RetryLater } from '@moddy/runtime/errors';
import { expect, it } from 'vitest';
import { lockUser } from '../database/lock-user.ts';
import { users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { startTestBackend } from '../testing/start-test-backend.ts';
import { enqueueMessages } from './enqueue.ts';

it.each(['guild', 'token', 'roles'])(
  'sends what was postponed, and unconfirmed roles, as soon as the check %s of the bot is well again',
  async (name) => {
    const { backend, bot } = await startTestBackend();
    const db = backend.database.orm;
    const [user] = await db
      .insert(users)
      .values({ discordId: '7', plan: 'moddy_max', revision: 2, confirmedRevision: 1 })
      .returning();
    bot.control.checks = [{ name, status: 'unhealthy' }];
    await backend.deliverer.breaker.suspect();
    bot.next(() => {
      throw new RetryLater('Not now', 3_600);
    });
    await transaction(db, async (tx) => {
      const locked = await lockUser(tx, { userId: user?.userId ?? 0 });
      const none = { customerId: null, interval: null, change: null, effectiveAt: null };
      await enqueueMessages(tx, locked, [{ action: 'subscription_created', plan: 'moddy_max', ...none }]);
    });
    await bot.received(1);
    expect(bot.calls.map(({ operation }) => operation)).toEqual(['notifyUser']);
    bot.control.checks = [{ name, status: 'healthy' }];
    const calls = await bot.received(3);
    expect(
      calls
        .slice(1)
        .map(({ operation }) => operation)
        .toSorted(),
    ).toEqual(['notifyUser', 'updateUserRole']);
  },
);
