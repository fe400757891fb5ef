import { bigint, boolean, index, integer, pgTable, sql, text } from '../drizzle.ts';
import { moment } from './columns.ts';
import { users } from './users.ts';

/** One Stripe customer and the state of its sync: `wanted` counts reasons to sync again, `done` those that were synced. */
export const customers = pgTable(
  'customers',
  {
    customerId: text().primaryKey(),
    userId: bigint({ mode: 'number' }).references(() => users.userId),
    /** The Discord id that an event named before the first sync linked a user. */
    discordIdHint: text(),
    livemode: boolean().notNull(),
    wanted: integer().notNull().default(0),
    done: integer().notNull().default(0),
    /** Since when the sync that waits is wanted; means nothing while none does. */
    wantedAt: moment(),
    leaseUntil: moment(),
    fence: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    /** Of the failures, the last ones in a row that were rejections by Stripe. */
    rejections: integer().notNull().default(0),
    retryAt: moment(),
    /** When time alone may change the entitlement: end of grace or of a period. */
    nextCheckAt: moment(),
    /** An import brought them: their next state is stored and their roles are set, but nobody is notified. */
    adopting: boolean().notNull().default(false),
    /** Why this customer changes nothing at the moment. */
    parkedReason: text(),
    parkedDetail: text(),
    /** An operator has seen that it is parked for this reason: no longer listed, until the reason changes. */
    acknowledgedReason: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (customers) => [
    index('customers_user').on(customers.userId),
    index('customers_hint').on(customers.discordIdHint).where(sql`${customers.discordIdHint} is not null`),
    // In the order of claiming: an import may make everybody wait at once.
    index('customers_waiting')
      .on(customers.adopting, customers.retryAt.asc().nullsFirst(), customers.customerId)
      .where(sql`${customers.wanted} > ${customers.done}`),
    // What health and metrics ask; an import makes everybody wait, and is no reason to worry.
    index('customers_waiting_since')
      .on(customers.wantedAt)
      .where(sql`${customers.wanted} > ${customers.done} and not ${customers.adopting}`),
    index('customers_failing')
      .on(customers.customerId)
      .where(sql`${customers.wanted} > ${customers.done} and ${customers.failures} >= 5`),
    index('customers_next_check').on(customers.nextCheckAt).where(sql`${customers.nextCheckAt} is not null`),
    index('customers_parked').on(customers.customerId).where(sql`${customers.parkedReason} is not null`),
  ],
);

export type Customer = typeof customers.$inferSelect;
