import type { Queryable } from '../database/database.ts';
import { and, asc, eq, inArray, isNotNull, isNull, lte, or, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { ONCE_MORE_WITHOUT_HASTE } from './request-sync.ts';
import { LEASE_SECONDS } from './worker.ts';

const LEASE = sql`now() + ${`${LEASE_SECONDS} seconds`}::interval`;

/** The right to sync one customer, until its lease ends; `fence` proves it when the result is stored. */
export interface SyncClaim {
  readonly customerId: string;
  readonly fence: number;
  /** What the sync will have done once it is stored. */
  readonly wanted: number;
  readonly failures: number;
  readonly rejections: number;
}

/**
 * Claims customers that want a sync: those of an event or an operator first, then what is due, what a comparison found and
 * what failed, in the order of its moment; those of an import after all others.
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
          or(isNull(customers.leaseUntil), lte(customers.leaseUntil, sql`now()`)),
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
    .set({ ...ONCE_MORE_WITHOUT_HASTE, nextCheckAt: null })
    .where(inArray(customers.customerId, db.select({ id: overdue.id }).from(overdue)))
    .returning({ customerId: customers.customerId });
  return due.length;
}

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
    .where(and(eq(customers.customerId, claim.customerId), eq(customers.fence, claim.fence)));
}

/**
 * Lengthens the leases of syncs in flight; one that was lost to another claim stays lost. A locked row is about to be
 * settled: it is passed over, and so are deadlocks.
 */
export async function renewCustomers(db: Queryable, claims: readonly SyncClaim[]): Promise<void> {
  const ours = claims.map(({ customerId, fence }) =>
    and(eq(customers.customerId, customerId), eq(customers.fence, fence)),
  );
  const held = db.$with('held').as(
    db
      .select({ id: customers.customerId })
      .from(customers)
      .where(and(isNotNull(customers.leaseUntil), or(...ours)))
      .for('update', { skipLocked: true }),
  );
  await db
    .with(held)
    .update(customers)
    .set({ leaseUntil: LEASE })
    .where(inArray(customers.customerId, db.select({ id: held.id }).from(held)));
}
