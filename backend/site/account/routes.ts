import { syncNow } from '../../billing/sync-now.ts';
import { customersOf } from '../checkout/customers.ts';
import type { SiteApp, SiteDeps } from '../context.ts';
import { foreignProducts } from '../erasure/end-at-stripe.ts';
import { requestErasure } from '../erasure/erase-users.ts';
import { SiteFault } from '../faults.ts';
import { en, type Texts } from '../language/en.ts';
import { joinOf } from '../login/join.ts';
import { visitorOf } from '../login/sessions.ts';
import { accountPage, deletedPage, deletePage } from '../pages/account-page.ts';
import { show } from '../pages/layout.ts';
import { exportAccount } from './export-account.ts';
import { findStanding } from './find-standing.ts';

type Done = keyof Texts['account']['done'];
const isDone = (text: string | undefined): text is Done => text !== undefined && Object.hasOwn(en.account.done, text);

/** As long as a browser is kept waiting. */
const CHECK_MS = 10_000;

/** `/account`, with the export and the deletion that the law grants every user. */
export function addAccount(app: SiteApp, deps: SiteDeps): void {
  const { db, livemode, cookies, limits, log, now } = deps;

  app.get('/account', async (c) => {
    const visitor = visitorOf(c, deps);
    const account = await findStanding(deps, visitor.userId);
    const { outcome, url: joinUrl } = joinOf(c, deps, 'account');
    const happened = outcome === undefined ? c.req.query('checked') : `join_${outcome}`;
    const done = isDone(happened) ? happened : undefined;
    const fromPortal = c.req.query('from') === 'portal';
    return show(c, deps, accountPage(c.var.texts, { visitor, account, fromPortal, joinUrl, done }));
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
    const signal = AbortSignal.timeout(2 * CHECK_MS);
    const outcome = await syncNow(db, { customerIds, livemode, signal, timeoutMs: CHECK_MS });
    if (outcome !== 'done') return 'going_on';
    const after = await findStanding(deps, userId);
    return after.plan === before.plan && after.state === before.state ? 'unchanged' : 'changed';
  }

  app.get('/account/export', (c) => {
    const visitor = visitorOf(c, deps, 'export');
    c.header('Content-Disposition', 'attachment; filename="moddy-account.json"');
    c.header('Content-Type', 'application/json; charset=utf-8');
    // Piece by piece; an error on the way breaks the connection off, so that nobody takes a part for the whole.
    const pieces = ReadableStream.from(exportAccount(db, visitor, now()));
    return c.body(pieces.pipeThrough(new TextEncoderStream()));
  });

  app.get('/account/delete', async (c) => {
    const { userId } = visitorOf(c, deps);
    const standing = await findStanding(deps, userId);
    return show(c, deps, deletePage(c.var.texts, standing, await foreignProducts(deps, userId)));
  });

  app.post('/account/delete', async (c) => {
    const visitor = visitorOf(c, deps, 'payment');
    if ((await c.req.parseBody()).confirm !== 'yes') throw new SiteFault('not_confirmed');
    await requestErasure(deps, visitor);
    log.info('deletion of an account requested', { discordId: visitor.discordId });
    cookies.clear(c, 'session');
    c.set('visitor', undefined);
    return show(c, deps, deletedPage(c.var.texts));
  });
}
