import { foreignProducts } from '../erasure/foreign-products.ts';
import { requestErasure } from '../erasure/request-erasure.ts';
import { SiteFault } from '../fault.ts';
import { accountPage } from '../pages/account-page.ts';
import { deletedPage, deletePage } from '../pages/delete-page.ts';
import { show } from '../pages/layout.ts';
import { visitorOf } from '../sessions/session.ts';
import type { SiteApp } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { exportAccount } from './export-account.ts';
import { findStanding } from './find-standing.ts';

/** `/account`, and what the law gives everybody: their data, and its end. */
export function addAccount(app: SiteApp, deps: SiteDeps): void {
  const { db, cookies, limits, log, now } = deps;

  app.get('/account', async (c) => {
    const visitor = visitorOf(c, deps);
    const account = await findStanding(deps, visitor.userId);
    return show(c, deps, accountPage(c, { visitor, account, fromPortal: c.req.query('from') === 'portal' }));
  });

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
