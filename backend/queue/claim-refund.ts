import type { Queryable } from '../database/database.ts';
import { and, asc, eq, inArray, lte, sql } from '../database/drizzle.ts';
import { reversals } from '../database/schema.ts';
import { isFree, LEASE, renewLeases } from './lease.ts';

/** Postgres channel on which a stored refund or dispute wakes the workers of all replicas. */
export const REFUNDS_CHANNEL = 'reversals';

/** The right to follow one refund or dispute; `fence` proves it when the outcome is stored. */
export type RefundClaim = typeof reversals.$inferSelect;

/** Claims refunds and disputes that are due. */
export async function claimRefunds(db: Queryable, limit: number): Promise<readonly RefundClaim[]> {
  const due = db.$with('due').as(
    db
      .select({ id: reversals.reversalId })
      .from(reversals)
      .where(and(eq(reversals.state, 'pending'), lte(reversals.dueAt, sql`now()`), isFree(reversals)))
      .orderBy(asc(reversals.dueAt))
      .limit(limit)
      .for('update', { skipLocked: true }),
  );
  return db
    .with(due)
    .update(reversals)
    .set({ leaseUntil: LEASE, fence: sql`${reversals.fence} + 1` })
    .where(inArray(reversals.reversalId, db.select({ id: due.id }).from(due)))
    .returning();
}

const ofClaim = ({ reversalId, fence }: RefundClaim) =>
  and(eq(reversals.reversalId, reversalId), eq(reversals.fence, fence));

export const renewRefunds = (db: Queryable, claims: readonly RefundClaim[]): Promise<void> =>
  renewLeases(db, reversals, reversals.reversalId, claims.map(ofClaim));

/** The result of an attempt; null fields were not found. */
export interface Followed {
  readonly state: 'done' | 'parked';
  readonly outcome: string;
  readonly detail: string;
  readonly customerId?: string | null;
  readonly subscriptionId?: string | null;
}

/** Ends the work on a refund or dispute. @returns false if another worker has taken it over. */
export async function settleRefund(tx: Queryable, claim: RefundClaim, followed: Followed): Promise<boolean> {
  const settled = await tx
    .update(reversals)
    .set({ ...followed, leaseUntil: null, settledAt: sql`now()` })
    .where(ofClaim(claim))
    .returning({ reversalId: reversals.reversalId });
  return settled.length > 0;
}

/** No outcome yet: again after `retryInMs`. An outage starts the count of rejections anew. */
export async function postponeRefund(
  db: Queryable,
  claim: RefundClaim,
  { retryInMs, detail, rejected }: { readonly retryInMs: number; readonly detail: string; readonly rejected: boolean },
): Promise<void> {
  await db
    .update(reversals)
    .set({
      leaseUntil: null,
      failures: sql`${reversals.failures} + 1`,
      rejections: rejected ? sql`${reversals.rejections} + 1` : 0,
      dueAt: sql`now() + ${`${Math.ceil(retryInMs)} milliseconds`}::interval`,
      detail,
    })
    .where(ofClaim(claim));
}

/** Retries refunds and disputes that wait for another key or a fix; those that only need attention stay parked. */
export async function retryParkedRefunds(db: Queryable): Promise<void> {
  await db
    .update(reversals)
    .set({ state: 'pending', failures: 0, rejections: 0, dueAt: sql`now()`, settledAt: null })
    .where(and(eq(reversals.state, 'parked'), inArray(reversals.outcome, ['other_account_or_mode', 'failed'])));
}

/** An operator has seen it. @returns false if there is no such parked refund or dispute. */
export async function acknowledgeRefund(
  db: Queryable,
  reversalId: number,
  { dry }: { readonly dry: boolean },
): Promise<boolean> {
  const which = and(eq(reversals.reversalId, reversalId), eq(reversals.state, 'parked'));
  if (dry) return (await db.$count(reversals, which)) > 0;
  const seen = await db
    .update(reversals)
    .set({ state: 'done', outcome: 'acknowledged', settledAt: sql`now()` })
    .where(which)
    .returning({ reversalId: reversals.reversalId });
  return seen.length > 0;
}
