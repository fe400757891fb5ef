import { asc, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { customers, deliveries, discordEvents, sessions, subscriptions, users } from '../../database/schema.ts';
import type { Visitor } from '../sessions/find-session.ts';

/** Everything the database holds about one person (GDPR, articles 15 and 20), and nothing about anybody else. */
export async function exportAccount(db: Queryable, { userId, discordId }: Visitor, now: Date) {
  const [user] = await db.select().from(users).where(eq(users.userId, userId));
  const ownCustomers = await db.select().from(customers).where(eq(customers.userId, userId));
  const customerIds = ownCustomers.map(({ customerId }) => customerId);
  return {
    exportedAt: now,
    account: user,
    customers: ownCustomers.map(({ customerId, livemode, createdAt }) => ({ customerId, livemode, createdAt })),
    subscriptions:
      customerIds.length === 0
        ? []
        : await db.select().from(subscriptions).where(inArray(subscriptions.customerId, customerIds)),
    messages: await db
      .select({
        kind: deliveries.kind,
        message: deliveries.message,
        outcome: deliveries.outcome,
        createdAt: deliveries.createdAt,
        settledAt: deliveries.settledAt,
      })
      .from(deliveries)
      .where(eq(deliveries.userId, userId))
      .orderBy(asc(deliveries.deliveryId)),
    discordEvents: await db
      .select({
        type: discordEvents.type,
        metadata: discordEvents.metadata,
        receivedAt: discordEvents.receivedAt,
      })
      .from(discordEvents)
      .where(eq(discordEvents.discordId, discordId))
      .orderBy(asc(discordEvents.discordEventId)),
    sessions: await db
      .select({ name: sessions.name, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt })
      .from(sessions)
      .where(eq(sessions.userId, userId)),
  };
}
