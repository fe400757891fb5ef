import type { Queryable } from '../database/database.ts';
import { and, eq, gt, isNull, sql } from '../database/drizzle.ts';
import { deliveries } from '../database/schema.ts';
import { type Claim, ofClaim } from '../queue/claim-delivery.ts';

export const inMs = (ms: number) => sql`now() + ${`${Math.ceil(ms)} milliseconds`}::interval`;

/** Stores the verdict for a message: every verdict ends the delivery. */
export async function settleMessage(db: Queryable, claim: Claim, outcome: string, detail: string): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: 'done', leaseUntil: null, settledAt: sql`now()`, outcome, detail })
    .where(ofClaim(claim));
}

/**
 * Without a verdict, the delivery is retried after `retryInMs`. `consumed` counts the attempt against the budget. Later
 * deliveries of its lane are postponed as long: if they stayed due, every claim would read them in vain.
 */
export async function postpone(
  db: Queryable,
  claim: Claim,
  { retryInMs, consumed, detail }: { readonly retryInMs: number; readonly consumed: boolean; readonly detail: string },
): Promise<void> {
  const head = db.$with('head').as(
    db
      .update(deliveries)
      .set({
        leaseUntil: null,
        dueAt: inMs(retryInMs),
        detail,
        ...(consumed ? { failures: sql`${deliveries.failures} + 1` } : {}),
      })
      .where(ofClaim(claim))
      .returning({ dueAt: deliveries.dueAt }),
  );
  await db
    .with(head)
    .update(deliveries)
    .set({ dueAt: sql`greatest(${deliveries.dueAt}, ${head.dueAt})` })
    .from(head)
    .where(
      and(
        eq(deliveries.userId, claim.user.userId),
        eq(deliveries.kind, claim.kind),
        eq(deliveries.state, 'pending'),
        gt(deliveries.deliveryId, claim.deliveryId),
      ),
    );
}

/** Makes postponed deliveries without failures due: the bot was unavailable, and can act now. */
export async function makeDue(db: Queryable): Promise<void> {
  await db
    .update(deliveries)
    .set({ dueAt: sql`now()` })
    .where(
      and(
        isNull(deliveries.settledAt),
        isNull(deliveries.leaseUntil),
        eq(deliveries.failures, 0),
        gt(deliveries.dueAt, sql`now()`),
      ),
    );
}

/** Sets a delivery aside, visibly; its lane goes on. `redrive` brings it back. */
export async function park(db: Queryable, claim: Claim, outcome: string, detail: string): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: 'parked', leaseUntil: null, settledAt: sql`now()`, outcome, detail })
    .where(ofClaim(claim));
}
