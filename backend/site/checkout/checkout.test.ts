import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { eq } from '../../database/drizzle.ts';
import { customers, subscriptions, users } from '../../database/schema.ts';
import { createStripe } from '../../stripe-client.ts';
import { eventually } from '../../testing/eventually.ts';
import type { Call } from '../../testing/stub-bot.ts';
import { MEMBER, MONTHLY, PRO, startTestSite, type TestSite } from '../testing/start-test-site.ts';
import type { Seen, Visitor } from '../testing/visitor.ts';

const YEARLY = 'price_moddy_max_year';

describe('subscribing', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );
  const db = () => site.backend.database.orm;
  const book = () => site.stripe.books.named('test').ledger;
  /** A new visitor, logged in. */
  const newVisitor = async (): Promise<{ visitor: Visitor; discordId: string; userId: number }> => {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    return { visitor, discordId, userId: (await findByDiscordId(db(), discordId))?.user.userId ?? 0 };
  };
  const review = (visitor: Visitor, price: string) => visitor.get(`/subscribe?price=${price}`);
  const sessionOf = (page: Seen) => {
    const session = book().checkoutSessions.get(page.url.pathname.split('/').at(-1) ?? '');
    if (session === undefined) throw new Error(`Not at Checkout: ${page.url}`);
    return session;
  };
  const pay = (visitor: Visitor, page: Seen) => visitor.post(page.url, { action: 'pay', email: 'payer@example.com' });
  const customersOf = (userId: number) => db().select().from(customers).where(eq(customers.userId, userId));

  it('200 with plan, price and Discord account on the review page', async () => {
    const { visitor, discordId } = await newVisitor();
    const page = await review(visitor, MONTHLY);
    expect(page.status).toBe(200);
    for (const text of ['Moddy Max', '€9.99 per month', discordId]) expect(page.text).toContain(text);
    const stranger = await review(site.visitor(), MONTHLY);
    expect(stranger.text).toContain(`${site.publicUrl}/login?price=${MONTHLY}`);
  });

  it('opens Checkout with the Discord id on session, subscription and customer, and links the customer', async () => {
    const { visitor, discordId, userId } = await newVisitor();
    const checkout = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    expect(checkout.url.href.startsWith(`${site.stripe.url}/c/pay/`)).toBe(true);
    const session = sessionOf(checkout);
    expect(session).toMatchObject({ client_reference_id: discordId, metadata: { discord_id: discordId } });
    const [customer] = await customersOf(userId);
    expect(customer).toMatchObject({ customerId: session.customer, livemode: false });
    expect(book().customers.get(String(session.customer))?.metadata).toEqual({ discord_id: discordId });
    const done = await pay(visitor, checkout);
    expect(done.url.pathname).toBe('/checkout/success');
    const subscription = book().subscriptions.filter((each) => each.customer === session.customer)[0];
    expect(subscription?.metadata).toEqual({ discord_id: discordId });
  });

  it('shows a waiting success page, then plan, role and message as they arrive', async () => {
    const { visitor } = await newVisitor();
    const early = await visitor.get('/checkout/success?session_id=cs_invented');
    expect(early.text).toContain('Just a moment…');
    expect(early.headers.get('refresh')).toBe('2;url=/checkout/success?looks=1');
    const checkout = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    await pay(visitor, checkout);
    const done = await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('Moddy has sent you') && text.includes('You have your role'),
    );
    expect(done.text).toContain('You have Moddy Max');
    expect(done.headers.get('refresh')).toBeNull();
    // Cancelled or not is nothing the address decides.
    expect((await visitor.get('/checkout/cancelled')).text).toContain('You have Moddy Max');
  });

  it.each([
    ['dm_closed', 'Moddy could not message you: your direct messages are closed.'],
    ['unknown_user', 'Not delivered: Discord no longer knows this account.'],
    ['other', 'Not delivered.'],
  ] as const)('names the reason of an undelivered message on the success page: %s', async (reason, text) => {
    const { visitor, discordId } = await newVisitor();
    const onlyMessages = (call: Call) =>
      call.operation === 'notifyUser'
        ? { notifyUser: { success: false, message: 'Not sent', notification_sent: false, reason } }
        : {};
    site.bot.next(onlyMessages, onlyMessages);
    site.stripe.subscribe({ discordId, price: MONTHLY });
    await eventually(
      () => visitor.get('/checkout/success'),
      (page) => page.text.includes(text),
    );
  });

  it('activates a payment without its webhook', async () => {
    const { visitor } = await newVisitor();
    const checkout = await visitor.submit(await review(visitor, PRO), '/checkout');
    site.stripe.hold();
    await pay(visitor, checkout);
    await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('You have Moddy Pro'),
    );
    await site.stripe.release();
  });

  it('stops refreshing after a minute, and says that nothing is lost', async () => {
    const { visitor } = await newVisitor();
    const page = await visitor.get('/checkout/success?looks=30');
    expect(page.text).toContain('nothing is lost');
    expect(page.headers.get('refresh')).toBeNull();
  });

  it('shows that nothing was paid when the visitor leaves Checkout', async () => {
    const { visitor } = await newVisitor();
    const checkout = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    const back = await visitor.get(sessionOf(checkout).cancel_url ?? '');
    expect(back.status).toBe(200);
    expect(back.text).toContain('No payment was made');
  });

  it('keeps one customer and one open Checkout for repeated clicks', async () => {
    const { visitor, userId } = await newVisitor();
    const page = await review(visitor, MONTHLY);
    const [first, second] = await Promise.all([visitor.submit(page, '/checkout'), visitor.submit(page, '/checkout')]);
    expect(sessionOf(second).id).toBe(sessionOf(first).id);
    expect(await customersOf(userId)).toHaveLength(1);
    // Changing one's mind: the first Checkout can no longer be paid.
    const other = await visitor.submit(await review(visitor, YEARLY), '/checkout');
    expect(sessionOf(other).customer).toBe(sessionOf(first).customer);
    expect([sessionOf(first).status, sessionOf(other).status]).toEqual(['expired', 'open']);
  });

  it('leaves the open Checkout of another shop at the same customer alone', async () => {
    const { visitor } = await newVisitor();
    const first = sessionOf(await visitor.submit(await review(visitor, MONTHLY), '/checkout'));
    book().products.add(product(book(), 'prod_mug', { name: 'A mug', description: '', features: [] }));
    book().prices.add(price(book(), { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 500 }));
    const stripe = createStripe(site.stripe.apiKey, site.stripe.url);
    const foreign = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: String(first.customer),
      line_items: [{ price: 'price_mug', quantity: 1 }],
      success_url: 'https://example.com/thanks',
    });
    const second = sessionOf(await visitor.submit(await review(visitor, YEARLY), '/checkout'));
    const statusOf = (id: string) => book().checkoutSessions.get(id)?.status;
    expect([first.id, foreign.id, second.id].map(statusOf)).toEqual(['expired', 'open', 'open']);
  });

  it('opens a new Checkout for a page whose first Checkout has expired', async () => {
    const { visitor } = await newVisitor();
    const older = await review(visitor, MONTHLY);
    const first = await visitor.submit(older, '/checkout');
    const second = await visitor.submit(await review(visitor, YEARLY), '/checkout');
    const third = await visitor.submit(older, '/checkout');
    expect([first, second, third].map((page) => sessionOf(page).status)).toEqual(['expired', 'expired', 'open']);
    expect((await pay(visitor, third)).url.pathname).toBe('/checkout/success');
  });

  it.each([true, false])('keeps one Checkout payable when two tabs open one each at once (%s)', async (same) => {
    const { visitor, userId } = await newVisitor();
    const pages = [await review(visitor, MONTHLY), await review(visitor, same ? MONTHLY : YEARLY)];
    // Both are made before either is looked for.
    site.stripe.fail({ method: 'GET', path: '/v1/checkout/sessions', effect: 'slow', delayMs: 100 });
    const seen = await Promise.all(pages.map((page) => visitor.submit(page, '/checkout')));
    site.stripe.faults.clear();
    const [customer] = await customersOf(userId);
    const open = book().checkoutSessions.filter(
      (each) => each.customer === customer?.customerId && each.status === 'open',
    );
    expect(open).toHaveLength(1);
    // Neither tab shows one that has ended.
    expect(seen.map((page) => sessionOf(page).id)).toEqual([open[0]?.id, open[0]?.id]);
  });

  it('keeps one Checkout payable when a first purchase begins in two languages at once', async () => {
    const { visitor, userId, discordId } = await newVisitor();
    const french = site.visitor('fr');
    await site.logIn(french, discordId);
    const forms = [await review(visitor, MONTHLY), await review(french, MONTHLY)];
    const before = site.stripe.requests.length;
    // Each has made a customer before either is stored.
    site.stripe.fail({ method: 'POST', path: '/v1/customers', effect: 'late', times: 2 });
    const seen = [visitor.submit(forms[0] as Seen, '/checkout'), french.submit(forms[1] as Seen, '/checkout')];
    await site.stripe.changes.until(
      () => site.stripe.requests.slice(before).filter(({ path }) => path === '/v1/customers').length === 2,
    );
    site.stripe.faults.clear();
    const ids = (await Promise.all(seen)).map((page) => sessionOf(page).id);
    const own = book().customers.filter(({ metadata }) => metadata.discord_id === discordId);
    expect(own).toHaveLength(2);
    const open = book().checkoutSessions.filter(
      (each) => each.status === 'open' && own.some(({ id }) => id === each.customer),
    );
    expect(open).toHaveLength(1);
    expect(ids).toContain(open[0]?.id);
    expect(await customersOf(userId)).toMatchObject([{ customerId: open[0]?.customer }]);
    // The other one is found when the account is deleted.
    const hinted = await db().select().from(customers).where(eq(customers.discordIdHint, discordId));
    const unused = own.filter(({ id }) => id !== open[0]?.customer);
    expect(hinted.map(({ customerId }) => customerId)).toEqual(unused.map(({ id }) => id));
  });

  it('does not open a second Checkout beside one that is being paid', async () => {
    const { visitor } = await newVisitor();
    const first = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    const form = await review(visitor, YEARLY);
    site.stripe.hold();
    site.stripe.fail({ method: 'POST', path: '/v1/checkout/sessions/*/expire', effect: 'slow', delayMs: 100 });
    const before = site.stripe.requests.length;
    const second = visitor.submit(form, '/checkout');
    await site.stripe.changes.until(() =>
      site.stripe.requests
        .slice(before)
        .some(({ method, path }) => method === 'GET' && path === '/v1/checkout/sessions'),
    );
    site.stripe.payCheckout(sessionOf(first).id);
    expect((await second).url.pathname).toBe('/checkout/success');
    const { customer } = sessionOf(first);
    expect(book().checkoutSessions.filter((each) => each.customer === customer && each.status === 'open')).toEqual([]);
    site.stripe.faults.clear();
    await site.stripe.release();
  });

  it.each([
    ['/v1/customers', true, 1, 200],
    ['/v1/customers', false, 1, 200],
    // So often that every key is used up that two tabs have in common.
    ['/v1/customers', false, 100, 503],
    ['/v1/checkout/sessions', true, 1, 200],
    ['/v1/checkout/sessions', true, 100, 503],
    ['/v1/checkout/sessions', false, 100, 503],
  ])(
    'recovers from a 500 that Stripe replays for a day (%s, done %s, %i times: %i)',
    async (path, done, times, status) => {
      const { visitor, userId, discordId } = await newVisitor();
      const form = await review(visitor, MONTHLY);
      site.stripe.fail({ method: 'POST', path, effect: 'status', status: 500, done, times });
      const first = await visitor.submit(form, '/checkout');
      site.stripe.faults.clear();
      expect(first.status).toBe(status);
      const checkout = await visitor.submit(form, '/checkout');
      expect(sessionOf(checkout).status).toBe('open');
      expect(await customersOf(userId)).toMatchObject([{ customerId: sessionOf(checkout).customer }]);
      const named = book().customers.filter(({ metadata }) => metadata.discord_id === discordId);
      expect(named.map(({ id }) => id)).toEqual([sessionOf(checkout).customer]);
      expect(
        book().checkoutSessions.filter((each) => each.customer === named[0]?.id && each.status === 'open'),
      ).toHaveLength(1);
    },
  );

  it('limits the syncs that reloads of the waiting page request', async () => {
    const { visitor, userId } = await newVisitor();
    await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    const wanted = async () => (await customersOf(userId))[0]?.wanted ?? 0;
    const before = await wanted();
    for (let at = 0; at < 20; at += 1) expect((await visitor.get('/checkout/success?looks=0')).status).toBe(200);
    expect((await wanted()) - before).toBe(14);
  });

  it('requests a sync at every fifth poll, and shows from the fifth on that the payment is not finished', async () => {
    const { visitor, userId } = await newVisitor();
    const customerId = `cus_incomplete_${userId}`;
    await db().insert(customers).values({ customerId, userId, livemode: false });
    await db()
      .insert(subscriptions)
      .values({
        ...{ subscriptionId: `sub_incomplete_${userId}`, customerId, status: 'incomplete', plan: 'moddy_max' },
        ...{ priceId: MONTHLY, cancelAtPeriodEnd: false, createdAt: new Date() },
      });
    const wanted = async () => (await customersOf(userId))[0]?.wanted ?? 0;
    const seen: unknown[] = [];
    for (const polls of [0, 1, 4, 5, 6, 10]) {
      const before = await wanted();
      const { text } = await visitor.get(`/checkout/success?looks=${polls}`);
      seen.push([polls, (await wanted()) - before, text.includes('Just a moment…')]);
    }
    expect(seen).toEqual([
      [0, 1, true],
      [1, 0, true],
      [4, 0, true],
      [5, 1, false],
      [6, 0, false],
      [10, 1, false],
    ]);
  });

  it('409 with the Portal when there is a subscription already', async () => {
    const { visitor } = await newVisitor();
    const form = await review(visitor, MONTHLY);
    await pay(visitor, await visitor.submit(form, '/checkout'));
    await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('You have Moddy Max'),
    );
    const again = await visitor.submit(form, '/checkout');
    expect(again.status).toBe(409);
    expect(again.text).toContain('You already have Moddy Max');
    expect((await review(visitor, PRO)).text).toContain('To move to Moddy Pro');
    const portal = await visitor.submit(again, '/portal');
    expect(portal.url.href.startsWith(`${site.stripe.url}/p/session/`)).toBe(true);
    const home = await visitor.get('/');
    expect(home.text).toContain('Your plan');
  });

  it('does not sell twice while the first payment is not synced yet', async () => {
    const { visitor } = await newVisitor();
    const form = await review(visitor, MONTHLY);
    const checkout = await visitor.submit(form, '/checkout');
    site.stripe.hold();
    site.stripe.payCheckout(sessionOf(checkout).id);
    const again = await visitor.submit(form, '/checkout', { attempt: 'another' });
    expect(again.url.pathname).toBe('/checkout/success');
    await site.stripe.release();
  });

  it('sells again to a customer whose only live subscription is foreign', async () => {
    const { visitor, discordId, userId } = await newVisitor();
    await pay(visitor, await visitor.submit(await review(visitor, MONTHLY), '/checkout'));
    await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('You have Moddy Max'),
    );
    site.stripe.cancelNow(discordId);
    const [{ customerId } = { customerId: '' }] = await customersOf(userId);
    book().products.add(product(book(), 'prod_course', { name: 'A course', description: '', features: [] }));
    book().prices.add(price(book(), { id: 'price_course', product: 'prod_course', interval: 'month', amount: 500 }));
    await createStripe(site.stripe.apiKey, site.stripe.url).subscriptions.create({
      customer: customerId,
      items: [{ price: 'price_course' }],
    });
    await eventually(
      () => visitor.get('/account'),
      ({ text }) => text.includes('Your subscription ended'),
    );
    const checkout = await visitor.submit(await review(visitor, PRO), '/checkout');
    expect(sessionOf(checkout).customer).toBe(customerId);
  });

  it('creates a new customer when the known one is not in this Stripe account and mode', async () => {
    const { visitor, userId } = await newVisitor();
    await db()
      .insert(customers)
      .values({ customerId: `cus_elsewhere_${userId}`, userId, livemode: false });
    const checkout = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    const { customer } = sessionOf(checkout);
    expect(customer).not.toBe(`cus_elsewhere_${userId}`);
    const again = await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    expect(sessionOf(again).customer).toBe(customer);
    // One of the other mode is not even tried.
    await db()
      .insert(customers)
      .values({ customerId: `cus_live_${userId}`, userId, livemode: true });
    const asked = site.stripe.requests.length;
    await visitor.post('/portal');
    expect(JSON.stringify(site.stripe.requests.slice(asked))).not.toContain('cus_live');
  });

  it('404 for a price that is not for sale', async () => {
    const { visitor } = await newVisitor();
    expect((await review(visitor, 'price_invented')).status).toBe(404);
    const page = await visitor.post('/checkout', { price: 'price_invented', attempt: '1' });
    expect(page.status).toBe(404);
    expect(page.text).toContain('This price is not available');
    expect((await visitor.post('/checkout')).status).toBe(404);
  });

  it('404 for the Portal without a customer', async () => {
    const { visitor } = await newVisitor();
    expect((await visitor.post('/portal')).status).toBe(404);
  });

  it('503 when Stripe is unavailable, and nothing is stored', async () => {
    const { visitor, userId } = await newVisitor();
    const form = await review(visitor, MONTHLY);
    site.stripe.outage();
    const page = await visitor.submit(form, '/checkout');
    site.stripe.faults.clear();
    expect(page.status).toBe(503);
    expect(page.text).toContain('Nothing was paid and nothing was changed');
    expect(await customersOf(userId)).toEqual([]);
    // And works a moment later, from the same page.
    expect((await visitor.submit(form, '/checkout')).status).toBe(200);
  });

  it('404 for a price or product that is archived after the page is opened, and the plans are current', async () => {
    const archived = await startTestSite();
    const stripe = createStripe(archived.stripe.apiKey, archived.stripe.url);
    const visitor = archived.visitor();
    await archived.logIn(visitor, archived.discord.addUser().id);
    const [monthly, pro] = [await review(visitor, MONTHLY), await review(visitor, PRO)];
    const { ledger } = archived.stripe.books.named('test');
    const price = ledger.prices.get(MONTHLY);
    if (price === undefined) throw new Error('The price is not in the sandbox');
    price.active = false;
    const answer = await visitor.submit(monthly, '/checkout');
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('This price is not available');
    expect((await visitor.get('/')).text).not.toContain(`value="${MONTHLY}"`);
    const { product } = await stripe.prices.retrieve(PRO);
    const ofPro = ledger.products.get(String(product));
    if (ofPro === undefined) throw new Error('The product is not in the sandbox');
    ofPro.active = false;
    archived.stripe.advance(61_000);
    expect((await visitor.submit(pro, '/checkout')).status).toBe(404);
    expect((await visitor.get('/')).text).not.toContain('Moddy Pro');
  });

  it('500 with a reference when Stripe rejects the request', async () => {
    const { visitor } = await newVisitor();
    await visitor.submit(await review(visitor, MONTHLY), '/checkout');
    site.stripe.fail({ path: '/v1/billing_portal/sessions', effect: 'status', status: 403 });
    const page = await visitor.post('/portal');
    site.stripe.faults.clear();
    expect(page.status).toBe(500);
    expect(page.text).toMatch(/Reference <code>/);
  });

  it('shows a user with a granted plan that there is nothing to pay', async () => {
    const { visitor, userId } = await newVisitor();
    await db().update(users).set({ plan: 'moddy_max' }).where(eq(users.userId, userId));
    const { text } = await review(visitor, MONTHLY);
    expect(text).toContain('You already have Moddy Max. This plan was given to you. There is nothing to pay.');
  });

  it('401 for a visitor who is not logged in', async () => {
    const visitor = site.visitor();
    expect((await visitor.post('/checkout', { price: MONTHLY })).status).toBe(401);
    expect((await visitor.post('/portal')).status).toBe(401);
    expect((await visitor.get('/checkout/success')).status).toBe(401);
  });

  it('429 after many attempts of one user', async () => {
    const { visitor } = await newVisitor();
    const statuses: number[] = [];
    for (let at = 0; at < 21; at += 1) statuses.push((await visitor.post('/portal')).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('keeps the same user when a known Discord id logs in', async () => {
    const visitor = site.visitor();
    await db().insert(users).values({ discordId: MEMBER, email: null }).onConflictDoNothing();
    await site.logIn(visitor, MEMBER);
    expect(await db().select().from(users).where(eq(users.discordId, MEMBER))).toHaveLength(1);
  });
});

describe('the list of plans', () => {
  it('shows the prices of Stripe in the order of PLAN_PRICES, without missing ones', async () => {
    const site = await startTestSite({
      PLAN_PRICES: JSON.stringify({
        moddy_pro: [PRO, 'price_gone'],
        moddy_max: [MONTHLY, YEARLY],
        moddy_old: ['price_gone'],
      }),
    });
    const page = await site.visitor().get('/');
    expect(page.text.match(/€[\d.]+/g)).toEqual(['€4.99', '€9.99', '€99.90']);
    expect(page.text).toContain('Save 16%');
    expect(page.text).not.toContain('price_gone');
  });

  it('shows no price that is billed by use or by the package', async () => {
    const site = await startTestSite();
    const { ledger } = site.stripe.books.named('test');
    const [pro, yearly] = [PRO, YEARLY].map((id) => ledger.need(ledger.prices, id));
    if (!pro?.recurring || !yearly) throw new Error('No price');
    pro.recurring.usage_type = 'metered';
    yearly.transform_quantity = { divide_by: 10, round: 'down' };
    expect((await site.visitor().get('/')).text.match(/€[\d.]+/g)).toEqual(['€9.99']);
  });

  it('shows the texts and features of a product, in French those of its metadata', async () => {
    const site = await startTestSite();
    const [english, french] = await Promise.all(['en', 'fr'].map((language) => site.visitor(language).get('/')));
    expect(english?.text).toContain('Everything Moddy can do');
    expect(english?.text).toContain('<li>Unlimited custom commands</li>');
    expect(french?.text).toContain('Tout ce que Moddy sait faire');
    expect(french?.text).toContain('<li>Commandes personnalisées illimitées</li>');
    expect(french?.text).not.toContain('Everything');
    expect(french?.text).toContain('<h3>Moddy Max</h3>');
  });

  it('requests each price from Stripe once for many visitors', async () => {
    const site = await startTestSite();
    const visit = () => site.visitor().get('/');
    await Promise.all([visit(), visit(), visit()]);
    await visit();
    expect(site.stripe.requests.filter(({ path }) => path.startsWith('/v1/prices/'))).toHaveLength(3);
  });

  it('503 with the page around it when Stripe has never answered', async () => {
    const site = await startTestSite();
    site.stripe.outage();
    const page = await site.visitor('fr').get('/');
    expect(page.status).toBe(503);
    expect(page.text).toContain('Les prix ne peuvent pas être affichés');
    site.stripe.faults.clear();
    expect((await site.visitor().get('/')).status).toBe(200);
  });
});
