import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { query } from '@moddy/sandbox/postgres';
import { LOCAL_SECRET } from '../system/environment.ts';
import type { Cluster } from './cluster.ts';
import { until } from './drain.ts';

const POOL_SIZE = 10;

/**
 * Whether the connections recovered: every pool idle, no session that a fault left behind.
 * @returns what is wrong, after it had time to end.
 */
export async function databaseFaults(cluster: Cluster): Promise<readonly string[]> {
  const running = cluster.replicas.filter((replica) => replica.running).length;
  let wrong: readonly string[] = [];
  // A pool that polls is idle between two polls only.
  await until(
    async () => {
      const { sessions, idleInTransaction, listening, busy, retriedDeadlocks } = await readState(cluster);
      wrong = [
        ...(busy > 0 ? [`${busy} connections of the pools are still in use`] : []),
        ...(sessions > 2 * POOL_SIZE * running ? [`${sessions} sessions of ${running} pools on the server`] : []),
        ...(idleInTransaction > 0 ? [`${idleInTransaction} sessions idle in transaction`] : []),
        ...(listening === running ? [] : [`${listening} LISTEN connections of ${running} replicas`]),
        ...(retriedDeadlocks > 0 ? [`${retriedDeadlocks} transactions repeated after a deadlock`] : []),
      ];
      return wrong;
    },
    ({ length }) => length === 0,
  ).catch(() => {});
  return wrong;
}

/** The state of the connections, from the server and the replicas. */
async function readState(cluster: Cluster) {
  const [row] = await query(
    cluster.databaseUrl,
    `select count(*) filter (where application_name = 'moddy-backend')::int as sessions,
            count(*) filter (where application_name like 'moddy%' and state like 'idle in transaction%')::int as stuck,
            count(*) filter (where application_name = 'moddy-backend listen')::int as listening
       from pg_stat_activity where datname = current_database()`,
  );
  const pools = await Promise.all(
    cluster.replicas.flatMap((replica, index) => (replica.running ? [readPool(cluster, index)] : [])),
  );
  const sum = (name: 'busy' | 'retriedDeadlocks') => pools.reduce((total, pool) => total + pool[name], 0);
  return {
    sessions: Number(row?.sessions),
    idleInTransaction: Number(row?.stuck),
    listening: Number(row?.listening),
    /** Connections of the pools that are in use. */
    busy: sum('busy'),
    retriedDeadlocks: sum('retriedDeadlocks'),
  };
}

const internalUrl = (cluster: Cluster, index: number) =>
  `http://127.0.0.1:${cluster.replicaPorts[index]?.internalPort}`;

async function readPool(cluster: Cluster, index: number) {
  const headers = { authorization: `Bearer ${LOCAL_SECRET}` };
  const text = await (await fetch(`${internalUrl(cluster, index)}/metrics`, { headers })).text();
  const read = (row: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${row} `))
        ?.split(' ')[1],
    );
  return {
    busy: read('moddy_database_pool{state="total"}') - read('moddy_database_pool{state="idle"}'),
    retriedDeadlocks: read('moddy_database_deadlocks_retried'),
  };
}

/** The database check in a replica's health: its detail, or else its status. */
export async function databaseHealth(cluster: Cluster, index: number): Promise<string> {
  const backend = createBackendClient({ baseUrl: internalUrl(cluster, index), secret: LOCAL_SECRET });
  const { checks = [] } = await backend.healthCheck();
  const check = checks.find(({ name }) => name === 'database');
  return check?.detail ?? check?.status ?? 'absent';
}
