import { createLogger } from '@moddy/runtime/log';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { giveGrant } from '../../billing/grants.ts';
import { eq, gte, sql } from '../../database/drizzle.ts';
import {
  customers,
  deliveries,
  discordEvents,
  grants,
  jobs,
  sessions,
  subscriptions,
  users,
} from '../../database/schema.ts';
import { formatParked } from '../../operator/format-parked.ts';
import { listParked } from '../../operator/list-parked.ts';
import { createPlans } from '../../plans.ts';
import { createStripe } from '../../stripe-client.ts';
import { eventually } from '../../testing/eventually.ts';
import { PLAN_PRICES, SECRET } from '../../testing/start-test-backend.ts';
import { MEMBER, MONTHLY, PRO, startTestSite, type TestSite } from '../testing/start-test-site.ts';
import { eraseUsers } from './erase-users.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('deleting an account', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
      const ledger = book();
      ledger.products.add(
        product(ledger, 'prod_course', { name: 'A course', description: 'Sold beside Moddy', features: [] }),
      );
      ledger.prices.add(price(ledger, { id: 'price_course', product: 'prod_course', interval: 'month', amount: 500 }));
    }),
  );
  const db = () => site.backend.database.orm;
  const book = () => site.stripe.books.named('test').ledger;
  const statusOf = (subscription: string) => book().subscriptions.get(subscription)?.status;
  const plans = createPlans(new Map(Object.entries(PLAN_PRICES)));
  const erase = (inMs = MINUTE_MS, livemode = false) =>
    eraseUsers({
      db: db(),
      stripe: createStripe(site.stripe.apiKey, site.stripe.url),
      rules: { plans, pastDueGraceMs: 0 },
      livemode,
      log: createLogger('silent', 'erasure'),
      now: new Date(site.stripe.nowMs() + inMs),
    });
  const forgotten = async () => (await erase()).forgotten;
  /** The job as the service runs it, at a later moment. */
  const runJob = (satisfies: (job: typeof jobs.$inferSelect | undefined) => boolean) =>
    eventually(async () => {
      await db().update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.name, 'erase'));
      site.backend.schedule.wake();
      return (await db().select().from(jobs).where(eq(jobs.name, 'erase')))[0];
    }, satisfies);
  const confirm = async (visitor: ReturnType<TestSite['visitor']>) =>
    visitor.submit(await visitor.get('/account/delete'), '/account/delete', { confirm: 'yes' });

  it('asks for confirmation and does nothing without the checkbox', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const page = await visitor.get('/account/delete');
    expect(page.text).toContain('This cannot be undone');
    expect((await visitor.submit(page, '/account/delete')).status).toBe(400);
    expect((await visitor.get('/account')).status).toBe(200);
  });

  it('names foreign products before the confirmation, or says that Stripe does not answer', async () => {
    const { id: discordId } = site.discord.addUser();
    const { customer } = site.stripe.subscribe({ discordId, price: MONTHLY });
    await eventually(
      () => findByDiscordId(db(), discordId),
      (found) => found?.user.plan === 'moddy_max',
    );
    site.stripe.setWebhooks([]);
    site.stripe.subscribe({ discordId, customer, price: 'price_course', anonymous: true });
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const page = await visitor.get('/account/delete');
    expect(page.text).toContain('A course is not part of Moddy: it continues');
    expect(page.text).not.toContain('Moddy Max is not part');
    const french = site.visitor('fr');
    await site.logIn(french, discordId);
    expect((await french.get('/account/delete')).text).toContain('A course ne fait pas partie de Moddy');
    site.stripe.outage();
    expect((await visitor.get('/account/delete')).text).toContain('Stripe is not responding');
    site.stripe.faults.clear();
    await db().update(users).set({ plan: 'free' }).where(eq(users.discordId, discordId));
    site.stripe.setWebhooks([{ url: `${site.publicUrl}/payments/webhook`, secret: 'whsec_test' }]);
  });

  it('ends the subscriptions despite a lost answer, removes the role, and then erases the user', async () => {
    const before = site.bot.calls.length;
    const { customer, subscription } = site.stripe.subscribe({ discordId: MEMBER, price: MONTHLY });
    const second = site.stripe.subscribe({ discordId: MEMBER, price: PRO, customer });
    await site.bot.received(before + 2);
    await db().insert(discordEvents).values({ type: 'member_joined', discordId: MEMBER, requestHash: 'x' });
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const { userId } = (await findByDiscordId(db(), MEMBER))?.user ?? { userId: 0 };

    // The SDK repeats it, and Stripe answers 404.
    site.stripe.fail({ method: 'DELETE', path: '/v1/subscriptions/', effect: 'lose', times: 1 });
    const page = await confirm(visitor);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Your account is being deleted');
    expect(visitor.cookies().has('session')).toBe(false);
    expect(await db().select().from(sessions).where(eq(sessions.userId, userId))).toEqual([]);
    const calls = (await site.bot.received(before + 4)).slice(before + 2);
    expect(calls.map(({ operation, body }) => [operation, body.discord_id, body.plan]).toSorted()).toEqual([
      ['notifyUser', MEMBER, 'free'],
      ['updateUserRole', MEMBER, 'free'],
    ]);
    await eventually(forgotten, (count) => count === 1);
    expect([statusOf(subscription), statusOf(second.subscription)]).toEqual(['canceled', 'canceled']);
    expect(book().customers.get(customer)?.metadata).toEqual({});
    const [user] = await db().select().from(users).where(eq(users.userId, userId));
    expect(user).toMatchObject({ discordId: `erased:${userId}`, email: null, locale: null, plan: 'free' });
    expect(await db().select().from(deliveries).where(eq(deliveries.userId, userId))).toEqual([]);
    expect(await db().select().from(discordEvents).where(eq(discordEvents.discordId, MEMBER))).toEqual([]);
    // Accounting needs these rows.
    expect(await db().select().from(customers).where(eq(customers.userId, userId))).toMatchObject([
      { customerId: customer, discordIdHint: null },
    ]);
    expect(await db().select().from(subscriptions).where(eq(subscriptions.customerId, customer))).toHaveLength(2);
    expect(await forgotten()).toBe(0);
  });

  it('lets the user log in afterwards as a new one', async () => {
    const page = await site.logIn(site.visitor(), MEMBER);
    expect(page.text).toContain('You have no subscription.');
    expect(page.text).toContain('None yet.');
  });

  it('409 for a login and 401 for a payment in another tab while the account is being deleted', async () => {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const form = await visitor.get(`/subscribe?price=${MONTHLY}`);
    const tab = site.visitor();
    const left = await tab.get('/login', { follow: 0 });
    const back = site.discord.authorize(left.headers.get('location') ?? '', discordId);
    // A payment that has begun in another tab when the wish comes.
    const token = visitor.cookies().get('session') ?? '';
    const asked = site.stripe.requests.length;
    site.stripe.fail({ method: 'POST', path: '/v1/checkout/sessions', effect: 'slow', delayMs: 60_000, times: 1 });
    const paying = visitor.submit(form, '/checkout');
    await site.stripe.changes.until(() =>
      site.stripe.requests.slice(asked).some(({ path }) => path === '/v1/customers'),
    );
    const other = site.visitor();
    other.cookies().set('session', token);
    await confirm(other);
    // Ends the delay.
    site.stripe.faults.clear();
    expect((await paying).status).toBe(401);
    const late = await tab.get(back);
    expect(late.status).toBe(409);
    expect(late.text).toContain('Your account is being deleted');
    expect(
      await db()
        .select()
        .from(sessions)
        .innerJoin(users, eq(users.userId, sessions.userId))
        .where(eq(users.discordId, discordId)),
    ).toEqual([]);
    await eventually(forgotten, (count) => count === 1);
    expect(book().customers.filter(({ metadata }) => metadata.discord_id === discordId)).toEqual([]);
    expect(
      book().checkoutSessions.filter((each) => each.client_reference_id === discordId && each.status === 'open'),
    ).toEqual([]);
  });

  it('ends a granted plan', async () => {
    const { id: discordId } = site.discord.addUser();
    const deps = {
      db: db(),
      livemode: false,
      rules: { plans, pastDueGraceMs: 0 },
      now: () => new Date(site.stripe.nowMs()),
    };
    const endsAt = new Date(site.stripe.nowMs() + DAY_MS);
    await giveGrant(deps, discordId, { plan: 'moddy_max', endsAt, author: 'operator', reason: 'a friend' });
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const { userId } = (await findByDiscordId(db(), discordId))?.user ?? { userId: 0 };
    await confirm(visitor);
    await eventually(forgotten, (count) => count === 1);
    expect(await db().select().from(grants).where(eq(grants.userId, userId))).toEqual([]);
    expect(site.bot.calls.filter(({ body }) => body.discord_id === discordId).at(-1)?.body.plan).toBe('free');
  });

  describe('with a foreign product beside ours', () => {
    const stripe = () => createStripe(site.stripe.apiKey, site.stripe.url);
    const inDays = (days: number) => Math.floor(site.stripe.nowMs() / 1000) + days * 86_400;
    const schedule = (customer: string, ...phases: readonly string[][]) =>
      stripe().subscriptionSchedules.create({
        customer,
        start_date: inDays(10),
        phases: phases.map((prices, at) => ({
          end_date: inDays(40 + 30 * at),
          items: prices.map((each) => ({ price: each })),
        })),
      });
    const known = (discordId: string) =>
      eventually(
        () => findByDiscordId(db(), discordId),
        (found) => found?.user.plan === 'moddy_max',
      );

    it('ends our item of a shared subscription and erases the user', async () => {
      const { id: discordId } = site.discord.addUser();
      const metadata = { discord_id: discordId };
      const { id: customer } = await stripe().customers.create({ metadata });
      const items = [{ price: 'price_course' }, { price: MONTHLY }];
      const { id } = await stripe().subscriptions.create({ customer, metadata, items });
      const { user } = (await known(discordId)) ?? {};
      const visitor = site.visitor();
      await site.logIn(visitor, discordId);
      expect((await visitor.get('/account/delete')).text).toContain('A course is not part of Moddy: it continues');
      await confirm(visitor);
      await eventually(forgotten, (count) => count === 1);
      const left = await stripe().subscriptions.retrieve(id);
      expect([left.status, ...left.items.data.map((item) => item.price.id)]).toEqual(['active', 'price_course']);
      expect(left.metadata.discord_id).toBeUndefined();
      expect(
        await db()
          .select()
          .from(users)
          .where(eq(users.userId, user?.userId ?? 0)),
      ).toMatchObject([{ discordId: `erased:${user?.userId}`, plan: 'free' }]);
      // The next period of it changes nothing.
      site.stripe.renew(id);
      await site.stripe.deliveries.idle();
      expect(await findByDiscordId(db(), discordId)).toBeUndefined();
    });

    it('cancels our schedule and leaves a foreign schedule alone', async () => {
      const { id: discordId } = site.discord.addUser();
      const { customer } = site.stripe.subscribe({ discordId, price: MONTHLY });
      const ours = await schedule(customer, [PRO], [MONTHLY]);
      const foreign = await schedule(customer, ['price_course']);
      await known(discordId);
      const visitor = site.visitor();
      await site.logIn(visitor, discordId);
      await confirm(visitor);
      await eventually(forgotten, (count) => count === 1);
      expect((await stripe().subscriptionSchedules.retrieve(ours.id)).status).toBe('canceled');
      expect((await stripe().subscriptionSchedules.retrieve(foreign.id)).status).toBe('not_started');
    });

    it('waits for an operator while a schedule would sell both', async () => {
      const { id: discordId } = site.discord.addUser();
      const { customer } = site.stripe.subscribe({ discordId, price: MONTHLY });
      const { id } = await schedule(customer, ['price_course'], ['price_course', PRO]);
      await known(discordId);
      const visitor = site.visitor();
      await site.logIn(visitor, discordId);
      await confirm(visitor);
      const { waiting } = await erase();
      expect(waiting).toMatchObject([
        { reasons: [`${id} (not_started): sells a foreign product beside ours: take ours out of it at Stripe`] },
      ]);
      await stripe().subscriptionSchedules.cancel(id);
      await eventually(forgotten, (count) => count === 1);
    });
  });

  it('does not erase within a minute, as earlier requests may still run', async () => {
    await db()
      .insert(users)
      .values({ discordId: '4243', erasureRequestedAt: new Date(site.stripe.nowMs()) });
    expect(await erase(0)).toMatchObject({ forgotten: 0, waiting: [{ reasons: ['requests that may still run'] }] });
    expect(await forgotten()).toBe(1);
  });

  it('alerts with the cause after 24 hours and continues when the cause is gone', async () => {
    const { id: discordId } = site.discord.addUser();
    const older = site.stripe.subscribe({ discordId, price: MONTHLY });
    const { subscription } = site.stripe.subscribe({ discordId, price: PRO, customer: older.customer });
    await eventually(
      () => findByDiscordId(db(), discordId),
      (found) => found?.user.plan === 'moddy_max',
    );
    // Stripe lists the newer one first: the other ends all the same.
    site.stripe.fail({ method: 'DELETE', path: `/v1/subscriptions/${subscription}`, effect: 'status', status: 403 });
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const { userId } = (await findByDiscordId(db(), discordId))?.user ?? { userId: 0 };
    await confirm(visitor);
    const quiet = await runJob((job) => job?.outcome === 'forgot 0, 1 wait');
    expect(quiet?.alert).toBe(false);
    const metrics = async () =>
      (
        await (await fetch(`${site.internalUrl}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } })).text()
      ).split('\n');
    expect(await metrics()).toContain('moddy_erasures_overdue 0');

    await db()
      .update(users)
      .set({ erasureRequestedAt: new Date(site.stripe.nowMs() - DAY_MS) })
      .where(eq(users.userId, userId));
    await runJob((job) => job?.alert === true);
    const cause = `user id ${userId} (${subscription} (active): StripePermissionError 403)`;
    const parked = formatParked(await listParked(db())).join('\n');
    expect(parked).toContain(`erase: forgot 0, 1 wait, 1 of them for more than 24 hours: ${cause}`);
    expect(parked).toContain('it goes on by itself');
    expect(await metrics()).toContain('moddy_erasures_overdue 1');
    expect([statusOf(older.subscription), statusOf(subscription)]).toEqual(['canceled', 'active']);
    expect((await findByDiscordId(db(), discordId))?.user.userId).toBe(userId);

    site.stripe.faults.clear();
    await eventually(forgotten, (count) => count === 1);
    expect(statusOf(subscription)).toBe('canceled');
    await runJob((job) => job?.outcome === 'forgot 0, 0 wait' && !job.alert);
  });

  it('waits for an operator when the key cannot read a customer, except one of the test mode', async () => {
    const erasureRequestedAt = new Date(site.stripe.nowMs());
    const [user] = await db().insert(users).values({ discordId: '4244', erasureRequestedAt }).returning();
    const userId = user?.userId ?? 0;
    await db().insert(customers).values({ customerId: 'cus_elsewhere', userId, livemode: false });
    expect(await erase()).toMatchObject({
      forgotten: 0,
      waiting: [{ reasons: ['cus_elsewhere: not in this Stripe account and mode'] }],
    });
    const is = (set: Partial<typeof customers.$inferInsert>) =>
      db().update(customers).set(set).where(eq(customers.userId, userId));
    await is({ parkedReason: 'other_account_or_mode', acknowledgedReason: 'other_account_or_mode' });
    expect(await forgotten()).toBe(1);
    await db().update(users).set({ discordId: '4244' }).where(eq(users.userId, userId));
    await is({ parkedReason: null, acknowledgedReason: null, livemode: true });
    expect(await forgotten()).toBe(0);
    await is({ livemode: false });
    expect((await erase(MINUTE_MS, true)).forgotten).toBe(1);
    await db().delete(customers).where(eq(customers.userId, userId));
  });

  it('is not delayed by a hundred waiting users and a failed erasure', async () => {
    const erasureRequestedAt = new Date(site.stripe.nowMs());
    const crowd = Array.from({ length: 120 }, (_, index) => ({ discordId: String(5_000 + index), plan: 'moddy_max' }));
    const [first] = await db()
      .insert(users)
      .values(crowd.map((one) => ({ ...one, erasureRequestedAt })))
      .returning();
    const [broken] = await db().insert(users).values({ discordId: '6000', erasureRequestedAt }).returning();
    await db().insert(users).values({ discordId: '6001', erasureRequestedAt });
    // The name that it is to get is taken.
    await db()
      .insert(users)
      .values({ discordId: `erased:${broken?.userId}` });
    const { forgotten: count, waiting } = await erase();
    expect([count, waiting.length]).toEqual([1, 121]);
    expect(waiting.find(({ userId }) => userId === broken?.userId)?.reasons.join()).toContain('see the log');
    expect(await findByDiscordId(db(), '6001')).toBeUndefined();
    await db()
      .delete(users)
      .where(gte(users.userId, first?.userId ?? Infinity));
  });

  it('stops asking Stripe after three users while it does not answer', async () => {
    const erasureRequestedAt = new Date(site.stripe.nowMs());
    const crowd = await db()
      .insert(users)
      .values(Array.from({ length: 10 }, (_, index) => ({ discordId: String(6_100 + index), erasureRequestedAt })))
      .returning();
    await db()
      .insert(customers)
      .values(crowd.map(({ userId }) => ({ customerId: `cus_${userId}`, userId, livemode: false })));
    const asked = site.stripe.requests.length;
    site.stripe.outage();
    expect((await erase()).waiting).toHaveLength(3);
    // Each is repeated once by the SDK.
    expect(site.stripe.requests.length - asked).toBe(6);
    site.stripe.faults.clear();
    await db()
      .delete(customers)
      .where(gte(customers.userId, crowd[0]?.userId ?? Infinity));
    await db()
      .delete(users)
      .where(gte(users.userId, crowd[0]?.userId ?? Infinity));
  });

  it('erases after thirty days a user whose role could not be removed', async () => {
    await db()
      .insert(users)
      .values({
        discordId: '4242',
        revision: 2,
        confirmedRevision: 1,
        erasureRequestedAt: new Date(site.stripe.nowMs()),
      });
    expect(await erase()).toMatchObject({ forgotten: 0, waiting: [{ reasons: ['the last message or the roles'] }] });
    expect((await erase(30 * DAY_MS)).forgotten).toBe(1);
  });
});
