import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { customers } from '../database/schema.ts';
import type { SyncClaim } from '../queue/claim-sync.ts';

/** Why a customer changes nothing until its cause is gone. */
export type ParkedReason = 'unknown_price' | 'other_account_or_mode' | 'no_discord_id';

/** A parked customer is looked at again after this, besides every event of it and every start of the service. */
const PARKED_RECHECK = sql`now() + interval '1 hour'`;

/** A sync is done; was more wanted meanwhile, that waits from now on. */
const done = (claim: SyncClaim) => ({
  done: claim.wanted,
  wantedAt: sql`case when ${customers.wanted} > ${claim.wanted}::integer then now() end`,
  leaseUntil: null,
  failures: 0,
  retryAt: null,
});

/** Ends a sync that changed state. Call it in the transaction of the change. */
export async function settleCustomer(
  tx: Queryable,
  claim: SyncClaim,
  linked: { readonly userId: number; readonly livemode: boolean; readonly nextCheckAt: Date | null },
): Promise<void> {
  await tx
    .update(customers)
    .set({
      ...linked,
      ...done(claim),
      adopting: false,
      parkedReason: null,
      parkedDetail: null,
    })
    .where(ofClaim(claim));
}

/** Ends a sync that changed nothing, visibly. */
export async function parkCustomer(
  tx: Queryable,
  claim: SyncClaim,
  reason: ParkedReason,
  detail: string,
): Promise<void> {
  await tx
    .update(customers)
    .set({
      ...done(claim),
      parkedReason: reason,
      parkedDetail: detail,
      nextCheckAt: PARKED_RECHECK,
    })
    .where(ofClaim(claim));
}

const ofClaim = (claim: SyncClaim) => and(eq(customers.customerId, claim.customerId), eq(customers.fence, claim.fence));
