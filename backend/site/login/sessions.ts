import { createHmac, randomBytes } from 'node:crypto';
import type { Queryable } from '../../database/database.ts';
import { and, eq, gt, isNull, lte, sql } from '../../database/drizzle.ts';
import { customers, sessions, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import type { SiteApp, SiteContext, SiteDeps, Visitor } from '../context.ts';
import { SiteFault } from '../faults.ts';
import type { DiscordUser } from './discord-login.ts';

const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** The database stores this hash of a session's token. The token has 256 bits: a plain keyed digest is enough. */
const hashOf = (token: string, sessionSecret: string): string =>
  createHmac('sha256', sessionSecret).update(token).digest('base64url');

/**
 * Creates or updates the user, begins their session in this browser, and forgets sessions that are over: all or nothing.
 * @throws {SiteFault} while the account is being deleted: a tab that logs in late does not bring the user back.
 */
export async function beginSession(
  c: SiteContext,
  { db, cookies, now }: Pick<SiteDeps, 'db' | 'cookies' | 'now'>,
  sessionSecret: string,
  { discordId, email, locale, name }: DiscordUser,
): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  const before = cookies.get(c, 'session');
  const createdAt = now();
  await transaction(db, async (tx) => {
    const [user] = await tx
      .insert(users)
      .values({ discordId, email, locale })
      .onConflictDoUpdate({
        target: users.discordId,
        set: {
          // With a customer the address is Stripe's, which every sync follows.
          email: sql`case when exists (select from ${customers} where ${customers.userId} = ${users.userId})
            then coalesce(${users.email}, excluded.email) else coalesce(excluded.email, ${users.email}) end`,
          locale: sql`coalesce(excluded.locale, ${users.locale})`,
          updatedAt: createdAt,
        },
        setWhere: isNull(users.erasureRequestedAt),
      })
      .returning({ userId: users.userId });
    if (user === undefined) throw new SiteFault('being_deleted');
    await tx.delete(sessions).where(lte(sessions.expiresAt, createdAt));
    // The session this browser had before ends, so that nobody can have planted it.
    if (before !== undefined) await tx.delete(sessions).where(eq(sessions.tokenHash, hashOf(before, sessionSecret)));
    await tx.insert(sessions).values({
      tokenHash: hashOf(token, sessionSecret),
      userId: user.userId,
      name,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + LIFETIME_SECONDS * 1000),
    });
  });
  cookies.set(c, 'session', token, LIFETIME_SECONDS);
}

export async function findSession(db: Queryable, tokenHash: string, now: Date): Promise<Visitor | undefined> {
  const [found] = await db
    .select({ userId: users.userId, discordId: users.discordId, name: sessions.name, tokenHash: sessions.tokenHash })
    .from(sessions)
    .innerJoin(users, eq(users.userId, sessions.userId))
    .where(and(eq(sessions.tokenHash, tokenHash), gt(sessions.expiresAt, now)));
  return found;
}

/** Finds the logged-in user for every page, and rejects a form from the page of another account. */
export function recogniseVisitor(app: SiteApp, { db, login, cookies, now }: SiteDeps): void {
  app.use(async (c, next) => {
    const token = cookies.get(c, 'session');
    if (login !== undefined && token !== undefined) {
      c.set('visitor', await findSession(db, hashOf(token, login.sessionSecret), now()));
    }
    await next();
  });
  app.post('*', async (c, next) => {
    const { visitor } = c.var;
    if (visitor === undefined) return next();
    const { account } = await c.req.parseBody().catch((cause: unknown) => {
      throw new SiteFault('cross_site', { cause });
    });
    // A page of an older version names none.
    if (account !== undefined && account !== visitor.discordId) throw new SiteFault('other_account');
    return next();
  });
}

/**
 * Returns the user who is logged in.
 * @param limit counts a use by this user.
 * @throws {SiteFault} without a session, with an ended one, or when the limit is reached.
 */
export function visitorOf(c: SiteContext, { login, cookies, limits }: SiteDeps, limit?: 'payment' | 'export'): Visitor {
  if (login === undefined) throw new SiteFault('login_off');
  const { visitor } = c.var;
  if (visitor !== undefined) {
    if (limit !== undefined && !limits[limit](String(visitor.userId))) throw new SiteFault('too_many');
    return visitor;
  }
  if (cookies.get(c, 'session') === undefined) throw new SiteFault('login_needed');
  cookies.clear(c, 'session');
  throw new SiteFault('session_expired');
}

export async function endSession(c: SiteContext, { db, cookies }: Pick<SiteDeps, 'db' | 'cookies'>): Promise<void> {
  const { visitor } = c.var;
  if (visitor !== undefined) await db.delete(sessions).where(eq(sessions.tokenHash, visitor.tokenHash));
  cookies.clear(c, 'session');
}
