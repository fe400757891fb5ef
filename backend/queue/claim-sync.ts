import type { Queryable } from '../database/database.ts';
import { and, asc, eq, inArray, isNull, lte, or, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { isFree, LEASE, renewLeases } from './lease.ts';
import { REQUEST_LATER } from './request-sync.ts';

/** The right to sync one customer, until its lease ends; `fence` proves it when the result is stored. */
export interface SyncClaim {
  readonly customerId: string;
  readonly fence: number;
  /** The value of `wanted` at the claim: `done` takes it when the sync is stored. */
  readonly wanted: number;
  readonly failures: number;
  readonly rejections: number;
}

/**
 * Claims customers that want a sync: first those of an event or an operator, then due, differing and failed ones in the
 * order of `retryAt`; those of an import come last.
 * @param only `adopting`: just those of an import.
 */
export async function claimCustomers(
  db: Queryable,
  limit: number,
  only: 'all' | 'adopting' = 'all',
): Promise<readonly SyncClaim[]> {
  const waiting = db.$with('waiting').as(
    db
      .select({ id: customers.customerId })
      .from(customers)
      .where(
        and(
          sql`${customers.wanted} > ${customers.done}`,
          only === 'adopting' ? eq(customers.adopting, true) : undefined,
          isFree(customers),
          or(isNull(customers.retryAt), lte(customers.retryAt, sql`now()`)),
        ),
      )
      .orderBy(asc(customers.adopting), sql`${customers.retryAt} nulls first`, asc(customers.customerId))
      .limit(limit)
      .for('update', { skipLocked: true }),
  );
  return db
    .with(waiting)
    .update(customers)
    .set({ leaseUntil: LEASE, fence: sql`${customers.fence} + 1` })
    .where(inArray(customers.customerId, db.select({ id: waiting.id }).from(waiting)))
    .returning({
      customerId: customers.customerId,
      fence: customers.fence,
      wanted: customers.wanted,
      failures: customers.failures,
      rejections: customers.rejections,
    });
}

/** One statement's worth: after a long outage everybody's time may have come. */
const DUE_CHECKS = 500;

/** Raises `wanted` of customers whose time has come (end of a grace or a period, a parked one's next sync). */
export async function requestDueSyncs(db: Queryable): Promise<number> {
  const overdue = db
    .$with('overdue')
    .as(
      db
        .select({ id: customers.customerId })
        .from(customers)
        .where(lte(customers.nextCheckAt, sql`now()`))
        .orderBy(asc(customers.nextCheckAt))
        .limit(DUE_CHECKS)
        .for('update', { skipLocked: true }),
    );
  const due = await db
    .with(overdue)
    .update(customers)
    .set({ ...REQUEST_LATER, nextCheckAt: null })
    .where(inArray(customers.customerId, db.select({ id: overdue.id }).from(overdue)))
    .returning({ customerId: customers.customerId });
  return due.length;
}

/** Only the worker that holds the claim may settle it. */
export const ofClaim = ({ customerId, fence }: SyncClaim) =>
  and(eq(customers.customerId, customerId), eq(customers.fence, fence));

/** Gives a claim back after a failure: again not before `retryInMs`. An outage starts the count of rejections anew. */
export async function releaseCustomer(
  db: Queryable,
  claim: SyncClaim,
  { retryInMs, rejected }: { readonly retryInMs: number; readonly rejected: boolean },
): Promise<void> {
  await db
    .update(customers)
    .set({
      leaseUntil: null,
      failures: sql`${customers.failures} + 1`,
      rejections: rejected ? sql`${customers.rejections} + 1` : 0,
      retryAt: sql`now() + ${`${retryInMs} milliseconds`}::interval`,
    })
    .where(ofClaim(claim));
}

export const renewCustomers = (db: Queryable, claims: readonly SyncClaim[]): Promise<void> =>
  renewLeases(db, customers, customers.customerId, claims.map(ofClaim));
