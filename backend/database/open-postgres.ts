import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import type { Database } from './database.ts';
import { migratePostgres } from './migrate.ts';
import * as schema from './schema.ts';

const POOL_SIZE = 10;
/** Longer than any of our statements; a lost connection must not hold a request for minutes. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** A pool of connections; none is made before the first query. */
export function openPostgres(url: string): Database {
  const sql = postgres(url, {
    max: POOL_SIZE,
    connect_timeout: 5,
    idle_timeout: 300,
    backoff: (retries) => Math.min(2, 0.1 * 2 ** retries),
    connection: { application_name: 'moddy-backend', statement_timeout: STATEMENT_TIMEOUT_MS },
    onnotice: () => {},
  });
  return {
    orm: drizzle(sql, { schema, casing: 'snake_case' }),
    migrate: () => migratePostgres(url),
    listen: async (channel, onNotify) => {
      // The second callback runs at every (re)connection: whatever was notified meanwhile is looked for.
      const { unlisten } = await sql.listen(channel, onNotify, onNotify);
      return unlisten;
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
