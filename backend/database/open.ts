import type { Database } from './database.ts';

/** Postgres by URL, else PGlite in a folder; the one that is not used is not loaded. */
export async function openDatabase(at: { readonly url: string } | { readonly folder: string }): Promise<Database> {
  if ('url' in at) return (await import('./open-postgres.ts')).openPostgres(at.url);
  return (await import('./open-pglite.ts')).openPglite(at.folder);
}
