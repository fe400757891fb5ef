import { and, eq, like, not } from 'drizzle-orm';
import type { Queryable } from './database.ts';
import { users } from './schema.ts';

export type User = typeof users.$inferSelect;

/**
 * Locks a user's row until the transaction ends; one that is known by Discord id only is created first. Lock the user
 * before inserting deliveries: that is what keeps a lane's order.
 */
export async function lockUser(
  tx: Queryable,
  who: { readonly userId: number } | { readonly discordId: string },
): Promise<User> {
  if ('discordId' in who) {
    const [created] = await tx.insert(users).values({ discordId: who.discordId }).onConflictDoNothing().returning();
    if (created !== undefined) return created;
  }
  const which = 'userId' in who ? eq(users.userId, who.userId) : eq(users.discordId, who.discordId);
  const [user] = await tx.select().from(users).where(which).for('update');
  if (user === undefined) throw new Error('A user vanished while their customer was synced');
  return user;
}

/** The same for a user who may have been forgotten; whose row is then left alone. */
export async function lockUnlessErased(tx: Queryable, userId: number): Promise<User | undefined> {
  const [user] = await tx
    .select()
    .from(users)
    .where(and(eq(users.userId, userId), not(like(users.discordId, ERASED_PATTERN))))
    .for('update');
  return user;
}

/** What stands for the Discord id of somebody who is forgotten; no Discord id looks like it. */
const ERASED = 'erased:';

export const erasedDiscordId = (userId: number): string => `${ERASED}${userId}`;

/** Their row is kept for accounting alone: nobody can be told or given anything. It never becomes a person again. */
export const isErased = ({ discordId }: Pick<User, 'discordId'>): boolean => discordId.startsWith(ERASED);

/** For `like`: every erased user. */
export const ERASED_PATTERN = `${ERASED}%`;
