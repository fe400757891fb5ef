import { randomUUID } from 'node:crypto';
import { goesOn } from '../../billing/standing.ts';
import { transaction } from '../../database/transaction.ts';
import { requestSync } from '../../queue/request-sync.ts';
import { findStanding } from '../account/find-standing.ts';
import { SiteFault } from '../fault.ts';
import type { Language } from '../language/language.ts';
import { joinOutcomeOf, joinUrl } from '../login/join.ts';
import { alreadySubscribedPage, cancelledPage, MAX_POLLS, successPage, waitingPage } from '../pages/checkout-pages.ts';
import { show } from '../pages/layout.ts';
import { subscribePage } from '../pages/subscribe-page.ts';
import { visitorOf } from '../sessions/session.ts';
import type { SiteApp } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { isCustomerMissing, isMissing } from '../stripe-faults.ts';
import { customersOf } from './customers-of.ts';
import { openCheckout, trialDaysFor } from './open-checkout.ts';
import { openInvoiceUrl, resume } from './settle-standing.ts';

/** Where Stripe's pages lead back to: what was changed there may still be on its way. */
const FROM_STRIPE = '/account?from=portal';
/** Every so many looks Stripe is asked itself: an event may be late, or never come. */
const SYNC_EVERY = 5;

/** Everything that leads to Stripe's pages, and where they lead back to. */
export function addCheckout(app: SiteApp, deps: SiteDeps): void {
  const { db, stripe, livemode, catalogue, limits, login, site } = deps;

  app.get('/subscribe', async (c) => {
    if (login === undefined) throw new SiteFault('login_off');
    const found = await catalogue.find(c.req.query('price') ?? '');
    if (found === undefined) throw new SiteFault('price_unknown');
    const visitor = c.get('visitor');
    const account = visitor && (await findStanding(deps, visitor.userId));
    if (account && goesOn(account))
      return show(c, deps, alreadySubscribedPage(c, account, { chosen: found.offer.plan }));
    const trialDays =
      visitor &&
      (await trialDaysFor(deps, visitor).catch((error: unknown) => {
        // Checkout, which shows what is due today, decides again.
        deps.log.warn('it is not known whether an order has a trial', { error });
        return undefined;
      }));
    const choice = { ...found, visitor, trialDays, attempt: randomUUID(), siteUrl: site.url };
    return show(c, deps, subscribePage(c, choice));
  });

  app.post('/checkout', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    const form = await c.req.parseBody();
    const found = typeof form.price === 'string' ? await catalogue.find(form.price) : undefined;
    if (found === undefined) throw new SiteFault('price_unknown');
    const chosen = found.offer.plan;
    const account = await findStanding(deps, visitor.userId);
    if (goesOn(account)) return show(c, deps, alreadySubscribedPage(c, account, { chosen }), 409);
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
    return c.redirect(await portalUrl(visitor.userId, c.get('language')), 303);
  });

  app.post('/pay', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    const { subscription } = await findStanding(deps, visitor.userId);
    const url = subscription && (await openInvoiceUrl(stripe, subscription.subscriptionId));
    // Nothing is open: it was paid meanwhile, or has no page of its own.
    return c.redirect(url ?? (await portalUrl(visitor.userId, c.get('language'))), 303);
  });

  app.post('/resume', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    const { state, subscription } = await findStanding(deps, visitor.userId);
    const isResumed =
      state === 'paused' && subscription !== null && (await resume(stripe, subscription.subscriptionId));
    // Without a payment method there is nothing to resume with: the Portal takes one.
    return c.redirect(isResumed ? FROM_STRIPE : await portalUrl(visitor.userId, c.get('language')), 303);
  });

  /** @throws {SiteFault} if the user has never had a customer in this account and mode. */
  const portalUrl = async (userId: number, locale: Language): Promise<string> => {
    for (const customer of await customersOf(db, userId, livemode)) {
      try {
        const params = { customer, return_url: `${site.url}${FROM_STRIPE}`, locale };
        return (await stripe.billingPortal.sessions.create(params)).url;
      } catch (error) {
        if (!isCustomerMissing(error)) throw error;
      }
    }
    throw new SiteFault('no_customer');
  };

  app.get('/checkout/success', async (c) => {
    const visitor = visitorOf(c, deps);
    const account = await findStanding(deps, visitor.userId);
    const polls = Math.min(MAX_POLLS, Math.max(0, Math.trunc(Number(c.req.query('looks')) || 0)));
    const outcome = joinOutcomeOf(c);
    const joined = outcome === undefined ? '' : `&join=${outcome}`;
    const nextUrl = polls < MAX_POLLS ? `/checkout/success?looks=${polls + 1}${joined}` : undefined;
    const join = { outcome, url: joinUrl(site, outcome, 'success') };
    if (account.subscribed) return show(c, deps, successPage(c, account, nextUrl, join));
    if (polls % SYNC_EVERY === 0 && limits.sync(String(visitor.userId))) await syncSoon(visitor.userId);
    // A first payment is not finished for a moment even when all goes well.
    if (goesOn(account) && polls >= SYNC_EVERY) return show(c, deps, alreadySubscribedPage(c, account, { nextUrl }));
    return show(c, deps, waitingPage(c, nextUrl));
  });

  app.get('/checkout/cancelled', async (c) => {
    const account = await findStanding(deps, visitorOf(c, deps).userId);
    const join = { outcome: undefined, url: site.inviteUrl };
    if (account.subscribed) return show(c, deps, successPage(c, account, undefined, join));
    return show(c, deps, goesOn(account) ? alreadySubscribedPage(c, account, {}) : cancelledPage(c));
  });

  const syncSoon = async (userId: number): Promise<void> => {
    const customerIds = await customersOf(db, userId, livemode);
    await transaction(db, async (tx) => {
      for (const customerId of customerIds.toSorted()) await requestSync(tx, { customerId, livemode });
    });
  };
}
