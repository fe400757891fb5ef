import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Postgres, query, startOwnPostgres } from '../postgres.ts';

export interface StandbyOptions {
  /** The folder of the primary. */
  readonly from: string;
  /** The folder of the standby. */
  readonly dir: string;
  /** Those of the primary: a standby must not allow fewer connections. */
  readonly settings: Record<string, string>;
}

/**
 * Starts a hot standby from a cold copy of a server, which is stopped meanwhile. Afterwards each commit of the primary
 * waits for the standby, so that a failover loses nothing that was answered.
 */
export async function startStandby(primary: Postgres, { from, dir, settings }: StandbyOptions): Promise<Postgres> {
  await primary.kill('SIGINT');
  await mkdir(dir);
  await chmod(dir, 0o755);
  await promisify(execFile)('cp', ['-a', join(from, 'cluster'), join(dir, 'cluster')]);
  await writeFile(join(dir, 'cluster', 'standby.signal'), '');
  await primary.start();
  const { hostname, port, username, password } = new URL(primary.url);
  const source = `host=${hostname} port=${port} user=${username} password=${password}`;
  const standby = await startOwnPostgres({ dir, settings: { ...settings, primary_conninfo: source } });
  const streaming = `select from pg_stat_replication where state = 'streaming'`;
  while ((await query(primary.url, streaming)).length === 0) await delay(50);
  await query(primary.url, `alter system set synchronous_standby_names = '*'`);
  await query(primary.url, 'select pg_reload_conf()');
  return standby;
}

/** Makes a standby the primary; resolves when it takes writes. */
export async function promote(standby: Postgres): Promise<void> {
  await query(standby.url, 'select pg_promote()');
}
