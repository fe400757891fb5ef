import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { createStripe } from '../../stripe-client.ts';
import { eventually } from '../../testing/eventually.ts';
import { MONTHLY, startTestSite, type TestSite } from '../testing/start-test-site.ts';
import type { Visitor } from '../testing/visitor.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Each on the account page and on the way to a second purchase: one truth, one button, and what the button does. */
describe('a subscription that needs attention', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );
  const stripe = () => createStripe(site.stripe.apiKey, site.stripe.url);
  const ledger = () => site.stripe.books.named('test').ledger;
  const visit = async (discordId: string) => {
    site.discord.addUser({ id: discordId, username: `user-${discordId}` });
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    return visitor;
  };
  const account = (visitor: Visitor, text: string) =>
    eventually(
      () => visitor.get('/account'),
      (page) => page.text.includes(text),
    );
  /** The primary buttons of a page and where they lead. */
  const buttonsOf = (text: string) =>
    [
      ...text.matchAll(
        /action="([^"]*)"><button class="primary">([^<]*)|<a class="button primary" href="([^"]*)">([^<]*)/g,
      ),
    ].map(([, action, label, href, text]) => `${label ?? text} → ${action ?? href}`);
  const isRefused = async (visitor: Visitor, button: string) => {
    const page = await visitor.get(`/subscribe?price=${MONTHLY}`);
    expect(buttonsOf(page.text)).toEqual([button]);
    expect((await visitor.post('/checkout', { price: MONTHLY, attempt: 'a' })).status).toBe(409);
    return page;
  };

  it('with paused collection keeps the plan and shows no renewal', async () => {
    const visitor = await visit('801');
    const { subscription } = site.stripe.subscribe({ discordId: '801', price: MONTHLY });
    await account(visitor, 'Renews on');
    await stripe().subscriptions.update(subscription, { pause_collection: { behavior: 'void' } });
    const { text } = await account(visitor, 'Billing paused');
    expect(text).toContain('You keep your plan and nothing is charged.');
    expect(text).not.toContain('Renews on');
    expect(buttonsOf(text)).toEqual(['Manage my subscription → /portal']);
  });

  it('beside another one is shown with the Portal of its own customer', async () => {
    const visitor = await visit('810');
    site.stripe.subscribe({ discordId: '810', price: MONTHLY });
    const { id: customer } = await stripe().customers.create();
    site.stripe.subscribe({ discordId: '810', customer, price: 'price_moddy_pro_month' });
    const page = await account(visitor, 'You have a second subscription, Moddy Pro, and pay for both.');
    await visitor.post('/portal', { subscription: /name="subscription" value="([^"]*)"/.exec(page.text)?.[1] ?? '' });
    const opened = site.stripe.requests.findLast(({ path }) => path === '/v1/billing_portal/sessions');
    expect(opened?.params).toMatchObject({ customer });
    // That of a stranger opens one's own.
    const { subscription, customer: foreign } = site.stripe.subscribe({ discordId: '811', price: MONTHLY });
    await visitor.post('/portal', { subscription });
    const last = site.stripe.requests.findLast(({ path }) => path === '/v1/billing_portal/sessions');
    expect(last?.params).not.toMatchObject({ customer: foreign });
  });

  it('with an unfinished first payment is paid and not bought a second time', async () => {
    const visitor = await visit('802');
    const customer = await stripe().customers.create({ metadata: { discord_id: '802' } });
    ledger().declining.add(customer.id);
    await stripe().subscriptions.create({
      customer: customer.id,
      items: [{ price: MONTHLY }],
      metadata: { discord_id: '802' },
      payment_behavior: 'allow_incomplete',
    });
    const page = await account(visitor, 'Your first payment of €9.99 is not finished.');
    expect(buttonsOf(page.text)).toEqual(['Finish the payment → /pay']);
    await isRefused(visitor, 'Finish the payment → /pay');
    expect((await visitor.get('/checkout/success?looks=10')).text).toContain('is not finished');
    const invoice = await visitor.submit(page, '/pay');
    expect(invoice.url.pathname).toMatch(/^\/i\/in_/);
    await visitor.post(invoice.url, { action: 'pay' });
    await account(visitor, 'Renews on');
  });

  it('with a late payment shows the amount, the end of the grace and one button to the open invoice', async () => {
    const { subscription } = site.stripe.subscribe({ discordId: '803', price: MONTHLY });
    await eventually(
      async () => (await findByDiscordId(site.backend.database.orm, '803'))?.user.plan,
      (plan) => plan === 'moddy_max',
    );
    site.stripe.setCard('803', false);
    // The renewal is declined.
    const endMs = (ledger().need(ledger().subscriptions, subscription).items.data[0]?.current_period_end ?? 0) * 1000;
    site.stripe.advance(endMs + HOUR_MS - site.stripe.nowMs());
    const visitor = await visit('803');
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
    const graceEnd = day.format(endMs + 7 * DAY_MS);
    const late = await account(
      visitor,
      `Your last payment of €9.99 did not go through. Pay before ${graceEnd} to keep`,
    );
    expect(buttonsOf(late.text)).toEqual(['Pay now → /pay']);
    await isRefused(visitor, 'Pay now → /pay');
    expect((await visitor.get('/checkout/success')).text).toContain('did not go through');

    site.stripe.advance(8 * DAY_MS);
    const lapsed = await account(visitor, 'so your plan is suspended');
    expect(lapsed.text).not.toMatch(/Ended on|Renews on|Discord role/);
    expect(buttonsOf(lapsed.text)).toEqual(['Pay now → /pay']);
    expect((await isRefused(visitor, 'Pay now → /pay')).text).not.toContain('nothing more to pay');
    const invoice = await visitor.submit(lapsed, '/pay');
    await visitor.post(invoice.url, { action: 'pay' });
    await account(visitor, 'Renews on');
  });

  it('after a trial without a card is resumed, or leads to the Portal without a card', async () => {
    const visitor = await visit('804');
    const { subscription } = site.stripe.subscribe({ discordId: '804', price: MONTHLY, trialDays: 7 });
    await account(visitor, 'Free trial');
    const stored = ledger().need(ledger().subscriptions, subscription);
    const owner = ledger().need(ledger().customers, String(stored.customer));
    const { default_payment_method: card } = owner.invoice_settings;
    stored.default_payment_method = null;
    owner.invoice_settings.default_payment_method = null;
    site.stripe.pause('804');
    const paused = await account(visitor, 'ended without a payment method');
    expect(buttonsOf(paused.text)).toEqual(['Resume my subscription → /resume']);
    await isRefused(visitor, 'Resume my subscription → /resume');
    expect((await visitor.submit(paused, '/resume')).url.pathname).toMatch(/^\/p\/session\//);
    owner.invoice_settings.default_payment_method = card;
    // Whether it was resumed is not known when the answer is lost: "nothing was changed" would be wrong.
    site.stripe.fail({ method: 'POST', path: '/v1/subscriptions/*/resume', effect: 'lose' });
    expect((await visitor.submit(paused, '/resume')).url.pathname).toBe('/account');
    site.stripe.faults.clear();
    await account(visitor, 'Renews on');
    site.stripe.pause('804');
    const again = await account(visitor, 'Resume my subscription');
    expect((await visitor.submit(again, '/resume')).url.pathname).toBe('/account');
    await account(visitor, 'Renews on');
  });

  it('without an open invoice leads to the Portal; 404 for a user without a subscription', async () => {
    const visitor = await visit('805');
    expect((await visitor.post('/pay')).status).toBe(404);
    expect((await visitor.post('/resume')).status).toBe(404);
    site.stripe.subscribe({ discordId: '805', price: MONTHLY });
    await account(visitor, 'Renews on');
    expect((await visitor.post('/pay')).url.pathname).toMatch(/^\/p\/session\//);
  });
});
