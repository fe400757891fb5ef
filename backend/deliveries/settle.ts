import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { deliveries, users } from '../database/schema.ts';
import type { Claim } from './claim.ts';

/** Only the attempt that holds the claim may settle it. */
const ofClaim = (claim: Claim) =>
  and(
    eq(deliveries.deliveryId, claim.deliveryId),
    eq(deliveries.attempts, claim.attempts),
    eq(deliveries.state, 'pending'),
  );

const inMs = (ms: number) => sql`now() + ${`${Math.ceil(ms)} milliseconds`}::interval`;

/** A verdict for a message: done, whatever it was. */
export async function settleMessage(db: Queryable, claim: Claim, outcome: string, detail: string): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: 'done', leaseUntil: null, settledAt: sql`now()`, outcome, detail })
    .where(ofClaim(claim));
}

/**
 * A verdict for roles. Was more wanted meanwhile, the row stays pending and is sent again at once; else it is done.
 * @param confirmed the roles are as asked for the revision that was sent.
 */
export async function settleRoles(
  db: Queryable,
  claim: Claim,
  verdict: { readonly confirmed: boolean; readonly outcome: string; readonly detail: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    // Users are locked before deliveries everywhere, or two transactions could wait for each other.
    await tx.select({ one: sql`1` }).from(users).where(eq(users.userId, claim.user.userId)).for('update');
    const [row] = await tx.select({ wanted: deliveries.wanted }).from(deliveries).where(ofClaim(claim)).for('update');
    if (row === undefined) return;
    const { outcome, detail } = verdict;
    const settled = row.wanted === claim.wanted;
    await tx
      .update(deliveries)
      .set(
        settled
          ? { state: 'done', leaseUntil: null, settledAt: sql`now()`, outcome, detail }
          : { leaseUntil: null, dueAt: sql`now()`, failures: 0, outcome, detail },
      )
      .where(ofClaim(claim));
    if (!verdict.confirmed) return;
    await tx
      .update(users)
      .set({ confirmedRevision: sql`greatest(${users.confirmedRevision}, ${claim.user.revision}::integer)` })
      .where(eq(users.userId, claim.user.userId));
  });
}

/** No verdict yet: again after `retryInMs`. `consumed` counts it against the budget. */
export async function postpone(
  db: Queryable,
  claim: Claim,
  { retryInMs, consumed, detail }: { readonly retryInMs: number; readonly consumed: boolean; readonly detail: string },
): Promise<void> {
  await db
    .update(deliveries)
    .set({
      leaseUntil: null,
      dueAt: inMs(retryInMs),
      detail,
      ...(consumed ? { failures: sql`${deliveries.failures} + 1` } : {}),
    })
    .where(ofClaim(claim));
}

/** Sets a delivery aside, visibly; its lane goes on. `redrive` brings it back. */
export async function park(db: Queryable, claim: Claim, outcome: string, detail: string): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: 'parked', leaseUntil: null, settledAt: sql`now()`, outcome, detail })
    .where(ofClaim(claim));
}
