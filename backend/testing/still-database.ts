import type { Database } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { stopClock } from './clock.ts';
import { createMigratedDatabase } from './create-migrated-database.ts';
import { withoutIndexes } from './without-indexes.ts';

/**
 * A database for tables of rows: `now()` stands still, so that the end of every limit is hit exactly, and no index puts
 * an order right by chance.
 */
export async function openStillDatabase(): Promise<{ database: Database; now: Date }> {
  const database = openDatabase({ url: await withoutIndexes(await createMigratedDatabase('movable')) });
  await stopClock(database.orm);
  const { rows } = await database.orm.execute<{ ms: string }>(sql`select extract(epoch from now()) * 1000 as ms`);
  return { database, now: new Date(Number(rows[0]?.ms)) };
}
