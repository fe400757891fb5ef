import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { ConnectionPool, PoolState } from './pool.ts';

/** The argument of a query: the pool, or a transaction. */
export type Queryable = Omit<NodePgDatabase, 'transaction'>;

/** The pool: each statement is a transaction of its own. `transaction` makes one of several. */
export type Orm = Queryable & { readonly $client: ConnectionPool };

/** One transaction; only `transaction` makes it, and none begins inside it. */
export type Transaction = Queryable & { readonly $client: pg.PoolClient };

export interface Database {
  readonly orm: Orm;
  /** Creates what is missing, see `migrate.ts`; answers what was applied. */
  migrate(): Promise<readonly string[]>;
  /** Calls back for every NOTIFY on the channel, across reconnections; resolves to what stops it. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>;
  pool(): PoolState;
  /** Ends every connection, also when the server does not answer or a transaction is open. */
  close(): Promise<void>;
}
