import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, query, startOwnPostgres } from '@moddy/sandbox/postgres';
import { promote, startStandby } from '@moddy/sandbox/postgres/standby';
import { signature } from '@moddy/sandbox/stripe/webhook-post';
import { startTcpProxy, type TcpProxy } from '@moddy/sandbox/tcp-proxy';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend, WEBHOOK_SECRET } from '../testing/start-test-backend.ts';

/** A backend with a database server of its own, behind a network of its own. */
async function start(create = (postgres: Postgres) => postgres.createDatabase()) {
  const dir = await mkdtemp(join(tmpdir(), 'moddy-outage-'));
  const settings = { fsync: 'off', max_connections: '60' };
  const postgres = await startOwnPostgres({ dir, settings });
  const servers: Postgres[] = [postgres];
  const proxy = await startTcpProxy(postgres.port);
  onTestFinished(async () => {
    await proxy.close();
    await Promise.all(servers.map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  });
  const url = new URL(await create(postgres));
  url.port = String(proxy.port);
  const system = await startTestBackend({ DATABASE_URL: url.href });
  system.stripe.deliveries.retry = { firstMs: 50, maxMs: 200, attempts: 1_000 };
  const addStandby = async () => {
    const standby = await startStandby(postgres, { from: dir, dir: join(dir, 'standby'), settings });
    servers.push(standby);
    return standby;
  };
  return { postgres, proxy, system, addStandby };
}

/** Each member who paid got one message and one role update, and the pool rests. */
async function expectAllDelivered({ bot, backend }: TestBackend, members: readonly string[]): Promise<void> {
  const calls = await bot.received(2 * members.length);
  for (const operation of ['notifyUser', 'updateUserRole']) {
    const notified = calls.filter((call) => call.operation === operation).map(({ body }) => body.discord_id);
    expect(notified.toSorted()).toEqual(members.toSorted());
  }
  await eventually(
    async () => backend.database.pool(),
    ({ total, idle, waiting, openTransactions }) => total === idle && waiting + openTransactions === 0,
  );
  expect(backend.database.pool().retriedDeadlocks).toBe(0);
}

const pay = ({ stripe }: TestBackend, discordId: string) =>
  stripe.subscribe({ discordId, price: 'price_moddy_max_month' });

describe('payments during an outage of Postgres', () => {
  it('are delivered after repeated restarts of Postgres', async () => {
    const { postgres, system } = await start();
    const members = ['1', '2', '3'];
    for (const member of members) {
      pay(system, member);
      await postgres.kill('SIGQUIT');
      pay(system, `${member}0`);
      await postgres.start();
    }
    await expectAllDelivered(
      system,
      members.flatMap((member) => [member, `${member}0`]),
    );
  });

  it.each([
    ['is killed', (postgres: Postgres, _proxy: TcpProxy) => postgres.kill('SIGKILL')],
    ['is cut off', async (_postgres: Postgres, proxy: TcpProxy) => proxy.halfOpen()],
  ])(
    'are delivered when a standby replaces a primary that %s',
    async (_how, end) => {
      const { postgres, proxy, system, addStandby } = await start();
      const standby = await addStandby();
      pay(system, '1');
      await system.bot.received(2);
      proxy.direct(standby.port);
      await end(postgres, proxy);
      pay(system, '2');
      await promote(standby);
      pay(system, '3');
      await expectAllDelivered(system, ['1', '2', '3']);
    },
    60_000,
  );
});

describe('503 while the database rejects connections', () => {
  it.each([
    ['of the service', 'alter role service nologin', 'alter role service login'],
    ['with its password', `alter role service password 'other'`, `alter role service password 'service'`],
    ['above a limit', 'alter role service connection limit 0', 'alter role service connection limit -1'],
    ['of any user', 'alter database moddy allow_connections false', 'alter database moddy allow_connections true'],
    ['because it is renamed', 'alter database moddy rename to old', 'alter database old rename to moddy'],
  ])(
    '%s',
    async (_which, begin, end) => {
      const { postgres, system } = await start(async (server) => {
        await query(server.url, `create role service login password 'service'`);
        await query(server.url, 'create database moddy owner service');
        return `postgres://service:service@127.0.0.1:${server.port}/moddy`;
      });
      pay(system, '1');
      await system.bot.received(2);
      const admit = (yes: boolean) => query(postgres.url, `alter database moddy allow_connections ${yes}`);
      const terminate = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'service'`;
      await admit(false);
      await query(postgres.url, terminate);
      await query(postgres.url, begin);
      if (!begin.includes('moddy')) await admit(true);
      const payload = JSON.stringify({
        id: 'evt_1',
        object: 'event',
        type: 'invoice.paid',
        created: 1_750_000_000,
        livemode: false,
        data: { object: { id: 'in_1', object: 'invoice', customer: 'cus_ABC123' } },
      });
      const headers = { 'content-type': 'application/json', 'stripe-signature': signature(payload, WEBHOOK_SECRET) };
      const webhook = `${system.publicUrl}/payments/webhook`;
      expect((await fetch(webhook, { method: 'POST', headers, body: payload })).status).toBe(503);
      await query(postgres.url, end);
      await admit(true);
      pay(system, '2');
      await expectAllDelivered(system, ['1', '2']);
    },
    60_000,
  );
});

it('the backend stops while the database does not answer', async () => {
  const { proxy, system } = await start();
  const waiting = new Promise<void>((resolve) =>
    // The poll of the next second.
    proxy.onSent('with "waiting" as', () => {
      proxy.stall();
      resolve();
    }),
  );
  await waiting;
  await system.backend.stop();
  await eventually(
    async () => system.backend.database.pool(),
    ({ total }) => total === 0,
  );
});
