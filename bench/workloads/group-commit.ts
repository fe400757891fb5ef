import { openDatabase } from '@moddy/backend/database/open';
import { discordEvents } from '@moddy/backend/database/schema';
import { isUnavailable } from '@moddy/backend/database/unavailable';
import { createGroupCommit } from '@moddy/backend/events/group-commit';
import { type DiscordEvent, storeEvents } from '@moddy/backend/events/store-events';
import { startPostgres } from '@moddy/sandbox/postgres';
import { interleave, spreadOf } from '../measure/rounds.ts';
import type { Section } from '../report/result.ts';
import type { Workload } from './workload.ts';

const CONNECTIONS = [16, 64, 256];
const GOAL = { of: 'ratio', bound: 'at least', is: 3 } as const;

/**
 * Event ingestion with group commit against one INSERT per event, both on the same Postgres with fsync on and the same
 * pool. The callers wait for durability as HTTP requests do; `connections` of them at a time.
 */
export const groupCommit: Workload = async ({ rounds, requests }) => {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const database = await openDatabase({ url: await postgres.createDatabase() });
  await database.migrate();
  const db = database.orm;
  const grouped = createGroupCommit(
    (batch: readonly DiscordEvent[]) => storeEvents(db, batch),
    (error) => !isUnavailable(error),
  );
  const ways: Readonly<Record<string, (event: DiscordEvent) => PromiseLike<unknown>>> = {
    'one INSERT each': (event) =>
      db.insert(discordEvents).values(event).onConflictDoNothing({ target: discordEvents.idempotencyKey }),
    'Moddy, group commit': (event) => grouped.add(event),
  };
  const sections: Section[] = [];
  for (const connections of CONNECTIONS) {
    const plan = { names: Object.keys(ways), rounds: Math.ceil(rounds / 3), warmUps: 1 };
    const samples = await interleave(plan, (name) => eventsPerSecond(ways[name] ?? grouped.add, connections, requests));
    const single = samples.get('one INSERT each') ?? [];
    sections.push({
      title: `Storing events, ${connections} connections`,
      note: 'events per second, Postgres with fsync',
      rows: [...samples].map(([name, of]) => ({
        name,
        value: spreadOf(of),
        unit: 'events/s',
        ratio: spreadOf(of.map((rate, round) => rate / (single[round] ?? Number.NaN))),
        ...(name.startsWith('Moddy') && connections === 256 ? { goal: GOAL } : {}),
      })),
    });
  }
  await database.close();
  await postgres.stop();
  return sections;
};

async function eventsPerSecond(
  store: (event: DiscordEvent) => PromiseLike<unknown>,
  connections: number,
  events: number,
): Promise<number> {
  let left = events;
  const caller = async () => {
    while (left-- > 0) await store(nextEvent());
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, caller));
  return events / ((performance.now() - startedAt) / 1_000);
}

let sequence = 0;
function nextEvent(): DiscordEvent {
  sequence += 1;
  return {
    type: 'message_sent',
    discordId: '1',
    metadata: { guild_id: '2', length: 12 },
    idempotencyKey: `bench-${sequence}`,
    requestHash: 'x'.repeat(64),
  };
}
