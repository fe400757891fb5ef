import { readFile } from 'node:fs/promises';
import { createDatabase } from '@moddy/sandbox/postgres';
import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { MigrationsOutOfOrder, migratePostgres, rejectOutOfOrder } from './migrate.ts';
import { LIMITS, Sockets } from './pool.ts';
import { isUnavailable } from './unavailable.ts';

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
  it('wait for a table that an old replica uses without blocking other readers', async () => {
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
  it('continue when a migrating process freezes', async () => {
    const url = await createDatabase(inject('postgresUrl'));
    const proxy = await startTcpProxy(Number(new URL(url).port));
    onTestFinished(() => proxy.close());
    const session = new pg.Client({ connectionString: url });
    await session.connect();
    await applyFirst(session);
    await session.end();
    const frozen = new Promise<void>((resolve) => {
      const freeze = () => {
        proxy.cut();
        resolve();
      };
      proxy.onSent('ALTER TABLE', freeze, { delivered: true });
    });
    const proxied = new URL(url);
    proxied.port = String(proxy.port);
    const sockets = new Sockets();
    const first = migratePostgres(proxied.href, { ...LIMITS, idleInTransactionMs: 500 }, sockets);
    const ended = first.catch((error: unknown) => error);
    await frozen;
    expect((await migratePostgres(url))[0]).toBe('0001_growth');
    sockets.destroy();
    expect(isUnavailable(await ended)).toBe(true);
  });
  it('are rejected when one is missing but a newer one is applied', () => {
    const journal = [
      { when: 1, tag: '0000_init' },
      { when: 2, tag: '0001_late' },
      { when: 3, tag: '0002_new' },
    ];
    expect(() => rejectOutOfOrder([1, 3], journal)).toThrow(MigrationsOutOfOrder);
    expect(() => rejectOutOfOrder([1, 2], journal)).not.toThrow();
  });
});
