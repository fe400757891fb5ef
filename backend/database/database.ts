import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

type Schema = typeof schema;

/** What queries take: postgres.js, PGlite and a transaction of either are the same to them. */
export type Queryable = PgDatabase<PgQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>;

export interface Database {
  readonly orm: Queryable;
  /** Creates what is missing, see `migrate.ts`; answers what was applied. */
  migrate(): Promise<readonly string[]>;
  /** Calls back for every NOTIFY on the channel, across reconnections; resolves to what stops it. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
