import { eq } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { subscriptions, users } from '../database/schema.ts';

/** A user with the subscription that their plan comes from, or came from last. */
export async function findByDiscordId(db: Queryable, discordId: string) {
  const [found] = await db
    .select({ user: users, subscription: subscriptions })
    .from(users)
    .leftJoin(subscriptions, eq(subscriptions.subscriptionId, users.subscriptionId))
    .where(eq(users.discordId, discordId));
  return found;
}
