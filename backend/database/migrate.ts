import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PgliteDatabase } from 'drizzle-orm/pglite';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import type * as schema from './schema.ts';

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));
/** Any number that nothing else locks: the four letters of "Mody". */
const LOCK = 0x4d6f6479;
const LOCK_TIMEOUT = '30s';

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
 */
export async function migratePostgres(url: string): Promise<void> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    connection: { lock_timeout: 30_000 },
  });
  try {
    const db = drizzle(client);
    await client.unsafe(`set lock_timeout = '${LOCK_TIMEOUT}'`);
    await client.unsafe(`select pg_advisory_lock(${LOCK})`);
    const [journal] = await client<
      { exists: string | null }[]
    >`select to_regclass('drizzle.__drizzle_migrations')::text as exists`;
    if (journal?.exists) {
      refuseOutOfOrder(
        (await client<{ created_at: string }[]>`select created_at from drizzle.__drizzle_migrations`).map((row) =>
          Number(row.created_at),
        ),
      );
    }
    const { migrate } = await import('drizzle-orm/postgres-js/migrator');
    await migrate(db, { migrationsFolder });
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** The same for PGlite, whose folder has one process and one session. */
export async function migratePglite(db: PgliteDatabase<typeof schema>): Promise<void> {
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  await migrate(db, { migrationsFolder });
}

/** @param applied `created_at` of the migrations in the database, which drizzle sets to the journal's `when`. */
export function refuseOutOfOrder(applied: readonly number[], journal = readJournal()): void {
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
