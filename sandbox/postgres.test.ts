import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { client } from './postgres/database.ts';
import { type Postgres, query, startPostgres } from './postgres.ts';

let postgres: Postgres;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'moddy-postgres-test-'));
  postgres = await startPostgres({ dir, persistent: false });
}, 60_000);

afterAll(async () => {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a PostgreSQL server for tests', () => {
  it('makes a fresh database each time', async () => {
    const [one, two] = await Promise.all([postgres.createDatabase(), postgres.createDatabase('named')]);
    expect(await query(one, 'select current_database() as name')).not.toEqual([{ name: 'named' }]);
    expect(await query(two, 'select current_database() as name')).toEqual([{ name: 'named' }]);
  });

  it('takes settings', async () => {
    expect(await query(postgres.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  it.each(['SIGKILL', 'SIGQUIT'] as const)(
    'keeps committed rows over %s, with a busy backend at the time',
    async (signal) => {
      const url = await postgres.createDatabase();
      await query(url, 'create table kept (n int)');
      await query(url, 'insert into kept values (1)');
      const busy = client(url);
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
    },
  );

  it('leaves nothing behind when stopped', async () => {
    const other = await startPostgres({ settings: { fsync: 'off' } });
    const folder = (await query(other.url, 'show data_directory'))[0]?.data_directory;
    await other.stop();
    expect(existsSync(String(folder))).toBe(false);
    expect(() => process.kill(other.pid(), 0)).toThrow('ESRCH');
  });
});
