import { bigint, index, pgTable, sql, text } from '../drizzle.ts';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

/** A plan that an operator gave to a user: a second source of the entitlement, beside the subscriptions. */
export const grants = pgTable(
  'grants',
  {
    grantId: id(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    plan: text().notNull(),
    endsAt: moment().notNull(),
    /** Who gave it, as the operator's account is named. */
    author: text().notNull(),
    reason: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    /** When an operator ended it before its end. */
    revokedAt: moment(),
    /** Null until its end was acted on. */
    endedAt: moment(),
  },
  (grants) => [
    index('grants_user').on(grants.userId),
    index('grants_open').on(grants.endsAt).where(sql`${grants.endedAt} is null`),
  ],
);
