import { RetryLater } from '@moddy/runtime/errors';
import { describe, expect, it } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { deliveries, jobs, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import type { Call } from '../testing/stub-bot.ts';
import { enqueueRoles } from './enqueue.ts';

const MAX = 'price_moddy_max_month';
const SUPERSEDED = { success: false, message: 'newer', roles_updated: false, reason: 'superseded' } as const;

/** As the bot does: it remembers a member's last revision, and ignores what is older. */
const remembering = (last: number) => (call: Call) =>
  call.operation === 'updateUserRole' && (call.body.revision ?? 0) < last ? { updateUserRole: SUPERSEDED } : {};

const orm = ({ backend }: TestBackend) => backend.database.orm;
const user = async (system: TestBackend, discordId: string) =>
  (await orm(system).select().from(users).where(eq(users.discordId, discordId)))[0];
const roles = (system: TestBackend) =>
  orm(system).select().from(deliveries).where(eq(deliveries.kind, 'roles')).orderBy(deliveries.deliveryId);
const revisions = (calls: readonly Call[]) =>
  calls.flatMap((call) => (call.operation === 'updateUserRole' ? [call.body.revision] : []));

describe('roles of a user whom the bot remembers at a later revision', () => {
  it('are applied when an erased user subscribes again', async () => {
    const system = await startTestBackend();
    system.stripe.subscribe({ discordId: '34', price: MAX });
    await system.bot.received(2);
    system.stripe.cancelNow('34');
    await system.bot.received(4);
    await eventually(
      () => user(system, '34'),
      (row) => row?.confirmedRevision === 2,
    );
    await orm(system)
      .update(users)
      .set({ erasureRequestedAt: new Date(Date.now() - 60_000) });
    await orm(system).update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.name, 'erase'));
    system.backend.schedule.wake();
    await eventually(
      () => user(system, '34'),
      (row) => row === undefined,
    );
    system.bot.next(...Array.from({ length: 4 }, () => remembering(2)));
    system.stripe.subscribe({ discordId: '34', price: MAX });
    await eventually(
      () => user(system, '34'),
      (row) => row !== undefined && row.confirmedRevision === row.revision && row.revision > 0,
    );
    expect(revisions(system.bot.calls)).toEqual([1, 2, 1, 2]);
    expect(await roles(system)).toMatchObject([{ state: 'done', outcome: 'updated', attempts: 2 }]);
  });
});

it('a retried message keeps its body when the user changes the language', async () => {
  const system = await startTestBackend();
  const { bot, stripe } = system;
  bot.next((call) => (call.operation === 'notifyUser' ? Promise.reject(new RetryLater('busy', 1)) : {}));
  bot.next((call) => (call.operation === 'notifyUser' ? Promise.reject(new RetryLater('busy', 1)) : {}));
  stripe.subscribe({ discordId: '39', price: MAX });
  await bot.received(2);
  await orm(system).update(users).set({ locale: 'fr' });
  await orm(system).update(deliveries).set({ dueAt: sql`now()` });
  await eventually(
    () => orm(system).select().from(deliveries),
    (rows) => rows.every(({ state }) => state === 'done'),
  );
  const messages = bot.calls.filter(({ operation }) => operation === 'notifyUser');
  expect(messages).toHaveLength(2);
  expect(messages[1]?.body).toEqual(messages[0]?.body);
});

it('enqueueRoles does not compile for a user whose row is not locked', async () => {
  const system = await startTestBackend();
  await orm(system).insert(users).values({ discordId: '7' });
  await transaction(orm(system), async (tx) => {
    for (const user of await tx.select().from(users)) {
      // @ts-expect-error a row that was only read
      await enqueueRoles(tx, [user]);
    }
  });
});
