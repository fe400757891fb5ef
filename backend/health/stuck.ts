import { asc, lt, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { customers, jobs } from '../database/schema.ts';

/** Failed so often, a sync is not just unlucky: half a minute of refusals, or more. The index says the same. */
export const isFailing = (): SQL =>
  // Literal, so that the planner sees that the index holds exactly these.
  sql`${customers.wanted} > ${customers.done} and ${customers.failures} >= 5`;

/** Work that should have been done again by now, and was not. */
export const isLate = (): SQL => lt(jobs.lateAt, sql`now()`);

/** Age of the sync that waits longest, in seconds; those of an import, which makes everybody wait, do not count. */
export async function oldestWaitingSeconds(db: Queryable): Promise<number> {
  const [oldest] = await db
    .select({ seconds: sql<number>`extract(epoch from now() - ${customers.wantedAt})::float8` })
    .from(customers)
    .where(sql`${customers.wanted} > ${customers.done} and not ${customers.adopting}`)
    .orderBy(asc(customers.wantedAt))
    .limit(1);
  return Math.max(0, oldest?.seconds ?? 0);
}
