import { query } from '@moddy/sandbox/postgres';
import type { Orm } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';

/**
 * Lets `now()` of a new database follow a test. Of two functions of one name Postgres calls the one of the schema that
 * comes first in `search_path`, so every statement of ours, and every default of a column, asks this one.
 */
export async function installClock(databaseUrl: string): Promise<void> {
  await query(
    databaseUrl,
    `create schema clock;
     create table clock.time (stopped_at timestamptz, ahead interval not null default '0');
     insert into clock.time default values;
     create function clock.now() returns timestamptz language sql stable
       as 'select coalesce(stopped_at, pg_catalog.now()) + ahead from clock.time'`,
  );
  await followClock(databaseUrl);
}

/** A copy of a database has its functions, and not its settings. */
export async function followClock(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await query(databaseUrl, `alter database "${name}" set search_path = public, clock, pg_catalog`);
}

/**
 * From here on `now()` stands still until it is advanced, at a whole millisecond as a `Date` has it: what is due in a
 * second is due when the test says so.
 */
export const stopClock = async (db: Orm): Promise<void> =>
  void (await db.execute(sql`update clock.time set stopped_at = date_trunc('milliseconds', pg_catalog.now())`));

export const advanceClock = async (db: Orm, ms: number): Promise<void> =>
  void (await db.execute(sql`update clock.time set ahead = ahead + ${`${ms} milliseconds`}::interval`));
