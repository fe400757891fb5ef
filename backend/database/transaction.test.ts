import { createDatabase, query } from '@moddy/sandbox/postgres';
import { startTcpProxy, type TcpProxy } from '@moddy/sandbox/tcp-proxy';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import type { Database } from './database.ts';
import { asc, eq, sql } from './drizzle.ts';
import { openDatabase } from './open.ts';
import { users } from './schema.ts';
import { transaction } from './transaction.ts';
import { isUnavailable } from './unavailable.ts';

/** The production limits, scaled to tests. */
const LIMITS = { connectMs: 5_000, statementMs: 1_400, answerMs: 1_500, idleInTransactionMs: 1_000, closeMs: 500 };

/** A migrated database behind a proxy; its close resolves in every state. */
async function start(limits: Partial<typeof LIMITS> = {}) {
  const url = await createDatabase(inject('postgresUrl'));
  const proxy = await startTcpProxy(Number(new URL(url).port));
  const proxied = new URL(url);
  proxied.port = String(proxy.port);
  const database = openDatabase({ url: proxied.href }, { ...LIMITS, ...limits });
  await database.migrate();
  onTestFinished(async () => {
    await database.close();
    await proxy.close();
  });
  return { url, proxy, database };
}

const insert = (database: Database, discordId: string) =>
  transaction(database.orm, (tx) => tx.insert(users).values({ discordId }));
const stored = async (url: string) =>
  (await query(url, 'select discord_id from users order by user_id')).map((row) => row.discord_id);
/** Every place of the pool is usable at once. */
const usePool = ({ orm }: Database) =>
  Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      transaction(orm, (tx) => tx.insert(users).values({ discordId: `pool ${index}` })),
    ),
  );
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a stalled network', () => {
  it('while transactions begin costs no connection of the pool', async () => {
    const { proxy, database } = await start();
    await usePool(database);
    proxy.stall();
    const begun = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => insert(database, String(index))));
    expect(begun.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'rejected'));
    proxy.resume();
    await database.orm.delete(users);
    await usePool(database);
  });

  it('inside a transaction leaves nothing committed, not even with the next one', async () => {
    const { url, proxy, database } = await start();
    const failed = await errorOf(
      transaction(database.orm, async (tx) => {
        await tx.insert(users).values({ discordId: '101' });
        proxy.stall();
        await tx.insert(users).values({ discordId: '102' });
        await tx.insert(users).values({ discordId: '103' });
      }),
    );
    expect(isUnavailable(failed)).toBe(true);
    proxy.resume();
    await insert(database, '201');
    expect(await stored(url)).toEqual(['201']);
  });

  it.each([
    ['before the database has the commit', false, []],
    ['after the database has the commit', true, ['1']],
  ])('during the commit, %s, leaves the outcome unknown without a retry', async (_when, delivered, rows) => {
    const { url, proxy, database } = await start();
    let runs = 0;
    const failed = await errorOf(
      transaction(database.orm, async (tx) => {
        runs += 1;
        await tx.insert(users).values({ discordId: '1' });
        proxy.onSent('commit', () => proxy.cut(), { delivered });
      }),
    );
    expect(isUnavailable(failed)).toBe(true);
    expect(runs).toBe(1);
    expect(await stored(url)).toEqual(rows);
    await usePool(database);
  });

  it('without end does not block close, even with an open transaction', async () => {
    const { proxy, database } = await start({ connectMs: 60_000, answerMs: 60_000 });
    await usePool(database);
    const waiting = transaction(database.orm, async (tx) => {
      proxy.stall();
      await tx.insert(users).values({ discordId: '1' });
    });
    const failed = errorOf(waiting);
    await eventually(
      async () => database.pool(),
      ({ openTransactions }) => openTransactions === 1,
    );
    await database.close();
    expect(isUnavailable(await failed)).toBe(true);
  });
});

describe('a process that freezes inside a transaction', () => {
  it.each([
    ['frozen', () => {}],
    ['cut off', (proxy: TcpProxy) => proxy.cut()],
  ])('releases its locks when it is %s, and another process continues', async (_how, disturb) => {
    const { url, proxy, database } = await start();
    await insert(database, '1');
    const other = openDatabase({ url }, { ...LIMITS, statementMs: 15_000, answerMs: 16_000 });
    onTestFinished(() => other.close());
    let thaw = () => {};
    const thawed = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const ofUser = eq(users.discordId, '1');
    let frozen: Promise<unknown> = Promise.resolve();
    await new Promise<void>((locked) => {
      frozen = errorOf(
        transaction(database.orm, async (tx) => {
          await tx.update(users).set({ plan: 'lost' }).where(ofUser);
          disturb(proxy);
          locked();
          await thawed;
          await tx.update(users).set({ locale: 'fr' }).where(ofUser);
        }),
      );
    });
    await transaction(other.orm, (tx) => tx.update(users).set({ plan: 'kept' }).where(ofUser));
    thaw();
    expect(isUnavailable(await frozen)).toBe(true);
    expect(await other.orm.select().from(users)).toMatchObject([{ plan: 'kept', locale: null }]);
    await usePool(database);
  });
});

