import { openDatabase } from '@moddy/backend/database/open';
import { discordEvents } from '@moddy/backend/database/schema';
import { isUnavailable } from '@moddy/backend/database/unavailable';
import { createGroupCommit } from '@moddy/backend/events/group-commit';
import { type DiscordEvent, storeEvents } from '@moddy/backend/events/store-events';
import { startPostgres } from '@moddy/sandbox/postgres';
import { median } from './statistics.ts';

/*
 * Event ingestion with group commit against one INSERT per event, both on the same Postgres with fsync on and the same
 * pool, in interleaved rounds. The callers wait for durability as HTTP requests do; `connections` of them at a time.
 */

const CONNECTIONS = [16, 64, 256];
const EVENTS_PER_ROUND = 8_000;
const ROUNDS = 5;
const GOAL = { connections: 256, ratio: 3 } as const;

const postgres = await startPostgres({ settings: { fsync: 'on' } });
const database = await openDatabase({ url: await postgres.createDatabase() });
await database.migrate();
const db = database.orm;

let sequence = 0;
const nextEvent = (): DiscordEvent => {
  sequence += 1;
  return {
    type: 'message_sent',
    discordId: '1',
    metadata: { guild_id: '2', length: 12 },
    idempotencyKey: `bench-${sequence}`,
    requestHash: 'x'.repeat(64),
  };
};
const grouped = createGroupCommit(
  (batch: readonly DiscordEvent[]) => storeEvents(db, batch),
  (error) => !isUnavailable(error),
);
const WAYS = {
  grouped: (event: DiscordEvent) => grouped.add(event),
  single: (event: DiscordEvent) =>
    db.insert(discordEvents).values(event).onConflictDoNothing({ target: discordEvents.idempotencyKey }),
} as const;

async function eventsPerSecond(
  store: (event: DiscordEvent) => PromiseLike<unknown>,
  connections: number,
): Promise<number> {
  let left = EVENTS_PER_ROUND;
  const caller = async () => {
    while (left-- > 0) await store(nextEvent());
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, caller));
  return EVENTS_PER_ROUND / ((performance.now() - startedAt) / 1_000);
}

let met = false;
for (const connections of CONNECTIONS) {
  const rates = { grouped: [] as number[], single: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // The order turns with each round; the first one warms up.
    const order = round % 2 === 0 ? (['grouped', 'single'] as const) : (['single', 'grouped'] as const);
    for (const way of order) {
      const rate = await eventsPerSecond(WAYS[way], connections);
      if (round > 0) rates[way].push(rate);
    }
  }
  const ratio = median(rates.grouped) / median(rates.single);
  console.log(
    `${String(connections).padStart(4)} connections: ${Math.round(median(rates.grouped))} events/s grouped, ${Math.round(median(rates.single))} single, ${ratio.toFixed(1)}×`,
  );
  if (connections === GOAL.connections) met = ratio >= GOAL.ratio;
}
console.log(`group commit at ${GOAL.connections} connections: goal ≥ ${GOAL.ratio}× ${met ? 'met' : 'missed'}`);
await database.close();
await postgres.stop();
process.exitCode = met ? 0 : 1;
