import { openDatabase } from '@moddy/backend/database/open';
import { discordEvents } from '@moddy/backend/database/schema';
import { isUnavailable } from '@moddy/backend/database/unavailable';
import { createGroupCommit } from '@moddy/backend/events/group-commit';
import { type DiscordEvent, storeEvents } from '@moddy/backend/events/store-events';
import { startPostgres } from '@moddy/sandbox/postgres';

import { nextEvent } from '../event.ts';
import { type Effort, interleave } from '../measure.ts';
import { atLeast, compared, type Section } from '../report.ts';

const CONNECTIONS = 256;

/**
 * Event ingestion with group commit against one INSERT per event, both on the same Postgres with fsync on and the same
 * pool. The callers wait for durability as HTTP requests do.
 */
export async function groupCommit({ rounds, requests }: Effort): Promise<Section> {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const database = openDatabase({ url: await postgres.createDatabase() });
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
  const samples = await interleave(Object.keys(ways), { rounds: Math.ceil(rounds / 3), warmUps: 1 }, async (name) => {
    let left = requests;
    const caller = async () => {
      while (left-- > 0) await ways[name]?.(nextEvent('message_sent', '1'));
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, caller));
    return ((performance.now() - startedAt) * 1_000) / requests;
  });
  await database.close();
  await postgres.stop();
  return {
    title: `Storing events, ${CONNECTIONS} at a time`,
    note: 'time per event, Postgres with fsync; × of one INSERT each',
    rows: compared(samples, 'µs', { 'Moddy, group commit': atLeast(3) }),
  };
}
