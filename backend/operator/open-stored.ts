import { existsSync } from 'node:fs';
import { Environment, type Variables } from '@moddy/runtime/config';
import { readDatabase } from '../config.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { OperatorError } from './errors.ts';

/** Opens the database of the environment for the length of some work; one that does not exist is not made. */
export async function withDatabase<Result>(
  variables: Variables,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const env = new Environment(variables);
  const at = env.done(readDatabase(env));
  if ('folder' in at && !existsSync(at.folder)) {
    throw new OperatorError(
      `No database: DATABASE_URL is unset and the folder ${at.folder} (DATA_DIR) does not exist.`,
    );
  }
  const database = await openDatabase(at);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
