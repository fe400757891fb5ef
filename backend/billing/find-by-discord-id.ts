import type { Queryable } from '../database/database.ts';
import { eq } from '../database/drizzle.ts';
import { customers, subscriptions, users } from '../database/schema.ts';

/** A user with all their subscriptions of one mode, and the one that their plan comes from, or came from last. */
export async function findByDiscordId(db: Queryable, discordId: string, livemode = false) {
  const rows = await db
    .select({ user: users, mode: customers.livemode, subscription: subscriptions })
    .from(users)
    .leftJoin(customers, eq(customers.userId, users.userId))
    .leftJoin(subscriptions, eq(subscriptions.customerId, customers.customerId))
    .where(eq(users.discordId, discordId));
  const [first] = rows;
  if (first === undefined) return undefined;
  const held = rows.flatMap(({ mode, subscription }) => (subscription && mode === livemode ? [subscription] : []));
  const { user } = first;
  return { user, held, subscription: held.find((each) => each.subscriptionId === user.subscriptionId) ?? null };
}
