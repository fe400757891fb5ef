import { randomUUID } from 'node:crypto';
import { transaction } from '../../database/transaction.ts';
import { requestSync } from '../../queue/request-sync.ts';
import { findStanding } from '../account/find-standing.ts';
import { SiteFault } from '../fault.ts';
import { alreadySubscribedPage, cancelledPage, MAX_POLLS, successPage, waitingPage } from '../pages/checkout-pages.ts';
import { show } from '../pages/layout.ts';
import { subscribePage } from '../pages/subscribe-page.ts';
import { visitorOf } from '../sessions/session.ts';
import type { SiteApp } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { isCustomerMissing, isMissing } from '../stripe-faults.ts';
import { customersOf } from './customers-of.ts';
import { livePlan } from './live-subscription.ts';
import { openCheckout } from './open-checkout.ts';

/** Every so many looks Stripe is asked itself: an event may be late, or never come. */
const SYNC_EVERY = 5;

/** `/subscribe` reviews, `/checkout` leads to Stripe, `/checkout/success` and `/checkout/cancelled` are where it ends. */
export function addCheckout(app: SiteApp, deps: SiteDeps): void {
  const { db, stripe, livemode, catalogue, limits, login, site } = deps;

  app.get('/subscribe', async (c) => {
    if (login === undefined) throw new SiteFault('login_off');
    const found = await catalogue.find(c.req.query('price') ?? '');
    if (found === undefined) throw new SiteFault('price_unknown');
    const visitor = c.get('visitor');
    const plan = visitor && (await livePlan(db, visitor.userId, livemode));
    if (plan !== undefined) return show(c, deps, alreadySubscribedPage(c, { has: plan, chosen: found.offer.plan }));
    return show(c, deps, subscribePage(c, { ...found, visitor, attempt: randomUUID(), siteUrl: site.url }));
  });

  app.post('/checkout', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    const form = await c.req.parseBody();
    const found = typeof form.price === 'string' ? await catalogue.find(form.price) : undefined;
    if (found === undefined) throw new SiteFault('price_unknown');
    const chosen = found.offer.plan;
    const plan = await livePlan(db, visitor.userId, livemode);
    if (plan !== undefined) return show(c, deps, alreadySubscribedPage(c, { has: plan, chosen }), 409);
    const wish = {
      visitor,
      priceId: found.price.priceId,
      language: c.get('language'),
      attempt: typeof form.attempt === 'string' ? form.attempt : '',
    };
    const url = await openCheckout(deps, wish).catch((error: unknown) => {
      throw isMissing(error) ? new SiteFault('price_unknown', { cause: error }) : error;
    });
    // Paid a moment ago, and the event is still on its way.
    if (url === undefined) return c.redirect('/checkout/success', 303);
    return c.redirect(url, 303);
  });

  app.post('/portal', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    for (const customer of await customersOf(db, visitor.userId, livemode)) {
      try {
        const params = { customer, return_url: `${site.url}/account?from=portal`, locale: c.get('language') };
        const { url } = await stripe.billingPortal.sessions.create(params);
        return c.redirect(url, 303);
      } catch (error) {
        if (!isCustomerMissing(error)) throw error;
      }
    }
    throw new SiteFault('no_customer');
  });

  app.get('/checkout/success', async (c) => {
    const visitor = visitorOf(c, deps);
    const standing = await findStanding(db, visitor.userId);
    const polls = Math.min(MAX_POLLS, Math.max(0, Math.trunc(Number(c.req.query('looks')) || 0)));
    const nextUrl = polls < MAX_POLLS ? `/checkout/success?looks=${polls + 1}` : undefined;
    if (standing.subscribed) return show(c, deps, successPage(c, standing, nextUrl));
    if (polls % SYNC_EVERY === 0 && limits.sync(String(visitor.userId))) await syncSoon(visitor.userId);
    return show(c, deps, waitingPage(c, nextUrl));
  });

  app.get('/checkout/cancelled', async (c) => {
    const standing = await findStanding(db, visitorOf(c, deps).userId);
    return show(c, deps, standing.subscribed ? successPage(c, standing, undefined) : cancelledPage(c));
  });

  const syncSoon = async (userId: number): Promise<void> => {
    const customerIds = await customersOf(db, userId, livemode);
    await transaction(db, async (tx) => {
      for (const customerId of customerIds.toSorted()) await requestSync(tx, { customerId, livemode });
    });
  };
}
