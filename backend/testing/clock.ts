import { query } from '@moddy/sandbox/postgres';
import type { Orm } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';

/**
 * Lets `now()` of a new database follow a test. Postgres calls the `now()` of the first schema in `search_path`, so every
 * statement and every column default calls this one.
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
 * Stops `now()` until the test advances it, at a whole millisecond as in a `Date`: work that is due in a second becomes due
 * when the test advances the clock.
 */
export const stopClock = async (db: Orm): Promise<void> =>
  void (await db.execute(sql`update clock.time set stopped_at = date_trunc('milliseconds', pg_catalog.now())`));

export const advanceClock = async (db: Orm, ms: number): Promise<void> =>
  void (await db.execute(sql`update clock.time set ahead = ahead + ${`${ms} milliseconds`}::interval`));
