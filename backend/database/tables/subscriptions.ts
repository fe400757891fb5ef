import { bigint, boolean, index, integer, pgTable, sql, text } from '../drizzle.ts';
import { moment } from './columns.ts';
import { customers } from './customers.ts';

/** A subscription of ours as Stripe described it at the last sync; foreign ones are not stored. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    subscriptionId: text().primaryKey(),
    customerId: text()
      .notNull()
      .references(() => customers.customerId),
    status: text().notNull(),
    priceId: text(),
    /** Of `PLAN_PRICES`. An unlisted price keeps the plan that was stored before; null if there was none. */
    plan: text(),
    interval: text(),
    /** Billed every so many intervals; null of one that an older version stored. */
    intervalCount: integer(),
    /** What a period costs in the currency's smallest unit; null if a discount or a usage decides. */
    amount: bigint({ mode: 'number' }),
    currency: text(),
    /** What its newest invoice still asks for while it is open. */
    amountDue: bigint({ mode: 'number' }),
    currentPeriodStart: moment(),
    currentPeriodEnd: moment(),
    cancelAtPeriodEnd: boolean().notNull(),
    /** Since when a payment is late: unlike the period it does not move while nothing is paid. */
    pastDueSince: moment(),
    /** Its plan and the end of its period when it was last active or trialing: what a late payment leaves. */
    paidPlan: text(),
    paidUntil: moment(),
    /** The bank wants the customer to confirm the late payment. */
    actionRequired: boolean().notNull().default(false),
    /** Stripe's `pause_collection`: the plan is kept and nothing is charged. */
    collectionPaused: boolean().notNull().default(false),
    collectionResumesAt: moment(),
    endedAt: moment(),
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

/** The product of each listed price, so that Stripe is asked for it once. */
export const listedPrices = pgTable('listed_prices', {
  priceId: text().primaryKey(),
  productId: text().notNull(),
});
