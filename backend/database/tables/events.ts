import { index, jsonb, pgTable, text } from '../drizzle.ts';
import { id, moment } from './columns.ts';

/** What happened on Discord, as the bot reported it. */
export const discordEvents = pgTable(
  'discord_events',
  {
    discordEventId: id(),
    type: text().notNull(),
    discordId: text().notNull(),
    metadata: jsonb().$type<Record<string, unknown>>(),
    /** The bot's `Idempotency-Key`; null from callers that send none. */
    idempotencyKey: text().unique(),
    /** SHA-256 of the request, to tell a repetition from another request under the same key. */
    requestHash: text().notNull(),
    receivedAt: moment().notNull().defaultNow(),
  },
  (events) => [
    index('discord_events_member').on(events.discordId, events.discordEventId),
    index('discord_events_received').on(events.receivedAt),
  ],
);

/** Which events of Stripe were received: ids and types, no payload. */
export const stripeEvents = pgTable(
  'stripe_events',
  {
    eventId: text().primaryKey(),
    type: text().notNull(),
    customerId: text(),
    createdAt: moment().notNull(),
    receivedAt: moment().notNull().defaultNow(),
  },
  (events) => [
    index('stripe_events_customer').on(events.customerId, events.receivedAt),
    index('stripe_events_received').on(events.receivedAt),
  ],
);
