import { bigint, index, pgTable, text } from 'drizzle-orm/pg-core';
import { moment } from './columns.ts';
import { users } from './users.ts';

/** Who is logged in to the site. The cookie holds a random token; here is only what recognises it. */
export const sessions = pgTable(
  'sessions',
  {
    /** HMAC-SHA-256 of the token under `SESSION_SECRET`: another secret ends every session. */
    tokenHash: text().primaryKey(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    /** What Discord calls the person, to greet them; forgotten with the session. */
    name: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (sessions) => [index('sessions_user').on(sessions.userId), index('sessions_expires').on(sessions.expiresAt)],
);
