import { type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import { sql } from 'drizzle-orm';
import type { BackendConfig } from '../../config.ts';
import { FolderInUse } from '../../database/lock-file.ts';
import { missingFrom } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';

/** Is it there, and does it have every migration of this program; changes nothing. */
export async function examineDatabase({ database: at }: Pick<BackendConfig, 'database'>): Promise<readonly Finding[]> {
  try {
    const database = await openDatabase(at);
    try {
      await database.orm.execute(sql`select 1`);
      return [well('database', 'answers'), await examineMigrations(database.orm)];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof FolderInUse) return [well('database', 'embedded, and held by the running backend')];
    return [
      wrong(
        'database',
        'no answer, or it refuses us',
        'is the Postgres of DATABASE_URL running, and are user, password and name right?',
      ),
    ];
  }
}

async function examineMigrations(db: Awaited<ReturnType<typeof openDatabase>>['orm']): Promise<Finding> {
  const applied = await db
    .execute(sql`select created_at from drizzle.__drizzle_migrations`)
    .then((result) => rowsOf(result).map((row) => Number(row.created_at)))
    .catch(() => []);
  const missing = missingFrom(applied);
  return missing.length === 0
    ? well('migrations', `${applied.length} applied`)
    : wrong('migrations', `missing: ${missing.join(', ')}`, 'make migrate, or start the backend, which does it too');
}

/** Both drivers answer an object with `rows`; their common type says nothing of it. */
const rowsOf = (result: unknown): readonly { readonly created_at: unknown }[] =>
  typeof result === 'object' && result !== null && 'rows' in result && Array.isArray(result.rows) ? result.rows : [];
