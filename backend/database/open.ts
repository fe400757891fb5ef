import { setImmediate } from 'node:timers/promises';
import { withDeadline } from '@moddy/runtime/deadline';
import type { Database } from './database.ts';
import { drizzle } from './drizzle.ts';
import { createListening } from './listening.ts';
import { migratePostgres } from './migrate.ts';
import { ConnectionPool, LIMITS, type Limits, Sockets } from './pool.ts';

export interface DatabaseAddress {
  readonly url: string;
  /** For LISTEN and migrations, which need a session of their own, if `url` is that of a pooler. */
  readonly directUrl?: string | undefined;
}

/** The same for commands that only read: the database itself rejects every write. Past a pooler, which knows no such session. */
export const openReadOnly = ({ url, directUrl = url }: DatabaseAddress): Database =>
  openDatabase({ url: directUrl }, LIMITS, '-c default_transaction_read_only=on');

/**
 * Connects to nothing before the first query.
 * @param settings for the sessions of the pool, as a command line of Postgres.
 */
export function openDatabase(
  { url, directUrl = url }: DatabaseAddress,
  limits: Limits = LIMITS,
  settings?: string,
): Database {
  const sockets = new Sockets();
  const pool = new ConnectionPool(url, limits, sockets, settings);
  const listening = createListening(directUrl, limits, sockets);
  let closed: Promise<void> | undefined;
  const close = async () => {
    // The pool forgets callers to whom it was about to give an idle connection.
    await setImmediate();
    const orderly = () => Promise.all([listening.close(), pool.end()]);
    await withDeadline(limits.closeMs, orderly).catch(() => sockets.destroy());
  };
  return {
    orm: drizzle(pool, { casing: 'snake_case' }),
    migrate: () => migratePostgres(directUrl, limits, sockets),
    listen: listening.listen,
    pool: () => pool.state(),
    close: () => (closed ??= close()),
  };
}
