import type { Transaction } from './database.ts';
import { and, asc, eq, like, not, type PgColumn, type SQL, sql } from './drizzle.ts';
import { users } from './schema.ts';

export type User = typeof users.$inferSelect;

declare const LOCKED: unique symbol;
/** A user whose row this transaction has locked, as only the functions below make it. */
export type LockedUser = User & { readonly [LOCKED]: true };

/**
 * Locks a user's row until the transaction ends; one that is known by Discord id only is created first. Lock the user
 * before inserting deliveries: that keeps a lane's order, and two transactions never wait for each other.
 */
export async function lockUser(
  tx: Transaction,
  who: { readonly userId: number } | { readonly discordId: string },
): Promise<LockedUser> {
  if ('discordId' in who) {
    const [created] = await tx.insert(users).values({ discordId: who.discordId }).onConflictDoNothing().returning();
    // The transaction that inserts a row holds its lock.
    if (created !== undefined) return created as LockedUser;
  }
  const [user] = await lockUsers(
    tx,
    'userId' in who ? eq(users.userId, who.userId) : eq(users.discordId, who.discordId),
  );
  if (user === undefined) throw new Error('A user vanished while their customer was synced');
  return user;
}

/** Locks several users, in id order as everywhere: two transactions that lock the same ones cannot wait for each other. */
export async function lockUsers(
  tx: Transaction,
  which: SQL | undefined,
  limit?: number,
): Promise<readonly LockedUser[]> {
  const ordered = tx.select().from(users).where(which).orderBy(asc(users.userId)).for('update').$dynamic();
  return (await (limit === undefined ? ordered : ordered.limit(limit))) as LockedUser[];
}

/** The same for a user who may have been forgotten; their row is then left alone. */
export async function lockUnlessErased(tx: Transaction, userId: number): Promise<LockedUser | undefined> {
  const [user] = await lockUsers(tx, and(eq(users.userId, userId), not(like(users.discordId, ERASED_PATTERN))));
  return user;
}

/** Begins the placeholder that replaces an erased user's Discord id; no Discord id has this form. */
const ERASED = 'erased:';

export const erasedDiscordId = (userId: number): string => `${ERASED}${userId}`;

/** Their row is kept for accounting alone: no message and no role goes out for it, and it never becomes a user again. */
export const isErased = ({ discordId }: Pick<User, 'discordId'>): boolean => discordId.startsWith(ERASED);

/** For `like`: every erased user. */
export const ERASED_PATTERN = `${ERASED}%`;

/** The lock order of rows with a text id: it equals `toSorted()` under every collation of the database. */
export const inLockOrder = (id: PgColumn): SQL => sql`${id} collate "C"`;
