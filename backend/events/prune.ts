import type { Logger } from '@moddy/runtime/log';
import type { Queryable } from '../database/database.ts';
import { alias, and, asc, eq, inArray, lt, notExists, type PgColumn, type PgTable, sql } from '../database/drizzle.ts';
import { deliveries, discordEvents, reversals, stripeEvents } from '../database/schema.ts';
import { finishJob, saveJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';

export interface PruneOptions {
  readonly before: Date;
  readonly chunk?: number;
  /** Most rows of one table that a run deletes; the rest is left to the next run. */
  readonly maxRows?: number;
  /** Called after every chunk, with what was deleted so far; may throw to stop. */
  readonly onProgress?: (deleted: number) => Promise<void>;
}

const CHUNK = 1_000;
export const MAX_ROWS = 200_000;

/**
 * Deletes old settled rows, in chunks of one statement each, so that no lock is held for long; each chunk reads an index
 * by age. Parked rows stay until an operator has settled them.
 * @returns deleted rows by table.
 */
export async function prune(
  db: Queryable,
  { before, chunk = CHUNK, maxRows = MAX_ROWS, onProgress }: PruneOptions,
): Promise<Record<string, number>> {
  // A message that is later than a parked one is kept: by it redrive knows that the parked one is no longer true.
  const parked = alias(deliveries, 'parked');
  const parkedBefore = db
    .select({ one: sql`1` })
    .from(parked)
    .where(
      and(
        eq(parked.state, 'parked'),
        eq(parked.kind, 'notify'),
        eq(deliveries.kind, 'notify'),
        eq(parked.userId, deliveries.userId),
        lt(parked.deliveryId, deliveries.deliveryId),
      ),
    );
  const deleted: Record<string, number> = {};
  let all = 0;
  for (const { name, table, id, age, only } of [
    { name: 'discord_events', table: discordEvents, id: discordEvents.discordEventId, age: discordEvents.receivedAt },
    { name: 'stripe_events', table: stripeEvents, id: stripeEvents.eventId, age: stripeEvents.receivedAt },
    {
      name: 'deliveries',
      table: deliveries,
      id: deliveries.deliveryId,
      age: deliveries.settledAt,
      only: and(eq(deliveries.state, 'done'), notExists(parkedBefore)),
    },
    {
      name: 'reversals',
      table: reversals,
      id: reversals.reversalId,
      age: reversals.settledAt,
      only: eq(reversals.state, 'done'),
    },
  ] satisfies readonly { name: string; table: PgTable; id: PgColumn; age: PgColumn; only?: unknown }[]) {
    let ofTable = 0;
    for (let more = true; more && ofTable < maxRows; ) {
      const old = db
        .select({ id })
        .from(table)
        .where(and(only, lt(age, before)))
        .orderBy(asc(age))
        .limit(Math.min(chunk, maxRows - ofTable));
      const gone = await db.delete(table).where(inArray(id, old)).returning({ id });
      ofTable += gone.length;
      all += gone.length;
      more = gone.length === chunk;
      if (gone.length > 0) await onProgress?.(all);
    }
    deleted[name] = ofTable;
  }
  return deleted;
}

const EVERY_MS = 60 * 60 * 1_000;
/** The next run, when one run could not delete all old rows: hourly runs would fall behind 55 new rows a second. */
const SOON_MS = 60 * 1_000;

/** Hourly housekeeping. */
export const pruneJob = (db: Queryable, log: Logger, retentionMs: number, now: () => Date): Job => ({
  name: 'prune',
  everyMs: EVERY_MS,
  run: async (claim, signal) => {
    const deleted = await prune(db, {
      before: new Date(now().getTime() - retentionMs),
      onProgress: async (count) => {
        signal.throwIfAborted();
        await saveJob(db, claim, { count });
      },
    });
    const outcome = Object.entries(deleted)
      .map(([table, count]) => `${table} ${count}`)
      .join(', ');
    log.info('old rows deleted', { count: Object.values(deleted).reduce((a, b) => a + b, 0), detail: outcome });
    const unfinished = Object.values(deleted).some((count) => count >= MAX_ROWS);
    await finishJob(db, claim, { everyMs: unfinished ? SOON_MS : EVERY_MS, outcome, alert: false });
  },
});
