import { describe, expect, it, onTestFinished } from 'vitest';
import { eq, inArray, sql } from '../database/drizzle.ts';
import { deliveries, jobs, PRIORITY, users } from '../database/schema.ts';
import type { JobName } from '../queue/claim-job.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { startStubBot } from '../testing/stub-bot.ts';

const MAX = 'price_moddy_max_month';
const MINUTE_MS = 60_000;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS);

const job = async ({ backend }: TestBackend, name: JobName) =>
  (await backend.database.orm.select().from(jobs).where(eq(jobs.name, name)))[0];
const resync = (system: TestBackend) => job(system, 'affirm');
const user = async ({ backend }: TestBackend, discordId: string) =>
  (await backend.database.orm.select().from(users).where(eq(users.discordId, discordId)))[0];

/** A subscriber whose message and role the bot has confirmed. */
async function subscribe(system: TestBackend, discordId: string): Promise<void> {
  const before = system.bot.calls.length;
  system.stripe.subscribe({ discordId, price: MAX });
  await system.bot.received(before + 2);
  await eventually(
    () => user(system, discordId),
    (row) => row?.confirmedRevision === 1,
  );
}

/** The same address, another process of the bot, noticed by the backend. */
async function restartBot(system: TestBackend, old: { close(): Promise<void> }, startedAt: Date) {
  await old.close();
  await system.backend.deliverer.breaker.suspect();
  const bot = await startStubBot(SECRET, system.bot.port, startedAt);
  onTestFinished(() => bot.close());
  await eventually(
    async () => system.backend.deliverer.breaker,
    ({ opened, botStartedAt }) => opened === undefined && botStartedAt === startedAt.toISOString(),
  );
  return bot;
}

const makeDue = ({ backend }: TestBackend, ...names: readonly JobName[]) =>
  backend.database.orm
    .update(jobs)
    .set({ dueAt: sql`now()` })
    .where(inArray(jobs.name, [...names]));

/** Wakes the schedule until this job, which is due, has been done once more. */
const done = async (system: TestBackend, name: JobName) => {
  const before = await job(system, name);
  return eventually(
    async () => {
      system.backend.schedule.wake();
      return job(system, name);
    },
    (row) => row?.finishedAt?.getTime() !== before?.finishedAt?.getTime(),
  );
};

const requested = (system: TestBackend) =>
  eventually(
    () => resync(system),
    (row) => (row?.dueAt.getTime() ?? Number.POSITIVE_INFINITY) < Date.now(),
  );

describe('confirmed roles of subscribers', () => {
  it('are sent again by one replica after the bot restarts', async () => {
    const system = await startTestBackend();
    const replica = await system.startReplica();
    await subscribe(system, '31');
    await subscribe(system, '32');
    await system.backend.database.orm.insert(users).values([
      { discordId: '33', plan: 'free', revision: 2, confirmedRevision: 2 },
      { discordId: 'erased:4', plan: 'moddy_max', revision: 1, confirmedRevision: 1, erasureRequestedAt: new Date() },
    ]);
    const bot = await restartBot(system, system.bot, minutesAgo(2));
    await requested(system);
    const ended = done(system, 'affirm');
    replica.schedule.wake();
    expect(await ended).toMatchObject({ outcome: '2 subscribers', alert: false, state: null });
    const calls = await bot.received(2);
    expect(calls.map(({ body }) => [body.discord_id, body.plan]).toSorted()).toEqual([
      ['31', 'moddy_max'],
      ['32', 'moddy_max'],
    ]);
    // A repetition that found everything right leaves no row, and nobody looks unconfirmed meanwhile.
    const left = await eventually(
      () => system.backend.database.orm.select().from(deliveries),
      (rows) => rows.every(({ state }) => state === 'done'),
    );
    expect(left).toHaveLength(4);
    expect(bot.calls).toHaveLength(2);
  });

  it('are sent at most once in ten minutes when the bot restarts repeatedly', async () => {
    const system = await startTestBackend();
    await subscribe(system, '31');
    const second = await restartBot(system, system.bot, minutesAgo(2));
    await requested(system);
    const begun = await done(system, 'affirm');
    const beganAt = begun?.startedAt?.getTime() ?? 0;
    expect((begun?.dueAt.getTime() ?? 0) - beganAt).toBeGreaterThan(23 * 60 * MINUTE_MS);
    await restartBot(system, second, new Date());
    const again = await eventually(
      () => resync(system),
      (row) => (row?.dueAt.getTime() ?? 0) < beganAt + 60 * MINUTE_MS,
    );
    expect(again?.dueAt.getTime()).toBe(beganAt + 10 * MINUTE_MS);
  });

  it('are sent daily, and a rejection makes them unconfirmed', async () => {
    const system = await startTestBackend();
    await subscribe(system, '31');
    system.bot.next(() => ({
      updateUserRole: { success: false, message: 'no right', roles_updated: false, reason: 'missing_permissions' },
    }));
    await makeDue(system, 'affirm');
    await done(system, 'affirm');
    await eventually(
      () => user(system, '31'),
      (row) => row?.confirmedRevision === 0,
    );
    expect(await system.backend.database.orm.select().from(deliveries).orderBy(deliveries.deliveryId)).toMatchObject([
      { kind: 'notify', outcome: 'sent' },
      { kind: 'roles', outcome: 'updated' },
      { kind: 'roles', outcome: 'missing_permissions', state: 'done' },
    ]);
    await makeDue(system, 'affirm');
    await done(system, 'affirm');
    await eventually(
      () => user(system, '31'),
      (row) => row?.confirmedRevision === 1,
    );
  });

  it('do not delay a payment while they wait for the bot', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    const subscribers = Array.from({ length: 1_200 }, (_, index) => ({
      discordId: String(1_000 + index),
      plan: 'moddy_max',
      revision: 1,
      confirmedRevision: 1,
    }));
    await orm.insert(users).values(subscribers);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    system.bot.next(
      ...Array.from({ length: 4 }, () => async () => {
        await held;
        return {};
      }),
    );
    await makeDue(system, 'affirm');
    await done(system, 'affirm');
    await system.bot.received(4);
    system.stripe.subscribe({ discordId: '31', price: MAX });
    const calls = await system.bot.received(6);
    expect(calls.slice(4).map(({ body }) => body.discord_id)).toEqual(['31', '31']);
    expect(await orm.$count(deliveries, eq(deliveries.priority, PRIORITY.bulk))).toBe(1_200);
    expect(await resync(system)).toMatchObject({ outcome: '1200 subscribers' });
    release();
  });

  it('wait while the bot is unavailable', async () => {
    const system = await startTestBackend();
    await subscribe(system, '31');
    await system.bot.close();
    await system.backend.deliverer.breaker.suspect();
    // Jobs are checked in turn: when another one has run twice since, this one was passed by.
    for (let ran = 1; ran <= 2; ran += 1) {
      await makeDue(system, 'erase', 'affirm');
      await done(system, 'erase');
    }
    expect(await resync(system)).toMatchObject({ startedAt: null, finishedAt: null });
    expect(await system.backend.database.orm.$count(deliveries)).toBe(2);
  });
});
