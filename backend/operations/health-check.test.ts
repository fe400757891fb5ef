import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { itRejects } from '@moddy/runtime/testing/rejections';
import { beforeAll, describe, expect, it } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { customers, deliveries, jobs, users } from '../database/schema.ts';
import { checkHealth } from '../health/check-health.ts';
import { formatParked } from '../operator/format-parked.ts';
import { listParked } from '../operator/list-parked.ts';
import { createPlans } from '../plans.ts';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const ask = ({ internalUrl }: TestBackend) =>
  createBackendClient({ baseUrl: internalUrl, secret: SECRET }).healthCheck();
const problemsOf = async (system: TestBackend) => {
  const { status, checks = [] } = await ask(system);
  return {
    status,
    problems: checks.filter((check) => check.status === 'unhealthy').map(({ name, detail }) => `${name}: ${detail}`),
  };
};

describe('GET /internal/health', () => {
  let system: TestBackend;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );

  it('200 healthy, with version, contract digest and start time', async () => {
    const health = await eventually(
      () => ask(system),
      ({ status }) => status === 'healthy',
    );
    expect(health).toMatchObject({
      status: 'healthy',
      service: 'website-backend',
      version: backendInternal.version,
      contract: { 'backend-internal': { version: backendInternal.version, digest: backendInternal.digest } },
    });
    expect(Date.parse(health.started_at ?? '')).toBeLessThanOrEqual(Date.now());
  });
  it('200 unhealthy while the database is unavailable', async () => {
    const offline = await startTestBackend();
    await offline.backend.database.close();
    expect((await problemsOf(offline)).problems).toContain('database: no answer');
  });
  it.each([
    [{ stuckMs: 12_345, waiting: 3 }, '3 callers have waited for a connection for 12 s, 10 of 10 in use'],
    [{ oldestTransactionMs: 61_000 }, 'a transaction is open for 61 s'],
  ])('names the cause of a stuck pool: %o', async (stuck, detail) => {
    const { database, deliverer } = system.backend;
    const pool = () => ({ ...database.pool(), total: 10, idle: 0, ...stuck });
    const plans = createPlans(new Map());
    const checks = await checkHealth({
      database: { orm: database.orm, pool },
      deliverer,
      plans,
      skew: { check: () => undefined },
      webhooks: { refused: undefined, acceptedAt: undefined },
    });
    expect(checks).toContainEqual({ name: 'database', status: 'unhealthy', detail });
  });
  it.each([
    ['53100', 'its disk is full: nothing can be stored'],
    ['25006', 'read-only: a standby, or a failover'],
  ])('200 unhealthy while the database rejects writes (%s)', async (code, detail) => {
    const full = await startTestBackend();
    const db = full.backend.database.orm;
    await db.execute(
      sql.raw(`create function no_write() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = '${code}'; end $$`),
    );
    await db.execute(sql`create trigger no_write before insert or update on jobs execute function no_write()`);
    expect((await problemsOf(full)).problems).toEqual([`database: ${detail}`]);
    await db.execute(sql`drop trigger no_write on jobs`);
    expect((await problemsOf(full)).status).toBe('healthy');
  });
  it('200 unhealthy after three wrong signatures, until an event is accepted', async () => {
    const { publicUrl, ...refusing } = await startTestBackend();
    const knock = (signature: string) =>
      fetch(`${publicUrl}/payments/webhook`, {
        method: 'POST',
        headers: { 'stripe-signature': signature },
        body: '{}',
      });
    const at = Math.floor(Date.now() / 1_000);
    for (let time = 0; time < 5; time += 1) await knock('nonsense');
    for (let time = 0; time < 2; time += 1) await knock(`t=${at},v1=${'0'.repeat(64)}`);
    expect((await problemsOf({ publicUrl, ...refusing })).problems).toEqual([]);
    await knock(`t=${at},v1=${'0'.repeat(64)}`);
    expect((await problemsOf({ publicUrl, ...refusing })).problems).toEqual([
      'webhook: 3 refused (wrong signature), none accepted since the start: is STRIPE_WEBHOOK_SECRET the one of the endpoint?',
    ]);
    refusing.stripe.subscribe({ discordId: '4', price: 'price_moddy_pro_month' });
    await refusing.bot.received(2);
    expect((await problemsOf({ publicUrl, ...refusing })).problems).toEqual([]);
  });
  it('200 unhealthy with members whose role the bot cannot assign, except absent ones', async () => {
    const { backend, ...rest } = await startTestBackend();
    const db = backend.database.orm;
    const member = { plan: 'moddy_max', revision: 2, confirmedRevision: 1 };
    const inserted = await db
      .insert(users)
      .values(['21', '22', '23', '24'].map((discordId) => ({ ...member, discordId })))
      .returning();
    const [refused, gone, pending, fresh] = inserted.map(({ userId }) => userId);
    const verdict = (userId = 0, outcome: string, detail = '') =>
      db.insert(deliveries).values({ userId, kind: 'roles', state: 'done', settledAt: new Date(), outcome, detail });
    await verdict(refused, 'not_in_guild');
    await verdict(refused, 'missing_permissions', 'The role "Moddy Max" is not below the bot\'s own role');
    await verdict(gone, 'missing_permissions');
    await verdict(gone, 'not_in_guild');
    await verdict(pending, 'pending');
    expect(fresh).toBeDefined();
    const detail = 'missing_permissions (The role "Moddy Max" is not below the bot\'s own role)';
    expect((await problemsOf({ backend, ...rest })).problems).toEqual([
      `roles: 1 member does not have their role: ${detail}; see make parked`,
    ]);
    expect(formatParked(await listParked(db))).toEqual([
      `roles of user 21: ${detail}: drag the bot's role above the plan's roles, and let it manage roles`,
    ]);
    const metrics = await fetch(`${rest.internalUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } });
    const rows = (await metrics.text())
      .split('\n')
      .filter((row) => row.startsWith('moddy_roles_unconfirmed_by_reason{'));
    expect(rows.toSorted()).toEqual([
      'moddy_roles_unconfirmed_by_reason{reason="missing_permissions"} 1',
      'moddy_roles_unconfirmed_by_reason{reason="not_in_guild"} 1',
      'moddy_roles_unconfirmed_by_reason{reason="pending"} 2',
    ]);
  });
  it('200 unhealthy while the bot is unavailable, with the cause', async () => {
    const alone = await startTestBackend();
    await alone.bot.close();
    await alone.backend.deliverer.breaker.suspect();
    const { status, problems } = await problemsOf(alone);
    expect(status).toBe('unhealthy');
    expect(problems.join()).toMatch(/bot: unreachable: healthCheck: no answer \(ECONNREFUSED\)/);
  });
  it('200 unhealthy while deliveries are paused', async () => {
    const paused = await startTestBackend({ DELIVERIES_PAUSED: 'notify' });
    expect((await problemsOf(paused)).problems).toContain('deliveries: paused by DELIVERIES_PAUSED=notify');
  });
  it('200 unhealthy with parked customers, with the reason', async () => {
    const parked = await startTestBackend();
    await parked.backend.database.orm
      .insert(customers)
      .values({ customerId: 'cus_1', livemode: false, parkedReason: 'unknown_price' });
    expect((await problemsOf(parked)).problems.join()).toContain('unknown_price');
  });
  it('200 unhealthy while a sync fails repeatedly, with an entry in parked', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    system.stripe.outage();
    const { customer } = system.stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
    await eventually(
      () => orm.$count(customers),
      (count) => count === 1,
    );
    await orm.update(customers).set({ failures: 4, retryAt: null });
    const failing = await eventually(
      () => problemsOf(system),
      ({ problems }) => problems.some((problem) => problem.startsWith('syncs')),
    );
    expect(failing.problems.join()).toContain('1 customers cannot be synced with Stripe');
    expect(formatParked(await listParked(orm)).join()).toMatch(
      new RegExp(`sync of ${customer}: failed \\d+ times, again`),
    );
    system.stripe.faults.clear();
    await orm.update(customers).set({ retryAt: null });
    await eventually(
      () => problemsOf(system),
      ({ status }) => status === 'healthy',
    );
    expect(formatParked(await listParked(orm))).toEqual(['Nothing is parked.']);
  });
  it('200 unhealthy while a job has never finished, with an entry in parked', async () => {
    const system = await startTestBackend();
    const { orm } = system.backend.database;
    system.stripe.outage();
    const ofReconcile = eq(jobs.name, 'reconcile');
    await orm.update(jobs).set({ dueAt: sql`now()`, lateAt: sql`now() - interval '1 second'` }).where(ofReconcile);
    // A query that is running may have passed it.
    const wake = () => system.backend.schedule.wake();
    await eventually(
      async () => {
        wake();
        return orm.select().from(jobs).where(ofReconcile);
      },
      ([job]) => job?.fence === 1 && job.leaseUntil === null,
    );
    expect((await problemsOf(system)).problems.join()).toContain('jobs: reconcile: does not finish');
    expect(formatParked(await listParked(orm)).join()).toContain(
      'reconcile: has never finished: the log line "job failed"',
    );
    system.stripe.faults.clear();
    await orm.update(jobs).set({ dueAt: sql`now()` }).where(ofReconcile);
    await eventually(
      async () => {
        wake();
        return problemsOf(system);
      },
      ({ status }) => status === 'healthy',
    );
    const [job] = await orm.select().from(jobs).where(ofReconcile);
    expect(job?.lateAt?.getTime()).toBeGreaterThan(Date.now() + 47 * 60 * 60 * 1_000);
  });
  itRejects(backendInternal.operations.healthCheck, () => ({ url: system.internalUrl, secret: SECRET }));
});
