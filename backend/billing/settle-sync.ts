import type { Queryable } from '../database/database.ts';
import { and, eq, isNotNull, type SQL, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { ofClaim, type SyncClaim } from '../queue/claim-sync.ts';

/** Why something of a customer waits until its cause is gone. */
export type ParkedReason = 'unknown_price' | 'other_account_or_mode' | 'no_discord_id' | 'key_lacks_right';

/** A parked customer is synced again after this, besides every event of it and every start of the service. */
const PARKED_RECHECK = sql`now() + interval '1 hour'`;

/** At least ten seconds ahead: if the database's clock is ahead of ours, an earlier check would be due at once, repeatedly. */
const checkAt = (moment: Date | null | undefined): SQL | null =>
  moment ? sql`greatest(${moment.toISOString()}::timestamptz, now() + interval '10 seconds')` : null;

/** Ends a sync; a sync that was requested meanwhile waits from now on. */
const done = (claim: SyncClaim) => ({
  done: claim.wanted,
  wantedAt: sql`case when ${customers.wanted} > ${claim.wanted}::integer then now() end`,
  leaseUntil: null,
  failures: 0,
  rejections: 0,
  retryAt: null,
});

/** Ends a sync that changed state. Call it in the transaction of the change. */
export async function settleCustomer(
  tx: Queryable,
  claim: SyncClaim,
  linked: { readonly userId: number | null; readonly livemode: boolean; readonly nextCheckAt: Date | null },
): Promise<void> {
  await tx
    .update(customers)
    .set({
      ...linked,
      ...done(claim),
      nextCheckAt: checkAt(linked.nextCheckAt),
      adopting: false,
      parkedReason: null,
      parkedDetail: null,
      acknowledgedReason: null,
    })
    .where(ofClaim(claim));
}

/** Ends a sync that left something undecided, visibly. One that is acknowledged stays so while the reason is the same. */
export async function parkCustomer(
  tx: Queryable,
  claim: SyncClaim,
  reason: ParkedReason,
  detail: string,
  linked: { readonly userId?: number; readonly livemode?: boolean; readonly nextCheckAt?: Date | null } = {},
): Promise<void> {
  const acknowledged = sql`${customers.acknowledgedReason} = ${reason}`;
  await tx
    .update(customers)
    .set({
      ...linked,
      ...done(claim),
      parkedReason: reason,
      parkedDetail: detail,
      acknowledgedReason: sql`case when ${acknowledged} then ${reason} end`,
      nextCheckAt: sql`least(case when ${acknowledged} then null else ${PARKED_RECHECK} end, ${checkAt(linked.nextCheckAt)})`,
    })
    .where(ofClaim(claim));
}

/** An operator has seen why it is parked. @returns false if there is no such parked customer. */
export async function acknowledgeCustomer(
  db: Queryable,
  customerId: string,
  { dry }: { readonly dry: boolean },
): Promise<boolean> {
  const which = and(eq(customers.customerId, customerId), isNotNull(customers.parkedReason));
  if (dry) return (await db.$count(customers, which)) > 0;
  const seen = await db
    .update(customers)
    .set({ acknowledgedReason: sql`${customers.parkedReason}` })
    .where(which)
    .returning({ customerId: customers.customerId });
  return seen.length > 0;
}
