import type { PgTable } from 'drizzle-orm/pg-core';
import type { Queryable } from '../database/database.ts';
import { count, type SQL, sql } from '../database/drizzle.ts';

/** What is counted for people and alerts is counted so far: more is no other message, and a full count grows with it. */
export const COUNT_LIMIT = 10_000;

/** How many rows match, `COUNT_LIMIT` at most. */
export async function countUpTo(db: Queryable, table: PgTable, where: SQL | undefined): Promise<number> {
  const found = db
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(where)
    .limit(COUNT_LIMIT)
    .as('found');
  const [row] = await db.select({ value: count() }).from(found);
  return row?.value ?? 0;
}
