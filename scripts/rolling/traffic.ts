import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { discordEvents } from '@moddy/backend/database/schema';
import { type BackendClient, createBackendClient } from '@moddy/generated/backend-internal/client';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { like } from 'drizzle-orm';
import type { Cluster } from '../faults/cluster.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { ask } from './ask.ts';
import type { Tally } from './tally.ts';

/** The secrets in the bot's environment. */
export interface Secrets {
  readonly secret: string;
  readonly previousSecret?: string;
}

export type Traffic = ReturnType<typeof startCalls>;

/** As many as the client's pool has, so that most of its connections lie idle between two bursts. */
const BURST = 40;
const { getUserInfo, notifyEvent } = backendInternal.operations;
const member = { discord_id: '123456789012345678' };
const happening = { event_type: 'command_used', ...member } as const;

/** The bot's calls as the bot makes them: the generated client, evenly, in bursts, and after long pauses. */
export function startCalls(cluster: Cluster, tally: Tally, slower: number) {
  const callers = createCallers(slower);
  const acknowledged: string[] = [];
  const connect = (secrets: Secrets) => createBackendClient({ baseUrl: cluster.backendUrl, ...secrets });
  let steady = connect({ secret: LOCAL_SECRET });
  let bursting = connect({ secret: LOCAL_SECRET });
  const notify = async (backend: BackendClient) => {
    const key = `rolling-${crypto.randomUUID()}`;
    await backend.notifyEvent(happening, { parameters: { header: { 'Idempotency-Key': key } } });
    acknowledged.push(key);
  };
  callers.add(3, 40, () => tally.count('user/info, generated client', () => steady.getUserInfo(member)));
  callers.add(3, 40, () => tally.count('event/notify, generated client', () => notify(steady)));
  callers.add(1, 1_900, async () => {
    const backend = bursting;
    const one = () => tally.count('user/info, bursts', () => backend.getUserInfo(member));
    await Promise.all(Array.from({ length: BURST }, one));
  });
  return {
    /** The bot is another process now, with these. */
    use: (secrets: Secrets) => {
      steady = connect(secrets);
      bursting = connect(secrets);
    },
    stop: callers.stop,
    /** The events that were answered 200 and are not stored; call it after `stop`. */
    missing: async () => {
      const stored = await cluster.db
        .select({ key: discordEvents.idempotencyKey })
        .from(discordEvents)
        .where(like(discordEvents.idempotencyKey, 'rolling-%'));
      const keys = new Set(stored.map(({ key }) => key));
      const lost = acknowledged.filter((key) => !keys.has(key)).length;
      return lost === 0 ? [] : [`${lost} events answered 200 are not stored`];
    },
  };
}

/** Everybody else: plain clients on the private port, and visitors of the site, all over kept connections. */
export function startPlainTraffic(cluster: Cluster, tally: Tally, slower: number) {
  const callers = createCallers(slower);
  const agents: Agent[] = [];
  const kept = () => {
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    return agent;
  };
  const headers = { authorization: `Bearer ${LOCAL_SECRET}`, 'content-type': 'application/json' };
  const plain = kept();
  const call = (path: string, body: object) => () =>
    ask(plain, `${cluster.backendUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }, [200]);
  callers.add(2, 40, () => tally.count('user/info, plain agent', call(getUserInfo.path, member)));
  callers.add(2, 40, () => tally.count('event/notify, plain agent', call(notifyEvent.path, happening)));

  const siteUrl = `http://127.0.0.1:${cluster.backendPorts.port}`;
  const visitor = kept();
  callers.add(3, 60, () => tally.count('site: plans', () => ask(visitor, `${siteUrl}/`, {}, [200])));
  callers.add(1, 60, () => tally.count('site: no such page', () => ask(visitor, `${siteUrl}/nowhere`, {}, [404])));
  // Connections that are idle through the whole lame duck, as a reader's is.
  for (let reader = 0; reader < 6; reader += 1) {
    const agent = kept();
    callers.add(1, 2_500, () => tally.count('site: slow readers', () => ask(agent, `${siteUrl}/`, {}, [200])));
  }
  return {
    stop: async () => {
      await callers.stop();
      for (const agent of agents) agent.destroy();
    },
  };
}

/** Things done again and again until stopped. */
function createCallers(slower: number) {
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  const run = async (everyMs: number, act: () => Promise<void>) => {
    // Not all at once, so that the connections are of different ages.
    let waitMs = Math.random() * everyMs;
    while (!stopping.signal.aborted) {
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      await act();
      waitMs = everyMs * (0.5 + Math.random());
    }
  };
  return {
    /** Each of so many callers acts, waits and acts again. */
    add: (callers: number, everyMs: number, act: () => Promise<void>) => {
      for (let caller = 0; caller < callers; caller += 1) running.push(run(everyMs * slower, act));
    },
    /** Resolves when the last act is over. */
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
