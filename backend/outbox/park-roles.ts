import type { Orm } from '../database/database.ts';
import { and, desc, eq, sql } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { deliveries, PRIORITY } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { Claim } from '../queue/claim-delivery.ts';
import { ofClaim } from './settle.ts';
import { replaceParkedRoles } from './settle-roles.ts';

/**
 * Sets roles aside, visibly; at most one delivery of a user's roles is parked. A mere repetition joins the one that is
 * parked already, so that it keeps the number an operator has read; else the newer takes the place of the older.
 */
export async function parkRoles(db: Orm, claim: Claim, outcome: string, detail: string): Promise<void> {
  await transaction(db, async (tx) => {
    const user = await lockUser(tx, { userId: claim.user.userId });
    const [row] = await tx
      .select({ wanted: deliveries.wanted, priority: deliveries.priority })
      .from(deliveries)
      .where(ofClaim(claim))
      .for('update');
    if (row === undefined) return;
    if (row.wanted !== claim.wanted) {
      // More was wanted meanwhile, perhaps something that the bot does not reject.
      await tx
        .update(deliveries)
        .set({ leaseUntil: null, dueAt: sql`now()`, failures: 0, detail })
        .where(ofClaim(claim));
      return;
    }
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
