import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Orm } from './database.ts';
import { drizzle, sql } from './drizzle.ts';
import { connectionOptions, LIMITS, Sockets } from './pool.ts';
import { hasCode } from './unavailable.ts';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any number that nothing else locks: the four letters of "Mody". */
const LOCK = 0x4d6f6479;
const LOCK_TIMEOUT = '30s';
/**
 * Old replicas go on meanwhile: their statements queue behind a migration that waits for a table. It waits for less than
 * the second after which Postgres ends a deadlock, gives everything back, and tries again.
 */
const TABLE_LOCK_TIMEOUT = '500ms';
const TABLE_LOCK_TRIES = 30;
/** Longer than any migration takes: a connection that is dead must not hold up a deployment for ever. */
const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** The database holds a migration that is newer than one it lacks: drizzle would skip the missing one in silence. */
export class MigrationsOutOfOrder extends Error {
  override readonly name = 'MigrationsOutOfOrder';
  constructor(tag: string) {
    super(`Migration ${tag} was never applied, but a newer one was. Give it a newer number and generate it again.`);
  }
}

/**
 * Brings the schema up to date under an advisory lock, on a connection of its own: on a pool the lock would be taken
 * on one connection and released on another.
 * @returns the migrations that were applied.
 */
export async function migratePostgres(
  url: string,
  limits = LIMITS,
  sockets = new Sockets(),
): Promise<readonly string[]> {
  const client = new pg.Client({
    ...connectionOptions(url, 'moddy-migrate', limits),
    query_timeout: ANSWER_TIMEOUT_MS,
    stream: sockets.create,
  });
  // A broken connection also fails the statement in flight.
  client.on('error', () => {});
  try {
    await client.connect();
    // A process that freezes in the midst of a migration would keep its locks.
    await client.query(`set idle_in_transaction_session_timeout = ${limits.idleInTransactionMs}`);
    await client.query(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.query(`select pg_advisory_lock(${LOCK})`);
    await client.query(`set lock_timeout = '${TABLE_LOCK_TIMEOUT}'`);
    return await applyMissing(client, async () => {
      const { migrate } = await import('drizzle-orm/node-postgres/migrator');
      await untilLocked(() => migrate(drizzle(client), { migrationsFolder }));
    });
  } finally {
    await client.end();
  }
}

/** A migration is one transaction: one that could not lock a table has changed nothing. */
async function untilLocked(migrate: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await migrate();
    } catch (error) {
      if (attempt === TABLE_LOCK_TRIES || !hasCode(error, /^55P03$/)) throw error;
      await delay(500 + 500 * Math.random());
    }
  }
}

async function applyMissing(session: pg.Client, migrate: () => Promise<void>): Promise<readonly string[]> {
  const table = await session.query<{ name: string | null }>(
    `select to_regclass('drizzle.__drizzle_migrations')::text as name`,
  );
  const { rows } = table.rows[0]?.name
    ? await session.query<{ created_at: string }>('select created_at from drizzle.__drizzle_migrations')
    : { rows: [] };
  const applied = rows.map((row) => Number(row.created_at));
  rejectOutOfOrder(applied);
  const missing = missingFrom(applied);
  // Most starts find nothing missing, and then do not load the migrator.
  if (missing.length > 0) await migrate();
  return missing;
}

/** Tags of the migrations that this database lacks; changes nothing. */
export async function missingMigrations(orm: Orm): Promise<readonly string[]> {
  const applied = await orm
    .execute<{ created_at: unknown }>(sql`select created_at from drizzle.__drizzle_migrations`)
    .catch((error: unknown) => {
      if (hasCode(error, NO_TABLE)) return { rows: [] };
      throw error;
    });
  return missingFrom(applied.rows.map((row) => Number(row.created_at)));
}

/** Before the first migration there is no table of them, and no schema. */
const NO_TABLE = /^(?:42P01|3F000)$/;

/** Tags of the migrations that are not among `applied`. */
const missingFrom = (applied: readonly number[]): readonly string[] =>
  readJournal().flatMap(({ when, tag }) => (applied.includes(when) ? [] : [tag]));

/** @param applied `created_at` of the migrations in the database, which drizzle sets to the journal's `when`. */
export function rejectOutOfOrder(applied: readonly number[], journal = readJournal()): void {
  const newest = Math.max(...applied);
  const missing = journal.find(({ when }) => when < newest && !applied.includes(when));
  if (missing) throw new MigrationsOutOfOrder(missing.tag);
}

interface JournalEntry {
  readonly when: number;
  readonly tag: string;
}

function readJournal(): readonly JournalEntry[] {
  // Written by drizzle-kit beside the migrations.
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
    entries: JournalEntry[];
  };
  return journal.entries;
}
