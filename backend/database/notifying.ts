import type { Queryable } from './database.ts';
import { type SQLWrapper, sql } from './drizzle.ts';

/**
 * Runs a change that returns what it wrote and, if that is anything, notifies the listeners of the channel once the
 * transaction commits. Both in one round trip: locks are held meanwhile.
 */
export async function notifying(tx: Queryable, channel: string, change: SQLWrapper): Promise<void> {
  await tx.execute(sql`with written as ${change} select pg_notify(${channel}, '') from written limit 1`);
}
