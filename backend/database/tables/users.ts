import { bigint, boolean, index, integer, pgTable, sql, text } from '../drizzle.ts';
import { id, moment } from './columns.ts';

/** One user, known by their Discord id. `plan` and what stands beside it is the entitlement the user was notified of. */
export const users = pgTable(
  'users',
  {
    userId: id(),
    discordId: text().notNull().unique(),
    email: text(),
    locale: text(),
    plan: text().notNull().default('free'),
    /** The subscription the plan comes from, kept after it ended: the same one again is a resumption. */
    subscriptionId: text(),
    interval: text(),
    /** Billed every so many intervals; null until a version that knows it looks. */
    intervalCount: integer(),
    cancelsAtPeriodEnd: boolean().notNull().default(false),
    paymentLate: boolean().notNull().default(false),
    /** The charge that the last reminder was about. */
    remindedOf: moment(),
    /** Grows with every change of the plan; the bot ignores older ones. */
    revision: integer().notNull().default(0),
    /** The revision for which the bot said that the roles are as asked. */
    confirmedRevision: integer().notNull().default(0),
    /** When the user asked to be forgotten; their Discord id goes when their roles have gone. Kept afterwards. */
    erasureRequestedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (users) => [
    // As an operator asks: of any case.
    index('users_email').on(sql`lower(${users.email})`),
    index('users_unconfirmed').on(users.userId).where(sql`${users.confirmedRevision} < ${users.revision}`),
    index('users_erasure').on(users.userId).where(sql`${users.erasureRequestedAt} is not null`),
  ],
);

/** Who is logged in to the site. The cookie holds a random token; here is only what recognises it. */
export const sessions = pgTable(
  'sessions',
  {
    /** HMAC-SHA-256 of the token under `SESSION_SECRET`: another secret ends every session. */
    tokenHash: text().primaryKey(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    /** What Discord calls the user, to greet them; forgotten with the session. */
    name: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (sessions) => [index('sessions_user').on(sessions.userId), index('sessions_expires').on(sessions.expiresAt)],
);