describe('a transaction', () => {
  it('sees concurrent commits whatever the default isolation of the database', async () => {
    const { url, database } = await start();
    const name = new URL(url).pathname.slice(1);
    await query(url, `alter database "${name}" set default_transaction_isolation = 'serializable'`);
    const other = openDatabase({ url }, LIMITS);
    onTestFinished(() => other.close());
    await insert(database, '1');
    await transaction(other.orm, async (tx) => {
      await tx.select().from(users);
      await database.orm.update(users).set({ locale: 'fr' });
      await tx.update(users).set({ plan: 'kept' });
    });
    expect(await other.orm.select().from(users)).toMatchObject([{ plan: 'kept', locale: 'fr' }]);
  });

  it('is rolled back when its work throws, and its connection stays', async () => {
    const { url, database } = await start();
    await insert(database, '1');
    const { total } = database.pool();
    const failed = await errorOf(
      transaction(database.orm, async (tx) => {
        await tx.insert(users).values({ discordId: '2' });
        throw new Error('changed its mind');
      }),
    );
    expect(failed).toMatchObject({ message: 'changed its mind' });
    expect(await stored(url)).toEqual(['1']);
    expect(database.pool()).toMatchObject({ total, idle: total, openTransactions: 0 });
  });

  it('fails when its work ignores a failed statement', async () => {
    const { url, database } = await start();
    const failed = await errorOf(
      transaction(database.orm, async (tx) => {
        await tx.insert(users).values({ discordId: '1' });
        await tx
          .insert(users)
          .values({ discordId: '1' })
          .catch(() => {});
      }),
    );
    expect(failed).toBeInstanceOf(Error);
    expect(await stored(url)).toEqual([]);
  });

  it('is retried after a deadlock, and the retry is counted', async () => {
    const { database } = await start({ statementMs: 5_000, answerMs: 6_000, idleInTransactionMs: 5_000 });
    await database.orm.insert(users).values([{ discordId: '1' }, { discordId: '2' }]);
    const [first, second] = await database.orm.select().from(users).orderBy(asc(users.userId));
    let both = () => {};
    const holding = new Promise<void>((resolve) => {
      both = resolve;
    });
    let committed = () => {};
    const otherCommitted = new Promise<void>((resolve) => {
      committed = resolve;
    });
    let holders = 0;
    const raise = async (ids: readonly (number | undefined)[]) => {
      let tries = 0;
      await transaction(database.orm, async (tx) => {
        tries += 1;
        // Else the repetition could take its first row before the other one wakes up, and deadlock again.
        if (tries > 1) await otherCommitted;
        for (const userId of ids) {
          await tx
            .update(users)
            .set({ revision: sql`${users.revision} + 1` })
            .where(eq(users.userId, userId ?? 0));
          holders += 1;
          if (holders === 2) both();
          if (holders <= 2) await holding;
        }
      });
      committed();
    };
    const ids = [first?.userId, second?.userId];
    await Promise.all([raise(ids), raise(ids.toReversed())]);
    expect(await database.orm.select().from(users)).toMatchObject([{ revision: 2 }, { revision: 2 }]);
    expect(database.pool().retriedDeadlocks).toBe(1);
  });

  it('inside another does not compile', async () => {
    const { database } = await start();
    const nested = transaction(database.orm, (tx) =>
      // @ts-expect-error a transaction begins on the pool only
      transaction(tx, async () => 'never'),
    );
    await expect(nested).rejects.toThrow();
  });
});

describe('connections', () => {
  it('send no parameter that PgBouncer in transaction mode rejects', async () => {
    const { proxy, database } = await start();
    await database.listen('deliveries', () => {});
    await usePool(database);
    const known = new Set(['user', 'database', 'client_encoding', 'application_name']);
    for (const greeting of proxy.greetings) {
      // Length, protocol version, then names and values, each ended by a zero byte.
      const words = greeting.subarray(8).toString().split('\0');
      const names = words.filter((word, index) => index % 2 === 0 && word !== '');
      expect(names.filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it('for LISTEN are closed when LISTEN fails', async () => {
    const { url, database } = await start();
    // Postgres takes no empty name of a channel.
    for (let attempt = 0; attempt < 4; attempt += 1) await expect(database.listen('', () => {})).rejects.toThrow();
    const listening = `select pid from pg_stat_activity where application_name = 'moddy-backend listen' and datname = current_database()`;
    expect((await query(url, listening)).length).toBe(0);
  });

  it('for LISTEN are one at a time and reopened when the network is cut', async () => {
    const { url, proxy, database } = await start();
    let wake = () => {};
    await database.listen('deliveries', () => wake());
    await database.listen('customers', () => {});
    proxy.halfOpen();
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    expect(proxy.open).toBe(1);
    const notified = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await query(url, `select pg_notify('deliveries', '')`);
    await notified;
  });
});
