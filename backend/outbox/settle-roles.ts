import { backOffMs } from '@moddy/runtime/back-off';
import type { Orm, Transaction } from '../database/database.ts';
import { and, desc, eq, lt, ne, sql } from '../database/drizzle.ts';
import { type LockedUser, lockUser } from '../database/lock-user.ts';
import { deliveries, PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { type Claim, ofClaim } from '../queue/claim-delivery.ts';
import type { Verdict } from './send.ts';
import { inMs } from './settle.ts';

/** So often the revision is raised, each time by twice as much: 255 in all. */
const RAISES = 8;
const RAISE = { firstMs: 250, longestMs: 60_000 } as const;

/**
 * Settles a delivery of roles. If the roles were requested again during the attempt, its verdict is stale: the delivery
 * stays pending and is sent again at once. Else it is done, and with it the parked roles of this user, which are older.
 */
export async function settleRoles(db: Orm, claim: Claim, verdict: Verdict): Promise<void> {
  await transaction(db, async (tx) => {
    const locked = await lockNewest(tx, claim, { outcome: verdict.outcome, detail: verdict.detail });
    if (locked === undefined) return;
    const { user, row } = locked;
    const { applied, outcome, detail } = verdict;
    const newest = user.revision === claim.user.revision;
    if (outcome === 'superseded' && newest && claim.failures < RAISES) return raiseRevision(tx, user, claim, verdict);
    await replaceParkedRoles(tx, user);
    if (row.priority === PRIORITY.bulk && (await isRepetition(tx, claim, user, verdict))) {
      await tx.delete(deliveries).where(ofClaim(claim));
    } else {
      await tx
        .update(deliveries)
        .set({ state: 'done', leaseUntil: null, settledAt: sql`now()`, outcome, detail })
        .where(ofClaim(claim));
    }
    // An overtaken attempt says nothing of the roles.
    if (outcome === 'superseded') return;
    const sentRevision = claim.user.revision;
    await tx
      .update(users)
      .set({
        confirmedRevision: applied
          ? sql`greatest(${users.confirmedRevision}, ${sentRevision}::integer)`
          : sql`least(${users.confirmedRevision}, greatest(${sentRevision}::integer - 1, 0))`,
      })
      .where(eq(users.userId, user.userId));
  });
}

/**
 * Sets roles aside, visibly; at most one delivery of a user's roles is parked. A mere repetition joins the one that is
 * parked already, so that it keeps the number an operator has read; else the newer takes the place of the older.
 */
export async function parkRoles(db: Orm, claim: Claim, outcome: string, detail: string): Promise<void> {
  await transaction(db, async (tx) => {
    // If the roles were requested again, the bot may accept the newer ones.
    const locked = await lockNewest(tx, claim, { detail });
    if (locked === undefined) return;
    const { user, row } = locked;
    const [standing] =
      row.priority === PRIORITY.bulk
        ? await tx
            .select({ deliveryId: deliveries.deliveryId })
            .from(deliveries)
            .where(
              and(eq(deliveries.userId, user.userId), eq(deliveries.kind, 'roles'), eq(deliveries.state, 'parked')),
            )
            .orderBy(desc(deliveries.deliveryId))
            .limit(1)
        : [];
    await replaceParkedRoles(tx, user, standing?.deliveryId);
    const parked = { state: 'parked' as const, leaseUntil: null, settledAt: sql`now()`, outcome, detail };
    if (standing === undefined) {
      await tx.update(deliveries).set(parked).where(ofClaim(claim));
      return;
    }
    await tx.delete(deliveries).where(ofClaim(claim));
    await tx
      .update(deliveries)
      .set({ ...parked, attempts: sql`${deliveries.attempts} + ${claim.attempts}::integer` })
      .where(eq(deliveries.deliveryId, standing.deliveryId));
  });
}

/**
 * Locks a claimed delivery of roles with its user. Undefined if the claim was lost, or if the roles were requested again
 * during the attempt: the delivery then stays pending with what the attempt left, and is sent again at once.
 */
async function lockNewest(
  tx: Transaction,
  claim: Claim,
  attempt: { readonly outcome?: string; readonly detail: string },
) {
  // Users are locked before deliveries everywhere, or two transactions could wait for each other.
  const user = await lockUser(tx, { userId: claim.user.userId });
  const [row] = await tx
    .select({ wanted: deliveries.wanted, priority: deliveries.priority })
    .from(deliveries)
    .where(ofClaim(claim))
    .for('update');
  if (row === undefined || row.wanted === claim.wanted) return row && { user, row };
  await tx
    .update(deliveries)
    .set({ leaseUntil: null, dueAt: sql`now()`, failures: 0, ...attempt })
    .where(ofClaim(claim));
  return undefined;
}

/** Closes the user's parked roles, except the one that is kept: newer roles replaced them. */
export async function replaceParkedRoles(tx: Transaction, { userId }: LockedUser, exceptId = 0): Promise<void> {
  await tx
    .update(deliveries)
    .set({
      state: 'done',
      outcome: 'replaced',
      detail: 'the bot was asked for newer roles since',
      settledAt: sql`now()`,
    })
    .where(
      and(
        eq(deliveries.userId, userId),
        eq(deliveries.kind, 'roles'),
        eq(deliveries.state, 'parked'),
        ne(deliveries.deliveryId, exceptId),
      ),
    );
}

/**
 * The bot remembers a later revision than we have ever sent in this life: of an account that was forgotten and came
 * back, or from before a copy of the database was restored. Ours is raised until the bot takes it.
 */
async function raiseRevision(
  tx: Transaction,
  { userId }: LockedUser,
  claim: Claim,
  { outcome, detail }: Verdict,
): Promise<void> {
  await tx
    .update(users)
    .set({ revision: sql`${users.revision} + ${2 ** claim.failures}::integer` })
    .where(eq(users.userId, userId));
  await tx
    .update(deliveries)
    .set({
      leaseUntil: null,
      dueAt: inMs(backOffMs(claim.failures, RAISE.firstMs, RAISE.longestMs)),
      failures: sql`${deliveries.failures} + 1`,
      outcome,
      detail,
    })
    .where(ofClaim(claim));
}

/** A repetition with the result of the last one: a row for each would bury the user's story. */
async function isRepetition(tx: Transaction, claim: Claim, user: LockedUser, verdict: Verdict): Promise<boolean> {
  const known = user.confirmedRevision >= claim.user.revision;
  if (verdict.changed || verdict.applied !== known) return false;
  const [last] = await tx
    .select({ outcome: deliveries.outcome })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.userId, user.userId),
        eq(deliveries.kind, 'roles'),
        eq(deliveries.state, 'done'),
        lt(deliveries.deliveryId, claim.deliveryId),
      ),
    )
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  return last?.outcome === verdict.outcome;
}
