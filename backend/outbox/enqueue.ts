import type { Transaction } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import type { LockedUser } from '../database/lock-user.ts';
import { deliveries, type Message, PRIORITY, type Priority } from '../database/schema.ts';
import { notifying } from '../database/transaction.ts';

/** Postgres channel on which an enqueuing transaction wakes the deliverers of all replicas. */
export const DELIVERIES_CHANNEL = 'deliveries';

/** Enqueues messages to a user, in this order. Call it in the transaction of the change that they report. */
export async function enqueueMessages(
  tx: Transaction,
  { userId }: LockedUser,
  messages: readonly Message[],
): Promise<void> {
  if (messages.length === 0) return;
  const inserted = tx
    .insert(deliveries)
    .values(messages.map((message) => ({ userId, kind: 'notify' as const, message })))
    .returning({ deliveryId: deliveries.deliveryId });
  await notifying(tx, DELIVERIES_CHANNEL, inserted);
}

/**
 * Enqueues an update of users' roles. There is at most one pending row per user: it reads plan and revision when it
 * is sent; while an attempt is in flight it is marked to be sent once more.
 */
export async function enqueueRoles(
  tx: Transaction,
  locked: readonly LockedUser[],
  priority: Priority = PRIORITY.live,
): Promise<void> {
  if (locked.length === 0) return;
  const inserted = tx
    .insert(deliveries)
    .values(locked.map(({ userId }) => ({ userId, kind: 'roles' as const, priority })))
    .onConflictDoUpdate({
      target: deliveries.userId,
      targetWhere: sql`${deliveries.kind} = 'roles' and ${deliveries.state} = 'pending'`,
      set: {
        wanted: sql`${deliveries.wanted} + 1`,
        priority: sql`least(${deliveries.priority}, excluded.priority)`,
        dueAt: sql`now()`,
        failures: 0,
      },
    })
    .returning({ deliveryId: deliveries.deliveryId });
  await notifying(tx, DELIVERIES_CHANNEL, inserted);
}

/** The same in bulk, and only for users without a pending update of roles: that one reads the same state when it is sent. */
export async function enqueueResync(tx: Transaction, locked: readonly LockedUser[]): Promise<void> {
  if (locked.length === 0) return;
  await tx
    .insert(deliveries)
    .values(locked.map(({ userId }) => ({ userId, kind: 'roles' as const, priority: PRIORITY.bulk })))
    .onConflictDoNothing();
}
