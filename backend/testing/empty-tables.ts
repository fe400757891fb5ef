import type { Orm } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';

/** Referring tables first. */
const TABLES = [
  ...['account_differences', 'deliveries', 'subscriptions', 'grants', 'sessions', 'discord_events', 'customers'],
  ...['reversals', 'listed_prices', 'jobs', 'users'],
];
const COUNTED = { users: 'user_id', deliveries: 'delivery_id', reversals: 'reversal_id', grants: 'grant_id' } as const;

/** Empties a database between two tests, with ids from 1 on: TRUNCATE makes new files and takes ten times as long. */
export async function emptyTables(db: Orm): Promise<void> {
  const empty = TABLES.map((table) => `delete from ${table}`);
  const restart = Object.entries(COUNTED).map(
    ([table, column]) => `select setval(pg_get_serial_sequence('${table}', '${column}'), 1, false)`,
  );
  await db.execute(sql.raw([...empty, ...restart].join(';')));
}
