import { createHmac } from 'node:crypto';
import type { Queryable } from '../../database/database.ts';
import { and, eq, gt } from '../../database/drizzle.ts';
import { sessions, users } from '../../database/schema.ts';
import { SiteFault } from '../fault.ts';
import type { SiteApp, SiteContext, Visitor } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';

export async function findSession(db: Queryable, tokenHash: string, now: Date): Promise<Visitor | undefined> {
  const [found] = await db
    .select({ userId: users.userId, discordId: users.discordId, name: sessions.name, tokenHash: sessions.tokenHash })
    .from(sessions)
    .innerJoin(users, eq(users.userId, sessions.userId))
    .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, now)));
  return found;
}

export async function endSession(db: Queryable, tokenHash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.tokenHash, tokenHash));
}

/** What the database knows of a session's token. The token has 256 bits: a plain keyed digest is enough. */
export const tokenHash = (token: string, sessionSecret: string): string =>
  createHmac('sha256', sessionSecret).update(token).digest('base64url');

/** Looks up who is at the browser, for every page. */
export function recogniseVisitor(app: SiteApp, { db, login, cookies, now }: SiteDeps): void {
  app.use(async (c, next) => {
    const token = cookies.get(c, 'session');
    if (login !== undefined && token !== undefined) {
      c.set('visitor', await findSession(db, tokenHash(token, login.sessionSecret), now()));
    }
    await next();
  });
}

/** Who is logged in. @throws {SiteFault} when nobody is, or no longer. */
export function visitorOf(c: SiteContext, { login, cookies }: SiteDeps): Visitor {
  if (login === undefined) throw new SiteFault('login_off');
  const visitor = c.get('visitor');
  if (visitor !== undefined) return visitor;
  if (cookies.get(c, 'session') === undefined) throw new SiteFault('login_needed');
  cookies.clear(c, 'session');
  throw new SiteFault('session_expired');
}
