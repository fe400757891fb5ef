import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createDatabase, query } from '@moddy/sandbox/postgres';
import { inject } from 'vitest';
import { migratePostgres } from '../database/migrate.ts';
import { hasCode } from '../database/unavailable.ts';
import { followClock, installClock } from './clock.ts';

const journal = readFileSync(new URL('../database/migrations/meta/_journal.json', import.meta.url));
const VERSION = createHash('sha256').update(journal).digest('hex').slice(0, 12);
const TEMPLATES = { real: `migrated_${VERSION}`, movable: `movable_${VERSION}` } as const;

/**
 * Creates a database with our schema: a copy of one that is migrated once per server, which saves half of a start.
 * @param clock whether its `now()` can be moved: it is slower then.
 */
export async function createMigratedDatabase(clock: keyof typeof TEMPLATES = 'real'): Promise<string> {
  const server = inject('postgresUrl');
  const template = TEMPLATES[clock];
  const copy = async () => {
    const url = await createDatabase(server, undefined, template);
    if (clock === 'movable') await followClock(url);
    return url;
  };
  try {
    return await copy();
  } catch (error) {
    if (!hasCode(error, NO_DATABASE)) throw error;
  }
  const url = await createDatabase(server);
  // Before the tables: the defaults of their columns call this clock.
  if (clock === 'movable') await installClock(url);
  await migratePostgres(url);
  await query(server, `alter database "${new URL(url).pathname.slice(1)}" rename to "${template}"`).catch((error) => {
    // Another test process was faster.
    if (!hasCode(error, DUPLICATE_DATABASE)) throw error;
  });
  return copy();
}

const NO_DATABASE = /^3D000$/;
const DUPLICATE_DATABASE = /^42P04$/;
