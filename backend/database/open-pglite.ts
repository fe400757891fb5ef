import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database } from './database.ts';
import { takeLockFile } from './lock-file.ts';
import { migratePglite } from './migrate.ts';
import * as schema from './schema.ts';

/**
 * Embedded Postgres for development, in a folder that only this process may use: a second one would lose rows without
 * an error.
 * @param folder created if missing; undefined keeps everything in memory.
 * @throws {FolderInUse}
 */
export async function openPglite(folder?: string): Promise<Database> {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const release = folder === undefined ? () => {} : takeLockFile(`${path.resolve(folder)}.lock`);
  const pglite = await PGlite.create(folder === undefined ? {} : { dataDir: folder }).catch((error: unknown) => {
    release();
    throw error;
  });
  const orm = drizzle(pglite, { schema, casing: 'snake_case' });
  return {
    orm,
    migrate: () => migratePglite(pglite, orm),
    listen: (channel, onNotify) => pglite.listen(channel, onNotify),
    close: async () => {
      await pglite.close();
      release();
    },
  };
}
