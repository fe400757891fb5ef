import { setTimeout as delay } from 'node:timers/promises';
import { users } from '@moddy/backend/database/schema';
import { transaction } from '@moddy/backend/database/transaction';
import { query } from '@moddy/sandbox/postgres';
import { promote } from '@moddy/sandbox/postgres/standby';
import type { Cluster } from '../cluster.ts';
import { databaseHealth } from '../database-state.ts';
import { drain } from '../drain.ts';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const LONG = process.env.LONG === '1';
/** The backlog has to pass Discord's 50 requests per second within the goal of 10 s. */
const EVERY_MS = 200;
const STALLS_MS = LONG ? [5_000, 20_000, 40_000] : [5_000, 20_000];

/** Resolves when the first replica sends a text to the database, at which moment it acts. */
const whenSent = (cluster: Cluster, text: string, act: () => void, delivered = false) =>
  new Promise<void>((resolve) =>
    cluster.databaseProxies[0]?.onSent(
      text,
      () => {
        act();
        resolve();
      },
      { delivered },
    ),
  );

/** The network between all replicas and the database stalls at one point of a transaction, each time for longer. */
const stalls = (where: string, text: string): Scenario => ({
  name: `the database's network stalls ${where}, for ${STALLS_MS.map((ms) => ms / 1_000).join(', ')} s`,
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    for (const stalledMs of STALLS_MS) {
      await delay(1_000);
      await whenSent(cluster, text, () => {
        for (const proxy of cluster.databaseProxies) proxy.stall();
      });
      await delay(stalledMs);
      for (const proxy of cluster.databaseProxies) proxy.resume();
    }
    return load.stop();
  },
});

export const stallsInBegin = stalls('while transactions begin', 'begin; set local');
export const stallsInside = stalls('inside a transaction', 'insert into "stripe_events"');
export const stallsInCommit = stalls('during a commit', 'commit\0');

const RESTARTS = 14;

export const databaseRestarts: Scenario = {
  name: `${RESTARTS} restarts of Postgres under webhooks`,
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: 100 });
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      await delay(LONG ? 3_000 : 1_000);
      await cluster.postgres.kill(restart % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
      await delay(300);
      await cluster.postgres.start();
    }
    const aftermath = await load.stop();
    await cluster.reconnect();
    return aftermath;
  },
};

const STORES_USER = 'update "users" set "email"';
/** The locks of a vanished replica end within a minute, and the other one does its work before it comes back. */
const takenOver = async (cluster: Cluster): Promise<string> =>
  `taken over after ${(await drain(cluster)).toFixed(1)} s`;

export const frozenInTransaction: Scenario = {
  name: 'a replica freezes inside a transaction, and goes on when its work was taken over',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    const [frozen] = cluster.replicas;
    await delay(1_000);
    // The statement arrives, its answer is never read: row locks without an owner that works.
    await whenSent(cluster, STORES_USER, () => frozen?.signal('SIGSTOP'), true);
    cluster.route(1);
    await delay(5_000);
    await load.stop();
    const note = await takenOver(cluster);
    frozen?.signal('SIGCONT');
    if (LONG) await delay(60_000);
    return { memberIds: load.memberIds, notes: [note] };
  },
};

export const cutInTransaction: Scenario = {
  name: "a replica's network to the database is cut inside a transaction, without a reset",
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    await delay(1_000);
    const [proxy] = cluster.databaseProxies;
    await whenSent(cluster, STORES_USER, () => proxy?.cut(), true);
    await delay(5_000);
    await load.stop();
    const note = await takenOver(cluster);
    proxy?.giveUp();
    return { memberIds: load.memberIds, notes: [note] };
  },
};

/** A standby becomes the primary; it has every event that was answered before. */
const failover = (name: string, endPrimary: (cluster: Cluster) => Promise<void>): Scenario => ({
  name: `failover to a standby, ${name}`,
  run: async (cluster) => {
    const standby = await cluster.addStandby();
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    await delay(5_000);
    await endPrimary(cluster);
    await delay(LONG ? 30_000 : 2_000);
    await promote(standby);
    for (const proxy of cluster.databaseProxies) proxy.direct(standby.port);
    await delay(5_000);
    const aftermath = await load.stop();
    await cluster.reconnect(standby.port);
    return aftermath;
  },
});

export const failoverPrimaryGone = failover('the primary is gone', ({ postgres }) => postgres.kill('SIGKILL'));
export const failoverPrimaryReadOnly = failover('the primary stays and is read-only', async ({ postgres }) => {
  await query(postgres.url, 'alter system set default_transaction_read_only = on');
  await query(postgres.url, 'select pg_reload_conf()');
});

const EXHAUSTED_MS = 14_500;

export const poolExhausted: Scenario = {
  name: 'every connection of the pools waits for a lock',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    await delay(2_000);
    const seen: string[] = [];
    await transaction(cluster.db, async (tx) => {
      // Webhooks and syncs wait for this, as for a migration that does not end.
      await tx.execute('lock table customers in access exclusive mode');
      const end = performance.now() + EXHAUSTED_MS;
      while (performance.now() < end) {
        seen.push(await databaseHealth(cluster, 0));
        // Our own limit for a silent transaction is not what is tested.
        await tx.select({ userId: users.userId }).from(users).limit(1);
        await delay(500);
      }
    });
    await load.stop();
    const stuck = seen.find((detail) => detail.includes('have waited for a connection'));
    const faults = stuck === undefined ? [`health never saw the stuck pool: ${[...new Set(seen)].join('; ')}`] : [];
    return { memberIds: load.memberIds, notes: [`health: ${stuck}`], faults };
  },
};
