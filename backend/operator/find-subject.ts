import type { Queryable } from '../database/database.ts';
import { asc, eq, inArray, or, sql } from '../database/drizzle.ts';
import type { User } from '../database/lock-user.ts';
import { type Customer, customers, users } from '../database/schema.ts';

/** The user or customer an operator asks about: a user with their Stripe customers, or a customer nobody is linked to. */
export interface Subject {
  readonly user: User | null;
  readonly customers: readonly Customer[];
}

/**
 * Finds subjects by a Discord id, a Stripe customer id, an e-mail or a user id. A number counts as a Discord id if a user has
 * it; several users can share an e-mail.
 */
export async function findSubjects(db: Queryable, who: string): Promise<readonly Subject[]> {
  const found = await findUsers(db, who);
  if (found.length > 0) {
    const owned = await db
      .select()
      .from(customers)
      .where(
        inArray(
          customers.userId,
          found.map(({ userId }) => userId),
        ),
      )
      .orderBy(asc(customers.createdAt));
    return found.map((user) => ({ user, customers: owned.filter(({ userId }) => userId === user.userId) }));
  }
  const alone = await db
    .select()
    .from(customers)
    .where(or(eq(customers.customerId, who), eq(customers.discordIdHint, who)))
    .orderBy(asc(customers.createdAt));
  return alone.length === 0 ? [] : [{ user: null, customers: alone }];
}

async function findUsers(db: Queryable, who: string): Promise<readonly User[]> {
  if (who.includes('@')) {
    return db
      .select()
      .from(users)
      .where(eq(sql`lower(${users.email})`, who.toLowerCase()))
      .orderBy(asc(users.userId));
  }
  if (!/^\d{1,20}$/.test(who)) {
    const rows = await db
      .select({ user: users })
      .from(users)
      .innerJoin(customers, eq(customers.userId, users.userId))
      .where(eq(customers.customerId, who));
    return rows.map(({ user }) => user);
  }
  const byDiscordId = await db.select().from(users).where(eq(users.discordId, who));
  if (byDiscordId.length > 0 || !Number.isSafeInteger(Number(who))) return byDiscordId;
  return db
    .select()
    .from(users)
    .where(eq(users.userId, Number(who)));
}
