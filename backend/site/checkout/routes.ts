import { randomUUID } from 'node:crypto';
import { goesOn } from '../../billing/standing.ts';
import { transaction } from '../../database/transaction.ts';
import { requestSync } from '../../queue/request-sync.ts';
import { type Account, findStanding } from '../account/find-standing.ts';
import type { SiteApp, SiteDeps } from '../context.ts';
import { isStripeDown, isStripeError, SiteFault } from '../faults.ts';
import { joinOf } from '../login/join.ts';
import { visitorOf } from '../login/sessions.ts';
import {
  alreadySubscribedPage,
  cancelledPage,
  MAX_POLLS,
  subscribePage,
  successPage,
  waitingPage,
} from '../pages/checkout-pages.ts';
import { show } from '../pages/layout.ts';
import { customersOf } from './customers.ts';
import { FROM_STRIPE, openInvoiceUrl, portalUrl, resume } from './leave-for-stripe.ts';
import { openCheckout, trialDaysFor } from './open-checkout.ts';

/** Every so many polls Stripe is asked itself: an event may be late, or never come. */
const SYNC_EVERY = 5;

/** Everything that leads to Stripe's pages, and where they lead back to. */
export function addCheckout(app: SiteApp, deps: SiteDeps): void {
  const { db, stripe, livemode, catalogue, limits, login, site, log } = deps;

  app.get('/subscribe', async (c) => {
    if (login === undefined) throw new SiteFault('login_off');
    const found = await catalogue.find(c.req.query('price') ?? '');
    if (found === undefined) throw new SiteFault('price_unknown');
    const { texts, visitor } = c.var;
    const account = visitor && (await findStanding(deps, visitor.userId));
    if (account && goesOn(account)) {
      return show(c, deps, alreadySubscribedPage(texts, account, { chosen: found.offer.plan }));
    }
    const trialDays =
      visitor &&
      (await trialDaysFor(deps, visitor).catch((error: unknown) => {
        // Checkout, which shows what is due today, decides again.
        log.warn('trial eligibility unknown', { error });
        return undefined;
      }));
    const choice = { ...found, visitor, account, trialDays, attempt: randomUUID(), siteUrl: site.url };
    return show(c, deps, subscribePage(texts, choice));
  });

  app.post('/checkout', async (c) => {
    const { price, attempt } = await c.req.parseBody();
    if (typeof price === 'string') c.set('price', price);
    const visitor = visitorOf(c, deps, 'payment');
    const found = typeof price === 'string' ? await catalogue.find(price) : undefined;
    if (found === undefined) throw new SiteFault('price_unknown');
    const account = await findStanding(deps, visitor.userId);
    if (goesOn(account)) {
      return show(c, deps, alreadySubscribedPage(c.var.texts, account, { chosen: found.offer.plan }), 409);
    }
    const wish = {
      visitor,
      priceId: found.price.priceId,
      language: c.var.language,
      attempt: typeof attempt === 'string' ? attempt : '',
    };
    const url = await openCheckout(deps, wish).catch(async (error: unknown) => {
      if (!isStripeError(error) || isStripeDown(error)) throw error;
      // Stripe rejects a price or product that was archived or deleted since it was fetched.
      catalogue.forget();
      throw (await catalogue.find(wish.priceId)) ? error : new SiteFault('price_unknown', { cause: error });
    });
    // Paid a moment ago, and the event is still on its way.
    return c.redirect(url ?? '/checkout/success', 303);
  });

  /** A form that leads to `urlOf`, or else to the Portal. */
  const addWay = (path: string, urlOf: (account: Account) => Promise<string | null | undefined>) =>
    app.post(path, async (c) => {
      const { userId } = visitorOf(c, deps, 'payment');
      const account = await findStanding(deps, userId);
      const { subscription } = await c.req.parseBody();
      const other = account.others.find(({ subscriptionId }) => subscriptionId === subscription);
      const url = await urlOf(account);
      return c.redirect(url ?? (await portalUrl(c, deps, userId, other?.customerId)), 303);
    });
  addWay('/portal', async () => undefined);
  // None is open when it was paid meanwhile, or has no page of its own.
  addWay('/pay', async ({ subscription }) => subscription && openInvoiceUrl(stripe, subscription.subscriptionId));
  // Without a payment method there is nothing to resume with: the Portal takes one.
  addWay('/resume', async ({ state, subscription }) => {
    if (state !== 'paused' || subscription === null) return undefined;
    return (await resume(stripe, subscription.subscriptionId)) ? FROM_STRIPE : undefined;
  });

  app.get('/checkout/success', async (c) => {
    const { texts } = c.var;
    const { userId } = visitorOf(c, deps);
    const account = await findStanding(deps, userId);
    const polls = Math.min(MAX_POLLS, Math.max(0, Math.trunc(Number(c.req.query('looks')) || 0)));
    const join = joinOf(c, deps, 'success');
    const joined = join.outcome === undefined ? '' : `&join=${join.outcome}`;
    const nextUrl = polls < MAX_POLLS ? `/checkout/success?looks=${polls + 1}${joined}` : undefined;
    if (account.subscribed) return show(c, deps, successPage(texts, account, nextUrl, join));
    if (polls % SYNC_EVERY === 0 && limits.sync(String(userId))) await syncSoon(userId);
    // A first payment is not finished for a moment even when all goes well.
    const isStuck = goesOn(account) && polls >= SYNC_EVERY;
    return show(c, deps, isStuck ? alreadySubscribedPage(texts, account, { nextUrl }) : waitingPage(texts, nextUrl));
  });

  app.get('/checkout/cancelled', async (c) => {
    const { texts } = c.var;
    const account = await findStanding(deps, visitorOf(c, deps).userId);
    const join = { outcome: undefined, url: site.inviteUrl };
    if (account.subscribed) return show(c, deps, successPage(texts, account, undefined, join));
    return show(c, deps, goesOn(account) ? alreadySubscribedPage(texts, account, {}) : cancelledPage(texts));
  });

  const syncSoon = async (userId: number): Promise<void> => {
    const customerIds = await customersOf(db, userId, livemode);
    await transaction(db, async (tx) => {
      for (const customerId of customerIds.toSorted()) await requestSync(tx, { customerId, livemode });
    });
  };
}
