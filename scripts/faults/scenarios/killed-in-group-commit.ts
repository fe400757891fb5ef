import { setTimeout as delay } from 'node:timers/promises';
import { discordEvents } from '@moddy/backend/database/schema';
import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { like, sql } from 'drizzle-orm';
import { LOCAL_SECRET } from '../../system/environment.ts';
import type { Scenario } from '../scenario.ts';

const EVENTS = 20_000;
const CONNECTIONS = 64;
const KILLS = 6;

export const killedInGroupCommit: Scenario = {
  name: 'kill -9 of the replicas during group commits of events',
  run: async (cluster) => {
    const backend = createBackendClient({ baseUrl: cluster.backendUrl, secret: LOCAL_SECRET });
    let next = 0;
    let repeated = 0;
    const acknowledge = async (index: number) => {
      for (;;) {
        try {
          const parameters = { header: { 'Idempotency-Key': `flood-${index}` } };
          return await backend.notifyEvent({ event_type: 'message_sent', discord_id: '1' }, { parameters });
        } catch (error) {
          // The callers of a scenario that failed would go on for ever.
          if (cluster.signal.aborted) throw error;
          repeated += 1;
          await delay(20);
        }
      }
    };
    const caller = async () => {
      while (next < EVENTS) await acknowledge(next++);
    };
    const callers = Promise.all(Array.from({ length: CONNECTIONS }, caller));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(600);
      const replica = cluster.replicas[kill % cluster.replicas.length];
      await replica?.kill('SIGKILL');
      await replica?.start();
    }
    await callers;
    const [stored] = await cluster.db
      .select({
        rows: sql<number>`count(*)::int`,
        keys: sql<number>`count(distinct ${discordEvents.idempotencyKey})::int`,
      })
      .from(discordEvents)
      .where(like(discordEvents.idempotencyKey, 'flood-%'));
    const faults =
      stored?.rows === EVENTS && stored.keys === EVENTS
        ? []
        : [`${stored?.rows} rows, ${stored?.keys} keys instead of ${EVENTS}`];
    return { memberIds: [], notes: [`events acknowledged: ${EVENTS}`, `calls repeated: ${repeated}`], faults };
  },
};
