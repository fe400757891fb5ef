import { createLogger } from '@moddy/runtime/log';
import { eq, gte, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { customers, deliveries, discordEvents, jobs, sessions, subscriptions, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { requestSync } from '../../queue/request-sync.ts';
import { eventually } from '../../testing/eventually.ts';
import { MEMBER, MONTHLY, OTHER_MEMBER, startTestSite, type TestSite } from '../testing/start-test-site.ts';
import { finishErasures } from './finish-erasures.ts';

const log = createLogger('silent', 'erasure');

describe('deleting an account', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await startTestSite({}, afterAll);
  });
  const db = () => site.backend.database.orm;
  const finish = async () => (await finishErasures({ db: db(), log, now: new Date() })).forgotten;

  it('asks first, and does nothing without the tick', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const page = await visitor.get('/account/delete');
    expect(page.text).toContain('This cannot be undone');
    expect((await visitor.submit(page, '/account/delete')).status).toBe(400);
    expect((await visitor.get('/account')).status).toBe(200);
  });

  it('503 and nothing forgotten while Stripe is down: a payment must not go on for somebody unknown', async () => {
    const { customer } = site.stripe.subscribe({ discordId: OTHER_MEMBER, price: MONTHLY });
    await site.bot.received(2);
    const visitor = site.visitor();
    await site.logIn(visitor, OTHER_MEMBER);
    const page = await visitor.get('/account/delete');
    site.stripe.fail({ method: 'DELETE', path: '/v1/subscriptions/', effect: 'status', status: 500 });
    expect((await visitor.submit(page, '/account/delete', { confirm: 'yes' })).status).toBe(503);
    site.stripe.faults.clear();
    expect((await findByDiscordId(db(), OTHER_MEMBER))?.user.email).not.toBeNull();
    expect((await visitor.get('/account')).status).toBe(200);
    expect(customer).toMatch(/^cus_/);
  });

  it('ends the subscription, takes the role back the ordinary way, and then forgets who it was', async () => {
    const before = site.bot.calls.length;
    const { customer, subscription } = site.stripe.subscribe({ discordId: MEMBER, price: MONTHLY });
    await site.bot.received(before + 2);
    await db().insert(discordEvents).values({ type: 'member_joined', discordId: MEMBER, requestHash: 'x' });
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const { userId } = (await findByDiscordId(db(), MEMBER))?.user ?? { userId: 0 };

    const page = await visitor.submit(await visitor.get('/account/delete'), '/account/delete', { confirm: 'yes' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('Your account is deleted');
    expect(visitor.cookies().has('session')).toBe(false);
    expect(await db().select().from(sessions).where(eq(sessions.userId, userId))).toEqual([]);
    const ledger = site.stripe.books.named('test').ledger;
    expect(ledger.subscriptions.get(subscription)?.status).toBe('canceled');
    expect(ledger.customers.get(customer)?.metadata).toEqual({});

    const calls = (await site.bot.received(before + 4)).slice(before + 2);
    expect(calls.map(({ operation, body }) => [operation, body.discord_id, body.plan]).toSorted()).toEqual([
      ['notifyUser', MEMBER, 'free'],
      ['updateUserRole', MEMBER, 'free'],
    ]);
    await eventually(finish, (count) => count === 1);
    const [user] = await db().select().from(users).where(eq(users.userId, userId));
    expect(user).toMatchObject({ discordId: `erased:${userId}`, email: null, locale: null, plan: 'free' });
    expect(await db().select().from(deliveries).where(eq(deliveries.userId, userId))).toEqual([]);
    expect(await db().select().from(discordEvents).where(eq(discordEvents.discordId, MEMBER))).toEqual([]);
    // What accounting needs.
    expect(await db().select().from(customers).where(eq(customers.userId, userId))).toMatchObject([
      { customerId: customer, discordIdHint: null },
    ]);
    expect(await db().select().from(subscriptions).where(eq(subscriptions.customerId, customer))).toHaveLength(1);
    expect(await finish()).toBe(0);
  });

  it('stays forgotten when Stripe speaks of the customer again', async () => {
    const [row] = await db().select().from(users).where(eq(users.email, 'user@example.com'));
    expect(row).toBeUndefined();
    const known = await db().select().from(customers);
    for (const customer of known) await transaction(db(), (tx) => requestSync(tx, customer));
    await eventually(
      () => db().select().from(customers),
      (all) => all.every(({ wanted, done }) => wanted === done),
    );
    expect(await findByDiscordId(db(), MEMBER)).toBeUndefined();
  });

  it('a second life: whoever logs in again afterwards is somebody new', async () => {
    const page = await site.logIn(site.visitor(), MEMBER);
    expect(page.text).toContain('You have no subscription.');
    expect(page.text).toContain('None yet.');
  });

  it('waits while something is still owed, and withdraws when the person comes back before the end', async () => {
    const before = site.bot.calls.length;
    const visitor = site.visitor();
    await site.logIn(visitor, OTHER_MEMBER);
    const { user } = (await findByDiscordId(db(), OTHER_MEMBER)) ?? {};
    expect(user?.plan).not.toBe('free');
    await db().update(users).set({ erasureRequestedAt: new Date() }).where(eq(users.discordId, OTHER_MEMBER));
    expect(await finish()).toBe(0);
    await site.logIn(visitor, OTHER_MEMBER);
    expect((await findByDiscordId(db(), OTHER_MEMBER))?.user.erasureRequestedAt).toBeNull();
    expect(site.bot.calls.length).toBe(before);
  });

  it('a hundred who wait, and one with whom something is wrong, hold up nobody else', async () => {
    const erasureRequestedAt = new Date();
    const crowd = Array.from({ length: 120 }, (_, index) => ({ discordId: String(5_000 + index), plan: 'moddy_max' }));
    const [first] = await db()
      .insert(users)
      .values(crowd.map((one) => ({ ...one, erasureRequestedAt })))
      .returning();
    const [broken] = await db().insert(users).values({ discordId: '6000', erasureRequestedAt }).returning();
    await db().insert(users).values({ discordId: '6001', erasureRequestedAt });
    // Somebody has the name already that this one is to get.
    await db()
      .insert(users)
      .values({ discordId: `erased:${broken?.userId}` });
    const deps = { db: db(), log, now: new Date() };
    expect(await finishErasures(deps)).toEqual({ forgotten: 1, failed: 1 });
    expect(await findByDiscordId(db(), '6001')).toBeUndefined();
    await db().update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.name, 'erase'));
    const [job] = await eventually(
      async () => {
        site.backend.schedule.wake();
        return db().select().from(jobs).where(eq(jobs.name, 'erase'));
      },
      ([row]) => row?.alert === true,
    );
    expect(job?.outcome).toBe('forgot 0, could not forget 1');
    await db()
      .delete(users)
      .where(gte(users.userId, first?.userId ?? Infinity));
  });

  it('forgets after thirty days also whose role could not be taken back', async () => {
    const long = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
    await db()
      .insert(users)
      .values({ discordId: '4242', revision: 2, confirmedRevision: 1, erasureRequestedAt: new Date() });
    expect(await finish()).toBe(0);
    await db().update(users).set({ erasureRequestedAt: long }).where(eq(users.discordId, '4242'));
    expect(await finish()).toBe(1);
  });
});
