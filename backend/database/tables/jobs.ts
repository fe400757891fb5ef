import { boolean, integer, jsonb, pgTable, primaryKey, text } from '../drizzle.ts';
import { moment } from './columns.ts';

/** Regular work that one replica does at a time, the holder of the lease; `fence` proves it. */
export const jobs = pgTable('jobs', {
  name: text().primaryKey(),
  dueAt: moment().notNull(),
  leaseUntil: moment(),
  fence: integer().notNull().default(0),
  /** How far it got; null between two runs. */
  state: jsonb().$type<unknown>(),
  startedAt: moment(),
  finishedAt: moment(),
  /** By when it should have finished again; null for what runs only on request. */
  lateAt: moment(),
  /** How the last run ended, in plain words. */
  outcome: text(),
  /** The last run wants an operator's attention. */
  alert: boolean().notNull().default(false),
});

/** A cause that was posted to the operator's channel and is not over yet. */
export const announcements = pgTable('announcements', {
  cause: text().primaryKey(),
  detail: text().notNull(),
  firstSeenAt: moment().notNull().defaultNow(),
  /** When it was posted last. */
  postedAt: moment().notNull().defaultNow(),
});

/** What a comparison with the Stripe account found, until it is acted on. */
export const accountDifferences = pgTable(
  'account_differences',
  {
    job: text()
      .notNull()
      .references(() => jobs.name),
    customerId: text().notNull(),
    subscriptionId: text().notNull(),
    kind: text().$type<'unknown_customer' | 'unknown_subscription' | 'changed' | 'unlisted'>().notNull(),
    detail: text().notNull(),
    /** The subscription as Stripe has it; null when Stripe does not list it. */
    listed: jsonb().$type<ListedSubscription>(),
  },
  (differences) => [primaryKey({ columns: [differences.job, differences.customerId, differences.subscriptionId] })],
);

/** As much of a subscription as decides an entitlement; moments in ISO 8601. */
export interface ListedSubscription {
  readonly status: string;
  readonly priceId: string | null;
  /** Absent in older rows. */
  readonly plan?: string | null;
  readonly interval: string | null;
  /** Absent in older rows. */
  readonly intervalCount?: number | null;
  readonly currentPeriodStart: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelAtPeriodEnd: boolean;
}
