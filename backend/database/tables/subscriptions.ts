import { sql } from 'drizzle-orm';
import { boolean, index, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { customers } from './customers.ts';

/** A subscription as Stripe described it at the last sync. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    subscriptionId: text().primaryKey(),
    customerId: text()
      .notNull()
      .references(() => customers.customerId),
    status: text().notNull(),
    priceId: text(),
    /** Of `PLAN_PRICES`; null for a price that is not in it. */
    plan: text(),
    interval: text(),
    currentPeriodStart: moment(),
    currentPeriodEnd: moment(),
    cancelAtPeriodEnd: boolean().notNull(),
    /** Since when a payment is late: unlike the period it does not move while nothing is paid. */
    pastDueSince: moment(),
    createdAt: moment().notNull(),
    updatedAt: moment().notNull().defaultNow(),
    /** When Stripe last listed it. */
    seenAt: moment(),
  },
  (subscriptions) => [
    index('subscriptions_customer').on(subscriptions.customerId),
    index('subscriptions_live_seen')
      .on(subscriptions.seenAt)
      .where(sql`${subscriptions.status} not in ('canceled', 'incomplete_expired')`),
  ],
);
