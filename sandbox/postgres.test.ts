import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Postgres, query, startPostgres } from './postgres.ts';

let postgres: Postgres;
let dir: string;

beforeAll(async () => {
  // These tests kill their server: never another one.
  vi.stubEnv('TEST_DATABASE_URL', '');
  dir = await mkdtemp(join(tmpdir(), 'moddy-postgres-test-'));
  postgres = await startPostgres({ dir, persistent: false });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a PostgreSQL server for tests', () => {
  it('creates a fresh database each time', async () => {
    const [one, two] = await Promise.all([postgres.createDatabase(), postgres.createDatabase('named')]);
    expect(await query(one, 'select current_database() as name')).not.toEqual([{ name: 'named' }]);
    expect(await query(two, 'select current_database() as name')).toEqual([{ name: 'named' }]);
  });

  it('keeps the exit code of a failed test run', () => {
    const program = `await import(${JSON.stringify(new URL('./postgres-global.ts', import.meta.url).href)}); process.exitCode = 3;`;
    expect(spawnSync('node', ['--input-type=module', '-e', program]).status).toBe(3);
  });

  it('applies settings', async () => {
    expect(await query(postgres.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  it.each(['SIGKILL', 'SIGQUIT'] as const)('keeps committed rows through %s during a running query', async (signal) => {
    const url = await postgres.createDatabase();
    await query(url, 'create table kept (n int)');
    await query(url, 'insert into kept values (1)');
    const busy = new pg.Client({ connectionString: url });
    busy.on('error', () => {});
    const running = busy.connect().then(() => busy.query('select pg_sleep(600)'));
    const failed = running.then(
      () => 'finished',
      () => 'failed',
    );
    const seen = `select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`;
    while ((await query(postgres.url, seen)).length === 0);
    const pid = postgres.pid();

    await postgres.kill(signal);
    expect(await failed).toBe('failed');
    await postgres.start();

    expect(postgres.pid()).not.toBe(pid);
    expect(await query(url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('leaves no folder and no process when stopped', async () => {
    const other = await startPostgres({ settings: { fsync: 'off' } });
    const folder = (await query(other.url, 'show data_directory'))[0]?.data_directory;
    await other.stop();
    expect(existsSync(String(folder))).toBe(false);
    expect(() => process.kill(other.pid(), 0)).toThrow('ESRCH');
  });

  it('starts again on a kept folder', async () => {
    const kept = await mkdtemp(join(tmpdir(), 'moddy-postgres-kept-'));
    const first = await startPostgres({ dir: kept, settings: { fsync: 'off' } });
    await query(await first.createDatabase('mine'), 'create table kept as select 7 as n');
    await first.stop();
    const second = await startPostgres({ dir: kept, settings: { fsync: 'off' } });
    const mine = new URL('/mine', second.url).href;
    expect(await query(mine, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.stop();
    await rm(kept, { recursive: true });
  });

  it('uses the server of TEST_DATABASE_URL without stopping it', async () => {
    vi.stubEnv('TEST_DATABASE_URL', postgres.url);
    const other = await startPostgres();
    vi.stubEnv('TEST_DATABASE_URL', '');
    const url = await other.createDatabase();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(other.kill('SIGKILL')).rejects.toThrow('unset TEST_DATABASE_URL');
    await other.stop();
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('reports why it cannot start and leaves no folder', async () => {
    const own = await mkdtemp(join(tmpdir(), 'moddy-tmp-'));
    await chmod(own, 0o755);
    vi.stubEnv('TMPDIR', own);
    await expect(startPostgres({ settings: { nonsense: '1' } })).rejects.toThrow(
      'unrecognized configuration parameter',
    );
    vi.stubEnv('TMPDIR', undefined);
    expect((await readdir(own)).filter((name) => /^moddy-postgres-\w{6}$/.test(name))).toEqual([]);
    await rm(own, { recursive: true });
  });
});
