import type { Queryable } from '../database/database.ts';
import {
  and,
  inArray,
  isNotNull,
  isNull,
  lte,
  or,
  type PgColumn,
  type PgTable,
  type SQL,
  sql,
} from '../database/drizzle.ts';

/**
 * A lease is short, so that the work of a killed process is taken over within seconds, and renewed while its owner
 * lives. Renewals stay well below it: one may fail.
 */
export const LEASE_SECONDS = 6;
export const LEASE = sql`now() + ${`${LEASE_SECONDS} seconds`}::interval`;

/** Rows that several replicas compete for. */
type Leased = PgTable & { readonly leaseUntil: PgColumn };

/** Nobody works on it, or its owner is gone. */
export const isFree = ({ leaseUntil }: Leased): SQL | undefined => or(isNull(leaseUntil), lte(leaseUntil, sql`now()`));

/**
 * Lengthens the leases of work in flight; one that was lost to another claim stays lost. A locked row is about to be
 * settled: it is passed over, and so are deadlocks.
 * @param ours the claims, each by its fence.
 */
export async function renewLeases(
  db: Queryable,
  table: Leased,
  id: PgColumn,
  ours: readonly (SQL | undefined)[],
): Promise<void> {
  const held = db.$with('held').as(
    db
      .select({ id })
      .from(table)
      .where(and(isNotNull(table.leaseUntil), or(...ours)))
      .for('update', { skipLocked: true }),
  );
  await db
    .with(held)
    .update(table)
    .set({ leaseUntil: LEASE })
    .where(inArray(id, db.select({ id: held.id }).from(held)));
}
