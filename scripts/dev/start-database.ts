import { createDatabase, startPostgres } from '@moddy/sandbox/postgres';

export interface LocalDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** A real Postgres of its own, forgotten at the end; so the operator's commands can look at it beside the backend. */
export async function startDatabase(port: number): Promise<LocalDatabase> {
  // What it holds is forgotten anyway, so nothing has to reach the disk.
  const postgres = await startPostgres({ port, settings: { fsync: 'off', synchronous_commit: 'off' } });
  const isOurs = postgres.port === port;
  return { url: await createDatabase(postgres.url, isOurs ? 'moddy' : undefined), close: () => postgres.stop() };
}
