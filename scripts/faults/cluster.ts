import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDatabase } from '@moddy/backend/database/open';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { type Postgres, startPostgres } from '@moddy/sandbox/postgres';
import { startStandby } from '@moddy/sandbox/postgres/standby';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import { backendVariables, botVariables, freePorts, LOCAL_WEBHOOK_SECRET } from '../system/environment.ts';
import type { LogLine } from '../system/service-process.ts';
import { createSlot } from '../system/slot.ts';
import { startBalancer } from './balancer.ts';

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

export interface ClusterOptions {
  readonly replicas?: number;
  /** How many of them run from the beginning; all unless given. The others have their places. */
  readonly running?: number;
}

/** Everything as in production: real processes and a real Postgres with fsync; only Discord and Stripe are local ones. */
export async function startCluster({ replicas: places = 2, running = places }: ClusterOptions = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'moddy-faults-'));
  const closing = new AbortController();
  const settings = { max_connections: '100' };
  const postgres = await startPostgres({ dir: folder, settings });
  const standbys: Postgres[] = [];
  const url = await postgres.createDatabase('moddy');
  const discord = await startDiscord();
  const stripe = await startStripe({ retry: { firstMs: 200, maxMs: 1_000, attempts: 1_000 } });

  const replicaPorts = await Promise.all(Array.from({ length: places }, freePorts));
  const publicBalancer = await startBalancer();
  const privateBalancer = await startBalancer();
  const route = (...indexes: readonly number[]) => {
    const serving = replicaPorts.filter((_, index) => indexes.includes(index));
    publicBalancer.direct(serving.map(({ port }) => port));
    privateBalancer.direct(serving.map(({ internalPort }) => internalPort));
  };
  route(...replicaPorts.slice(0, running).keys());
  stripe.setWebhooks([
    { url: `http://127.0.0.1:${publicBalancer.port}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET },
  ]);

  /** The network between each replica and the database. */
  const databaseProxies = await Promise.all(replicaPorts.map(() => startTcpProxy(postgres.port)));
  const urlBehind = (port: number) => Object.assign(new URL(url), { port: String(port) }).href;

  const botPorts = await freePorts();
  const seenByBot = { bot: botPorts, backend: { port: publicBalancer.port, internalPort: privateBalancer.port } };
  const logs: string[] = [];
  const onLine = (name: string, line: LogLine) => {
    logs.push(`${name} ${JSON.stringify(line)}`);
    if (logs.length > 20_000) logs.shift();
  };
  const bot = createSlot('bot', botVariables(seenByBot, discord), onLine);
  const replicas = replicaPorts.map((backend, index) => {
    const database = { DATABASE_URL: urlBehind(databaseProxies[index]?.port ?? postgres.port) };
    const variables = backendVariables({ bot: botPorts, backend }, stripe, database);
    return createSlot('backend', variables, onLine, `backend-${index + 1}`);
  });
  await Promise.all([bot, ...replicas.slice(0, running)].map((slot) => slot.start()));
  let current = url;
  let database = openDatabase({ url });

  return {
    discord,
    stripe,
    postgres,
    databaseProxies,
    /** A synchronous standby of the database, which is stopped for a moment to copy it. */
    addStandby: async () => {
      const standby = await startStandby(postgres, { from: folder, dir: path.join(folder, 'standby'), settings });
      standbys.push(standby);
      return standby;
    },
    /** Aborted when the cluster closes: work that still acts on it ends, also after a failed scenario. */
    signal: closing.signal,
    bot,
    replicas,
    /** Where each of them listens, in their order. */
    replicaPorts,
    botPorts,
    /** Where the balancers of the public and the private ports listen. */
    backendPorts: seenByBot.backend,
    /** From now on only these replicas get new connections. */
    route,
    logs,
    backendUrl: `http://127.0.0.1:${privateBalancer.port}`,
    get db() {
      return database.orm;
    },
    get databaseUrl() {
      return current;
    },
    /** Our own connections, after Postgres was killed and started again, or after a failover to another port. */
    reconnect: async (port = Number(new URL(current).port)) => {
      await database.close();
      current = urlBehind(port);
      database = openDatabase({ url: current });
    },
    close: async () => {
      closing.abort();
      await Promise.all([bot, ...replicas].map((slot) => slot.kill('SIGKILL')));
      await database.close();
      await Promise.all(databaseProxies.map((proxy) => proxy.close()));
      await Promise.all([publicBalancer.close(), privateBalancer.close(), discord.close(), stripe.close()]);
      await Promise.all([postgres, ...standbys].map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
