import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';

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
