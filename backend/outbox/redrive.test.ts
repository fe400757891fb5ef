import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../database/drizzle.ts';
import { deliveries, type Message, users } from '../database/schema.ts';
import { prune } from '../events/prune.ts';
import { formatRedriven } from '../operator/format-parked.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { type RedriveOptions, redrive } from './redrive.ts';

describe('redrive', () => {
  let system: TestBackend;
  let userId: number;
  const orm = () => system.backend.database.orm;
  const insertUser = async (discordId: string) => {
    const rows = await orm()
      .insert(users)
      .values({ discordId, plan: 'moddy_max', revision: 1, confirmedRevision: 1 })
      .returning();
    return rows[0]?.userId ?? 0;
  };
  beforeEach(async () => {
    system = await startTestBackend();
    userId = await insertUser('7');
  });
  const message = (plan: string): Message => ({
    action: 'plan_upgraded',
    plan,
    customerId: null,
    interval: null,
    change: null,
    effectiveAt: null,
  });
  const insert = async (values: Partial<typeof deliveries.$inferInsert>) => {
    const settled = { state: 'parked' as const, outcome: 'failed', failures: 8, attempts: 8, settledAt: sql`now()` };
    const rows = await orm()
      .insert(deliveries)
      .values({ userId, kind: 'notify', ...settled, ...values })
      .returning();
    return rows[0]?.deliveryId ?? 0;
  };
  const run = async (options: Partial<RedriveOptions> & Pick<RedriveOptions, 'which'>) => {
    const redriven = await redrive(orm(), { force: false, dry: false, ...options });
    return redriven.map(({ delivery, becomes }) => [delivery.deliveryId, becomes]);
  };
  const settled = () =>
    eventually(
      () => orm().select().from(deliveries).orderBy(deliveries.deliveryId),
      (rows) => rows.every(({ state }) => state !== 'pending'),
    );
  const plans = () => system.bot.calls.map(({ body }) => body.plan);

  it('sends a parked message again with its failures and age reset', async () => {
    const id = await insert({
      message: message('a'),
      outcome: 'expired',
      createdAt: new Date(Date.now() - 80 * 3_600_000),
    });
    expect(await run({ which: { deliveryId: id } })).toEqual([[id, 'pending']]);
    expect(await settled()).toMatchObject([{ state: 'done', outcome: 'sent', failures: 0, attempts: 9 }]);
    expect(system.bot.calls).toMatchObject([{ attempt: 9 }]);
  });
  it('leaves a superseded message parked and reports it, unless forced', async () => {
    const old = await insert({ message: message('old') });
    await insert({ message: message('new'), state: 'done', outcome: 'sent' });
    const redriven = await redrive(orm(), { which: 'all', force: false, dry: false });
    expect(formatRedriven(redriven, false)).toEqual([
      `#${old} notify plan_upgraded old: stays parked, the user has a later message; --force sends it all the same`,
    ]);
    expect(plans()).toEqual([]);
    expect(await run({ which: 'all', force: true })).toEqual([[old, 'pending']]);
    await system.bot.received(1);
    expect(plans()).toEqual(['old']);
  });
  it('does not send a superseded message after the later one is pruned', async () => {
    const old = await insert({ message: message('old') });
    await insert({
      message: message('new'),
      state: 'done',
      outcome: 'sent',
      settledAt: new Date(0),
    });
    await prune(orm(), { before: new Date() });
    expect(await run({ which: 'all' })).toEqual([[old, 'superseded']]);
    expect(plans()).toEqual([]);
  });
  it('sends one parked roles delivery of a user and closes the others', async () => {
    await insert({ kind: 'roles' });
    await insert({ kind: 'roles' });
    expect(await run({ which: 'all' })).toEqual([
      [1, 'pending'],
      [2, 'replaced'],
    ]);
    expect(await settled()).toMatchObject([
      { state: 'done', outcome: 'updated' },
      { state: 'done', outcome: 'replaced' },
    ]);
    expect(plans()).toEqual(['moddy_max']);
  });
});
