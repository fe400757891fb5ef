import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { eq, getTableColumns, isTable } from '../../database/drizzle.ts';
import * as schema from '../../database/schema.ts';
import { customers, discordEvents, grants, reversals, users } from '../../database/schema.ts';
import { eventually } from '../../testing/eventually.ts';
import type { Call } from '../../testing/stub-bot.ts';
import { MEMBER, MONTHLY, OTHER_MEMBER, startTestSite, type TestSite } from '../testing/start-test-site.ts';

describe('the account page', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );

  it('shows that there is no subscription, without a Portal button', async () => {
    const page = await site.logIn(site.visitor(), OTHER_MEMBER);
    expect(page.text).toContain('You have no subscription.');
    expect(page.text).toContain('None yet.');
    expect(page.text).not.toContain('action="/portal"');
  });

  it('shows plan, status, interval, renewal date, role and messages', async () => {
    const visitor = site.visitor();
    site.stripe.subscribe({ discordId: MEMBER, price: MONTHLY });
    await site.bot.received(2);
    await site.logIn(visitor, MEMBER);
    const page = await eventually(
      () => visitor.get('/account'),
      ({ text }) => text.includes('Sent to your direct messages') && text.includes('You have it'),
    );
    const { subscription } = (await findByDiscordId(site.backend.database.orm, MEMBER)) ?? {};
    for (const text of [
      'Alice',
      'user@example.com',
      'Moddy Max',
      'Active',
      'Every month',
      'Renews on',
      subscription?.currentPeriodEnd?.toISOString() ?? 'no end',
      'Moddy Max is active',
    ]) {
      expect(page.text).toContain(text);
    }
  });

  it('checks with Stripe on request, once a minute, and shows the result', async () => {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    const account = await site.logIn(visitor, discordId);
    const nobody = await visitor.submit(account, '/account/check');
    expect(nobody.text).toContain('We found no payment for this Discord account');
    site.stripe.subscribe({ discordId, price: MONTHLY });
    await eventually(
      () => visitor.get('/account'),
      ({ text }) => text.includes('Renews on'),
    );
    // The events of the end never come.
    site.stripe.hold();
    site.stripe.cancelNow(discordId);
    expect((await visitor.get('/account')).text).toContain('Renews on');
    const checked = await visitor.submit(await visitor.get('/account'), '/account/check');
    expect(checked.text).toContain('your subscription is up to date now');
    expect(checked.text).toContain('Your subscription ended');
    const soon = await visitor.submit(checked, '/account/check');
    expect(soon.text).toContain('We checked less than a minute ago');
    site.stripe.advance(61_000);
    expect((await visitor.submit(soon, '/account/check')).text).toContain('nothing has changed');
    await site.stripe.release();
    expect((await visitor.get('/account?checked=nonsense')).text).not.toContain('role="status"');
    expect((await site.visitor().post('/account/check')).status).toBe(401);
  });

  it('shows the end of a granted plan and nothing to pay', async () => {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const { userId } = (await findByDiscordId(site.backend.database.orm, discordId))?.user ?? { userId: 0 };
    const given = { userId, author: 'o', reason: 'partner', endedAt: null } as const;
    await site.backend.database.orm.insert(grants).values([
      { ...given, plan: 'moddy_max', endsAt: new Date('2101-03-04T12:00:00Z') },
      { ...given, plan: 'moddy_max', endsAt: new Date('2101-01-04T12:00:00Z') },
      // Another plan, and one that has ended.
      { ...given, plan: 'moddy_pro', endsAt: new Date('2103-01-01T12:00:00Z') },
      { ...given, plan: 'moddy_max', endsAt: new Date('2104-01-01T12:00:00Z'), endedAt: new Date() },
    ]);
    await site.backend.database.orm.update(users).set({ plan: 'moddy_max' }).where(eq(users.userId, userId));
    const page = await visitor.get('/account');
    expect(page.text).toContain('This plan was given to you until 4 March 2101. There is nothing to pay.');
  });

  it('shows a scheduled end, a late payment and an undelivered message', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const see = (text: string) =>
      eventually(
        () => visitor.get('/account'),
        (page) => page.text.includes(text),
      );
    site.bot.next(() => ({
      notifyUser: { success: true, message: 'DMs are closed', notification_sent: false, reason: 'dm_closed' },
    }));
    site.stripe.cancelAtPeriodEnd(MEMBER);
    const ending = await see('your direct messages are closed');
    expect(ending.text).toContain('Ends on');
    site.stripe.undoCancel(MEMBER);
    await see('the cancellation was withdrawn');
    site.stripe.failPayment(MEMBER);
    const late = await see('Your last payment of €9.99 did not go through');
    expect(late.text).toContain('Payment overdue');
    site.stripe.cancelNow(MEMBER);
    const ended = await see('Your subscription ended on');
    expect(ended.text).toContain('Ended on');
  });

  it('shows a role that waits for the user to join', async () => {
    const discordId = '777';
    site.discord.addUser({ id: discordId, username: 'outside' });
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    const answer = { success: false, message: 'Not a member', roles_updated: false, reason: 'not_in_guild' } as const;
    const onlyMessages = (call: Call) => (call.operation === 'updateUserRole' ? { updateUserRole: answer } : {});
    site.bot.next(onlyMessages, onlyMessages);
    site.stripe.subscribe({ discordId, price: MONTHLY });
    await eventually(
      () => visitor.get('/account'),
      ({ text }) => text.includes('Waiting for you to join the server'),
    );
  });

  it('is the return page of the Portal, and then announces the changes', async () => {
    const visitor = site.visitor();
    const account = await site.logIn(visitor, MEMBER);
    const portal = await visitor.submit(account, '/portal');
    expect(portal.status).toBe(200);
    expect(portal.text).toContain(`href="${site.publicUrl}/account?from=portal"`);
    expect((await visitor.get('/account?from=portal')).text).toContain('show up here within seconds');
  });

  it('exports all data of the user and none of another user', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const { orm } = site.backend.database;
    const { userId } = (await findByDiscordId(orm, MEMBER))?.user ?? { userId: 0 };
    const [{ customerId } = { customerId: '' }] = await orm
      .select()
      .from(customers)
      .where(eq(customers.userId, userId));
    const money = { kind: 'refund', livemode: false, amount: 999, currency: 'eur', createdAt: new Date() } as const;
    await orm.insert(reversals).values([
      { ...money, eventId: 'evt_own', chargeId: 'ch_own', customerId },
      { ...money, eventId: 'evt_other', chargeId: 'ch_other', customerId: 'cus_other' },
    ]);
    await orm.insert(customers).values([
      { customerId: 'cus_hinted', livemode: false, discordIdHint: MEMBER },
      { customerId: 'cus_stranger', livemode: false, discordIdHint: '777' },
    ]);
    const answer = await visitor.get('/account/export');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const own = JSON.parse(answer.text) as Record<string, unknown>;
    expect(Object.keys(own)).toEqual([
      'exportedAt',
      'account',
      'customers',
      'subscriptions',
      'grants',
      'sessions',
      'refunds',
      'messages',
      'stripeEvents',
      'discordEvents',
    ]);
    for (const text of ['ch_own', 'cus_hinted', 'customer.subscription.created']) expect(answer.text).toContain(text);
    for (const text of ['ch_other', 'cus_other', 'cus_stranger']) expect(answer.text).not.toContain(text);
    expect(answer.text).toContain(MEMBER);
    expect(answer.text).not.toContain('"777"');
    expect(answer.text).not.toContain('tokenHash');
  });

  it('exports from every table that names a user or customer', () => {
    const exported = ['customers', 'deliveries', 'discordEvents', 'grants', 'reversals', 'sessions', 'stripeEvents'];
    const tables = Object.entries(schema).flatMap(([name, table]) => {
      const columns = isTable(table) ? Object.keys(getTableColumns(table)) : [];
      return columns.some((column) => ['userId', 'customerId', 'discordId'].includes(column)) ? [name] : [];
    });
    // The differences of a comparison with Stripe are synced within minutes, and deleted.
    expect(tables.toSorted()).toEqual([...exported, 'accountDifferences', 'subscriptions', 'users'].toSorted());
  });

  it('exports all events of an active user in order; 429 after too many requests', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, OTHER_MEMBER);
    const written = Array.from({ length: 1_200 }, (_, index) => ({
      type: 'message_sent',
      discordId: OTHER_MEMBER,
      metadata: { index },
      requestHash: '',
    }));
    await site.backend.database.orm.insert(discordEvents).values(written);
    const answer = await visitor.get('/account/export');
    const { discordEvents: events } = JSON.parse(answer.text) as { discordEvents: { metadata: { index: number } }[] };
    expect(events.map(({ metadata }) => metadata.index)).toEqual(written.map(({ metadata }) => metadata.index));
    const statuses: number[] = [];
    for (let at = 0; at < 5; at += 1) statuses.push((await visitor.get('/account/export')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  it('401 without a session, on every personal page', async () => {
    for (const path of ['/account', '/account/export', '/account/delete', '/checkout/success', '/checkout/cancelled']) {
      const page = await site.visitor().get(path);
      expect([path, page.status]).toEqual([path, 401]);
      expect(page.text).toContain('Log in with Discord');
    }
  });
});
