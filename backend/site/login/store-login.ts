import type { Orm } from '../../database/database.ts';
import { eq, isNull, lte, sql } from '../../database/drizzle.ts';
import { customers, sessions, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { SiteFault } from '../fault.ts';
import type { DiscordUser } from './discord-user.ts';

export interface NewSession {
  readonly tokenHash: string;
  readonly expiresAt: Date;
  /** The session this browser had before: it ends, so that nobody can have planted it. */
  readonly replaces: string | undefined;
}

/**
 * Creates or updates the user, begins a session, and forgets sessions that are over: all or nothing.
 * @throws {SiteFault} while the account is being deleted: a tab that logs in late does not bring the user back.
 */
export async function storeLogin(db: Orm, user: DiscordUser, session: NewSession, now: Date): Promise<void> {
  const { discordId, email, locale, name } = user;
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
          updatedAt: now,
        },
        setWhere: isNull(users.erasureRequestedAt),
      })
      .returning({ userId: users.userId });
    if (user === undefined) throw new SiteFault('being_deleted');
    await tx.delete(sessions).where(lte(sessions.expiresAt, now));
    if (session.replaces !== undefined) await tx.delete(sessions).where(eq(sessions.tokenHash, session.replaces));
    const { tokenHash, expiresAt } = session;
    await tx.insert(sessions).values({ tokenHash, userId: user.userId, name, createdAt: now, expiresAt });
  });
}
