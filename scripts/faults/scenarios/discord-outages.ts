import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deliveries } from '@moddy/backend/database/schema';
import { startTcpProxy } from '@moddy/sandbox/tcp-proxy';
import { eq } from 'drizzle-orm';
import type { Cluster } from '../cluster.ts';
import { DISCORD_NAME } from '../discord-name.ts';
import { drain, until } from '../drain.ts';
import { addMembers, startLoad } from '../load.ts';
import type { Aftermath, Scenario } from '../scenario.ts';

const LONG = process.env.LONG === '1';
const OUTAGE_MS = LONG ? 60_000 : 15_000;
const EVERY_MS = 200;
const PAGE = { body: '<title>discord.com | error</title>', headers: { 'content-type': 'text/html' } };

/** There is one session after every fault, and there never were two. */
function sessionFaults({ discord }: Cluster): string[] {
  const live = discord.sessions().filter(({ connected }) => connected).length;
  const { mostLive, identifies } = discord.gatewayCounts();
  return live === 1 && mostLive === 1 ? [] : [`${live} live sessions, at most ${mostLive}, ${identifies} IDENTIFYs`];
}

function countsOf({ discord }: Cluster): string {
  const { upgrades, identifies, resumes } = discord.gatewayCounts();
  return `gateway: ${upgrades} upgrades, ${identifies} IDENTIFYs, ${resumes} RESUMEs`;
}

const subscribeAll = ({ stripe }: Cluster, memberIds: readonly string[]) => {
  for (const discordId of memberIds) stripe.subscribe({ discordId, price: 'price_moddy_pro_month' });
};

export const gatewayOutage: Scenario = {
  name: "the gateway's edge fails under payments while REST works",
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    cluster.discord.setGateway({ accepting: false, upgradeStatus: 520 });
    cluster.discord.dropGateway();
    await delay(OUTAGE_MS);
    await load.stop();
    const delivered = await drain(cluster);
    const connected = cluster.bot.line('connected to the gateway');
    cluster.discord.setGateway({ accepting: true });
    await connected;
    const notes = [`drained during the outage in ${delivered.toFixed(1)} s`, countsOf(cluster)];
    return { memberIds: load.memberIds, notes, faults: sessionFaults(cluster) };
  },
};

export const restOutage: Scenario = {
  name: 'REST answers pages of an edge under payments while the gateway works',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    cluster.discord.setRestEdge({ status: 503, ...PAGE });
    await delay(OUTAGE_MS);
    await load.stop();
    cluster.discord.setRestEdge(undefined);
    return { memberIds: load.memberIds, notes: [countsOf(cluster)], faults: sessionFaults(cluster) };
  },
};

export const dnsGone: Scenario = {
  name: "Discord's name stops resolving under the running bot during 50 payments",
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 50);
    const folder = await mkdtemp(path.join(tmpdir(), 'moddy-names-'));
    const goneFile = path.join(folder, 'gone');
    const network = await startTcpProxy(Number(new URL(cluster.discord.webUrl).port));
    cluster.signal.addEventListener('abort', () => {
      void network.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await cluster.bot.kill('SIGKILL');
    await cluster.bot.start({
      NODE_OPTIONS: `--import=${new URL('../discord-name.ts', import.meta.url).href}`,
      GONE_FILE: goneFile,
      DISCORD_API_URL: `http://${DISCORD_NAME}:${network.port}/api`,
    });
    writeFileSync(goneFile, '');
    // Open connections do not need the name.
    network.halfOpen();
    network.giveUp();
    const before = cluster.discord.requests().length;
    subscribeAll(cluster, memberIds);
    await delay(OUTAGE_MS);
    const parked = await cluster.db.$count(deliveries, eq(deliveries.state, 'parked'));
    const requests = cluster.discord.requests().length - before;
    rmSync(goneFile);
    const faults = [
      ...(parked === 0 ? [] : [`${parked} parked during the outage`]),
      ...(requests === 0 ? [] : [`${requests} requests reached Discord during the outage`]),
    ];
    return { memberIds, notes: [`parked during the outage: ${parked}`], faults };
  },
};

const BAN_SECONDS = LONG ? 60 : 12;
const MOST_REQUESTS = 3;

export const edgeBan: Scenario = {
  name: "the edge bans the bot's address during 100 deliveries",
  run: async (cluster): Promise<Aftermath> => {
    const memberIds = addMembers(cluster, 50);
    const before = cluster.discord.requests().length;
    const retryAfter = { 'retry-after': String(BAN_SECONDS) };
    cluster.discord.setRestEdge({ status: 403, body: PAGE.body, headers: { ...PAGE.headers, ...retryAfter } });
    subscribeAll(cluster, memberIds);
    await delay((BAN_SECONDS - 1) * 1_000);
    const requests = cluster.discord.requests().length - before;
    cluster.discord.setRestEdge(undefined);
    const faults = requests > MOST_REQUESTS ? [`${requests} requests during the ban`] : [];
    return {
      memberIds,
      notes: [`requests during the ban: ${requests}`],
      faults: [...faults, ...sessionFaults(cluster)],
    };
  },
};

export const botKicked: Scenario = {
  name: 'the bot is kicked during payments and invited back',
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 20);
    cluster.discord.removeBot();
    subscribeAll(cluster, memberIds);
    await drain(cluster);
    const waiting = await cluster.db.$count(deliveries, eq(deliveries.state, 'waiting'));
    cluster.discord.returnBot();
    await until(
      () => cluster.db.$count(deliveries, eq(deliveries.state, 'waiting')),
      (left) => left === 0,
    );
    const faults = waiting === memberIds.length ? [] : [`${waiting} of ${memberIds.length} messages were waiting`];
    return {
      memberIds,
      notes: [`waiting while it was away: ${waiting}`],
      faults: [...faults, ...sessionFaults(cluster)],
    };
  },
};
