import type { Queryable } from '../database/database.ts';
import { desc, eq, inArray, or } from '../database/drizzle.ts';
import { deliveries, discordEvents, grants, reversals, stripeEvents, subscriptions } from '../database/schema.ts';
import type { Subject } from './find-subject.ts';

/** Most entries of each source; older ones are left out, and the story says so. */
export const STORY_LIMIT = 200;

export type Story = Awaited<ReturnType<typeof readStory>>;

/** Everything stored about one subject; of the bot's events, only type and time are read. */
export async function readStory(db: Queryable, { user, customers }: Subject) {
  const customerIds = ['', ...customers.map(({ customerId }) => customerId)];
  const held = await db
    .select()
    .from(subscriptions)
    .where(inArray(subscriptions.customerId, customerIds))
    .orderBy(subscriptions.createdAt);
  const ofStripe = await db
    .select()
    .from(stripeEvents)
    .where(inArray(stripeEvents.customerId, customerIds))
    .orderBy(desc(stripeEvents.receivedAt))
    .limit(STORY_LIMIT);
  const moneyBack = await db
    .select()
    .from(reversals)
    .where(
      or(
        inArray(reversals.customerId, customerIds),
        inArray(reversals.subscriptionId, ['', ...held.map(({ subscriptionId }) => subscriptionId)]),
      ),
    )
    .orderBy(desc(reversals.reversalId))
    .limit(STORY_LIMIT);
  const found =
    user === null
      ? []
      : await db
          .select()
          .from(deliveries)
          .where(eq(deliveries.userId, user.userId))
          .orderBy(desc(deliveries.deliveryId))
          .limit(STORY_LIMIT);
  const ofDiscord = user === null ? [] : await readEvents(db, user.discordId);
  const given =
    user === null
      ? []
      : await db.select().from(grants).where(eq(grants.userId, user.userId)).orderBy(grants.grantId).limit(STORY_LIMIT);
  return {
    user,
    customers,
    subscriptions: held,
    grants: given,
    stripeEvents: ofStripe,
    reversals: moneyBack,
    deliveries: found,
    discordEvents: ofDiscord,
  };
}

/** The bot's events of a Discord id, the newest first; the id need not belong to a user. */
export const readEvents = (db: Queryable, discordId: string) =>
  db
    .select({ type: discordEvents.type, receivedAt: discordEvents.receivedAt })
    .from(discordEvents)
    .where(eq(discordEvents.discordId, discordId))
    .orderBy(desc(discordEvents.discordEventId))
    .limit(STORY_LIMIT);
