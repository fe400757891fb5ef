import { SiteFault } from '../fault.ts';
import type { SiteApp, SiteContext, SiteParts } from '../parts.ts';
import { findSession, type Visitor } from './find-session.ts';
import { tokenHash } from './token-hash.ts';

/** Looks up who is at the browser, for every page. */
export function recogniseVisitor(app: SiteApp, { db, login, cookies, now }: SiteParts): void {
  app.use(async (c, next) => {
    const token = cookies.get(c, 'session');
    if (login !== undefined && token !== undefined) {
      c.set('visitor', await findSession(db, tokenHash(token, login.sessionSecret), now()));
    }
    await next();
  });
}

/** Who is logged in. @throws {SiteFault} when nobody is, or no longer. */
export function visitorOf(c: SiteContext, { login, cookies }: SiteParts): Visitor {
  if (login === undefined) throw new SiteFault('login_off');
  const visitor = c.get('visitor');
  if (visitor !== undefined) return visitor;
  if (cookies.get(c, 'session') === undefined) throw new SiteFault('login_needed');
  cookies.clear(c, 'session');
  throw new SiteFault('session_expired');
}
