import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase } from '@moddy/sandbox/postgres';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { MigrationsOutOfOrder, migratePostgres, rejectOutOfOrder } from './migrate.ts';
import { openDatabase } from './open.ts';
import { users } from './schema.ts';

describe('PGlite, the embedded database', () => {
  const folder = async () => {
    const parent = await mkdtemp(path.join(tmpdir(), 'moddy-pglite-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    return path.join(parent, 'data');
  };

  it('keeps rows across a restart, refuses a second process and wakes listeners', async () => {
    const at = { folder: await folder() };
    const first = await openDatabase(at);
    await first.migrate();
    await first.orm.insert(users).values({ discordId: '1' });
    await expect(openDatabase(at)).rejects.toThrow(/Another process/);
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await first.listen('deliveries', () => wake());
    await first.orm.transaction((tx) => tx.execute(`select pg_notify('deliveries', '')`));
    await woken;
    await first.close();
    const second = await openDatabase(at);
    await second.migrate();
    expect(await second.orm.select().from(users)).toMatchObject([{ discordId: '1', plan: 'free', revision: 0 }]);
    await second.close();
    // PGlite unpacks a whole Postgres at each start.
  }, 60_000);
  it('takes over the lock file of a process that is gone', async () => {
    const at = { folder: await folder() };
    await writeFile(`${at.folder}.lock`, '999999999');
    await (await openDatabase(at)).close();
  });
});

/** A database as the first release left it. */
async function applyFirst(session: pg.Client): Promise<void> {
  const read = (name: string) => readFile(new URL(`./migrations/${name}`, import.meta.url), 'utf8');
  const { entries } = JSON.parse(await read('meta/_journal.json')) as { entries: { tag: string; when: number }[] };
  const [first] = entries;
  await session.query(await read(`${first?.tag}.sql`));
  await session.query('create schema drizzle');
  await session.query(
    'create table drizzle.__drizzle_migrations (id serial primary key, hash text, created_at bigint)',
  );
  await session.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ('', $1)", [first?.when]);
}

describe('migrations on Postgres', () => {
  it('are applied once by any number of processes that start together', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    await Promise.all([migratePostgres(url), migratePostgres(url), migratePostgres(url)]);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    const applied = await client.query<{ count: number; different: number }>(
      'select count(*)::int, count(distinct hash)::int as different from drizzle.__drizzle_migrations',
    );
    expect(applied.rows[0]?.count).toBe(applied.rows[0]?.different);
    expect(applied.rows[0]?.count).toBeGreaterThan(0);
  });
  it('wait for a table that an old replica uses without making the others wait as long', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    const sessions = [1, 2, 3].map(() => new pg.Client({ connectionString: url }));
    const [holder, reader, observer] = sessions;
    if (!holder || !reader || !observer) throw new Error('no session');
    await Promise.all(sessions.map((session) => session.connect()));
    onTestFinished(async () => void (await Promise.all(sessions.map((session) => session.end()))));
    await applyFirst(holder);
    await holder.query('begin; select from customers limit 1');
    const migrating = migratePostgres(url);
    await eventually(
      () => observer.query(`select from pg_locks where relation = 'customers'::regclass and not granted`),
      ({ rowCount }) => rowCount === 1,
    );
    await reader.query('select from customers limit 1');
    await holder.query('commit');
    expect((await migrating)[0]).toBe('0001_growth');
  });
  it('are refused when one was never applied but a newer one was', () => {
    const journal = [
      { when: 1, tag: '0000_init' },
      { when: 2, tag: '0001_late' },
      { when: 3, tag: '0002_new' },
    ];
    expect(() => rejectOutOfOrder([1, 3], journal)).toThrow(MigrationsOutOfOrder);
    expect(() => rejectOutOfOrder([1, 2], journal)).not.toThrow();
  });
});
