import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Database } from './database.ts';
import { createListening } from './listening.ts';
import { migratePostgres } from './migrate.ts';
import * as schema from './schema.ts';

const POOL_SIZE = 10;
/** Longer than any of our statements; a lost connection must not hold a request for minutes. */
const STATEMENT_TIMEOUT_MS = 15_000;

/** A pool of connections; none is made before the first query. */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    application_name: 'moddy-backend',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 300_000,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Where the server is gone without a word, its own timeout never speaks.
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
    keepAlive: true,
  });
  // A connection that breaks between two statements has nobody to tell; the next query says it.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  const listening = createListening(url);
  let closed: Promise<void> | undefined;
  return {
    orm: drizzle(pool, { schema, casing: 'snake_case' }),
    migrate: () => migratePostgres(url),
    listen: listening.listen,
    close: () => {
      closed ??= listening.close().then(() => pool.end());
      return closed;
    },
  };
}
