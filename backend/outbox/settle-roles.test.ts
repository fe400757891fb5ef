import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, jobs, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import type { Call } from '../testing/stub-bot.ts';
import { enqueueRoles } from './enqueue.ts';
import { resyncUnconfirmedRoles } from './resync-roles.ts';

const MAX = 'price_moddy_max_month';
const SUPERSEDED = { success: false, message: 'newer', roles_updated: false, reason: 'superseded' } as const;

const enqueueFor = (system: TestBackend, userId: number) =>
  transaction(orm(system), async (tx) => {
    await enqueueRoles(tx, [await lockUser(tx, { userId })]);
  });

/** As the bot does: it remembers a member's last revision, and ignores what is older. */
const remembering = (last: number) => (call: Call) =>
  call.operation === 'updateUserRole' && (call.body.revision ?? 0) < last ? { updateUserRole: SUPERSEDED } : {};
const reject = () => {
  throw new RequestError(422, 'no');
};

const orm = ({ backend }: TestBackend) => backend.database.orm;
const user = async (system: TestBackend, discordId: string) =>
  (await orm(system).select().from(users).where(eq(users.discordId, discordId)))[0];
const roles = (system: TestBackend) =>
  orm(system).select().from(deliveries).where(eq(deliveries.kind, 'roles')).orderBy(deliveries.deliveryId);
const parked = async (system: TestBackend) => (await roles(system)).filter(({ state }) => state === 'parked');
const revisions = (calls: readonly Call[]) =>
  calls.flatMap((call) => (call.operation === 'updateUserRole' ? [call.body.revision] : []));

describe('roles of a user whom the bot remembers from an earlier life', () => {
  it('are given to somebody who was forgotten and subscribes again', async () => {
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

  it('are given again after a copy of the database was restored', async () => {
    const system = await startTestBackend();
    await orm(system).insert(users).values({ discordId: '34', plan: 'moddy_max', revision: 1, confirmedRevision: 0 });
    system.bot.next(...Array.from({ length: 4 }, () => remembering(7)));
    await resyncUnconfirmedRoles(orm(system));
    await eventually(
      () => user(system, '34'),
      (row) => row?.confirmedRevision === 8,
    );
    expect(revisions(system.bot.calls)).toEqual([1, 2, 4, 8]);
  });

  it('are left alone when it was overtaken by a newer one of ours', async () => {
    const system = await startTestBackend();
    const [row] = await orm(system)
      .insert(users)
      .values({ discordId: '34', plan: 'moddy_max', revision: 1 })
      .returning();
    system.bot.next(async () => {
      await orm(system).update(users).set({ revision: 2 });
      return { updateUserRole: SUPERSEDED };
    });
    await enqueueFor(system, row?.userId ?? 0);
    await eventually(
      () => roles(system),
      ([first]) => first?.state === 'done',
    );
    expect(await user(system, '34')).toMatchObject({ revision: 2, confirmedRevision: 0 });
    expect(system.bot.calls).toHaveLength(1);
  });
});

describe('roles that the bot refuses', () => {
  it('are parked once, under one number, and no longer after a later verdict', async () => {
    const system = await startTestBackend();
    await orm(system).insert(users).values({ discordId: '37', plan: 'moddy_max', revision: 1 });
    for (let hour = 1; hour <= 3; hour += 1) {
      system.bot.next(reject);
      await resyncUnconfirmedRoles(orm(system));
      await eventually(
        () => parked(system),
        ([row]) => row?.attempts === hour,
      );
    }
    const [first, ...more] = await roles(system);
    expect(more).toEqual([]);
    await resyncUnconfirmedRoles(orm(system));
    await eventually(
      () => user(system, '37'),
      (row) => row?.confirmedRevision === 1,
    );
    expect(await roles(system)).toMatchObject([
      { deliveryId: first?.deliveryId, state: 'done', outcome: 'replaced' },
      { state: 'done', outcome: 'updated' },
    ]);
  });

  it('give their place to those of a later payment', async () => {
    const system = await startTestBackend();
    const [row] = await orm(system)
      .insert(users)
      .values({ discordId: '37', plan: 'moddy_max', revision: 1 })
      .returning();
    for (let payment = 1; payment <= 2; payment += 1) {
      system.bot.next(reject);
      await enqueueFor(system, row?.userId ?? 0);
      await eventually(
        () => roles(system),
        (rows) => rows.length === payment && rows.every(({ state }) => state !== 'pending'),
      );
    }
    expect(await roles(system)).toMatchObject([
      { state: 'done', outcome: 'replaced' },
      { state: 'parked', outcome: 'rejected' },
    ]);
  });

  it('are asked again at once when something else was wanted meanwhile', async () => {
    const system = await startTestBackend();
    const [row] = await orm(system)
      .insert(users)
      .values({ discordId: '37', plan: 'moddy_max', revision: 1 })
      .returning();
    const enqueue = () => enqueueFor(system, row?.userId ?? 0);
    system.bot.next(async () => {
      await orm(system).update(users).set({ plan: 'free', revision: 2 });
      await enqueue();
      return reject();
    });
    await enqueue();
    await eventually(
      () => user(system, '37'),
      (each) => each?.confirmedRevision === 2,
    );
    expect(await parked(system)).toEqual([]);
  });
});

it('a rejoin during an attempt is not confirmed by that attempt', async () => {
  const system = await startTestBackend();
  const [row] = await orm(system).insert(users).values({ discordId: '38', plan: 'moddy_max', revision: 1 }).returning();
  const enqueue = () => enqueueFor(system, row?.userId ?? 0);
  system.bot.next(
    async () => {
      await enqueue();
      return {};
    },
    () => ({ updateUserRole: { success: false, message: 'no', roles_updated: false, reason: 'missing_permissions' } }),
  );
  await enqueue();
  await eventually(
    () => roles(system),
    ([first]) => first?.state === 'done',
  );
  expect(await user(system, '38')).toMatchObject({ revision: 1, confirmedRevision: 0 });
});

it('a message that is sent again says the same, whatever language its user has chosen since', async () => {
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

it('roles are enqueued for users whose row is locked: another caller does not compile', async () => {
  const system = await startTestBackend();
  await orm(system).insert(users).values({ discordId: '7' });
  await transaction(orm(system), async (tx) => {
    for (const user of await tx.select().from(users)) {
      // @ts-expect-error a row that was only read
      await enqueueRoles(tx, [user]);
    }
  });
});
