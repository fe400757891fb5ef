import { syncNow } from '../../billing/sync-now.ts';
import { customersOf } from '../checkout/customers-of.ts';
import { foreignProducts } from '../erasure/foreign-products.ts';
import { requestErasure } from '../erasure/request-erasure.ts';
import { SiteFault } from '../fault.ts';
import { en, type Texts } from '../language/en.ts';
import { joinOutcomeOf, joinUrl } from '../login/join.ts';
import { accountPage } from '../pages/account-page.ts';
import { deletedPage, deletePage } from '../pages/delete-page.ts';
import { show } from '../pages/layout.ts';
import { visitorOf } from '../sessions/session.ts';
import type { SiteApp } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { exportAccount } from './export-account.ts';
import { findStanding } from './find-standing.ts';

type Done = keyof Texts['account']['done'];
const isDone = (text: string | undefined): text is Done => text !== undefined && Object.hasOwn(en.account.done, text);

/** As long as a browser is kept waiting. */
const CHECK_MS = 10_000;

/** `/account`, and what the law gives everybody: their data, and its end. */
export function addAccount(app: SiteApp, deps: SiteDeps): void {
  const { db, livemode, cookies, limits, log, now } = deps;

  app.get('/account', async (c) => {
    const visitor = visitorOf(c, deps);
    const account = await findStanding(deps, visitor.userId);
    const outcome = joinOutcomeOf(c);
    const done = outcome === undefined ? c.req.query('checked') : `join_${outcome}`;
    const page = accountPage(c, {
      visitor,
      account,
      fromPortal: c.req.query('from') === 'portal',
      joinUrl: joinUrl(deps.site, outcome, 'account'),
      done: isDone(done) ? done : undefined,
    });
    return show(c, deps, page);
  });

  app.post('/account/check', async (c) => {
    const visitor = visitorOf(c, deps);
    return c.redirect(`/account?checked=${await check(visitor.userId)}`, 303);
  });

  /** Asks Stripe about the user's own customers now, once a minute at most. @returns what to say about it */
  async function check(userId: number): Promise<Done> {
    const customerIds = await customersOf(db, userId, livemode);
    if (customerIds.length === 0) return 'no_payment';
    if (!limits.check(String(userId))) return 'too_soon';
    const before = await findStanding(deps, userId);
    const outcome = await syncNow(db, {
      customerIds,
      livemode,
      signal: AbortSignal.timeout(2 * CHECK_MS),
      timeoutMs: CHECK_MS,
    });
    if (outcome !== 'done') return 'going_on';
    const after = await findStanding(deps, userId);
    return after.plan === before.plan && after.state === before.state ? 'unchanged' : 'changed';
  }

  app.get('/account/export', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.export(String(visitor.userId))) throw new SiteFault('too_many');
    c.header('Content-Disposition', 'attachment; filename="moddy-account.json"');
    c.header('Content-Type', 'application/json; charset=utf-8');
    // Piece by piece; an error on the way breaks the connection off, so that nobody takes a part for the whole.
    const pieces = ReadableStream.from(exportAccount(db, visitor, now()));
    return c.body(pieces.pipeThrough(new TextEncoderStream()));
  });

  app.get('/account/delete', async (c) => {
    const visitor = visitorOf(c, deps);
    const standing = await findStanding(deps, visitor.userId);
    return show(c, deps, deletePage(c, standing, await foreignProducts(deps, visitor.userId)));
  });

  app.post('/account/delete', async (c) => {
    const visitor = visitorOf(c, deps);
    if (!limits.payment(String(visitor.userId))) throw new SiteFault('too_many');
    if ((await c.req.parseBody()).confirm !== 'yes') throw new SiteFault('not_confirmed');
    await requestErasure(deps, visitor);
    log.info('deletion of an account requested', { discordId: visitor.discordId });
    cookies.clear(c, 'session');
    c.set('visitor', undefined);
    return show(c, deps, deletedPage(c));
  });
}
