import type { Queryable } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import { jobs } from '../database/schema.ts';

/** By then a bot that starts is connected to the gateway: later joins are reported, earlier ones are resynced. */
const SETTLED_MS = 60_000;
/** At most one resync in so long, however often the bot is restarted. */
const REST_MS = 10 * 60_000;

/**
 * Makes the resync of all roles due, unless one has begun since this process of the bot settled: it may have
 * other roles for the plans than the one before, and members have come and gone that nobody saw. Safe to repeat.
 * @param botStartedAt as the bot's health says, ISO 8601.
 */
export async function requestResync(db: Queryable, botStartedAt: string): Promise<void> {
  const settledAt = new Date(new Date(botStartedAt).getTime() + SETTLED_MS);
  await db
    .insert(jobs)
    .values({ name: 'affirm', dueAt: settledAt })
    .onConflictDoUpdate({
      target: jobs.name,
      set: {
        dueAt: sql`least(${jobs.dueAt}, greatest(excluded.due_at, ${jobs.startedAt} + ${`${REST_MS} milliseconds`}::interval))`,
      },
      setWhere: sql`${jobs.startedAt} is null or ${jobs.startedAt} < excluded.due_at`,
    });
}
