import { sql } from 'drizzle-orm';
import type { Queryable } from '../database/database.ts';
import { notifying } from '../database/notifying.ts';
import { deliveries, type Message, PRIORITY, type Priority } from '../database/schema.ts';

/** Postgres channel on which an enqueuing transaction wakes the deliverers of all replicas. */
export const DELIVERIES_CHANNEL = 'deliveries';

/** Owes messages to a user, in this order. Call it in the transaction of what they tell, the user's row locked. */
export async function enqueueMessages(tx: Queryable, userId: number, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const inserted = tx
    .insert(deliveries)
    .values(messages.map((message) => ({ userId, kind: 'notify' as const, message })))
    .returning({ deliveryId: deliveries.deliveryId });
  await notifying(tx, DELIVERIES_CHANNEL, inserted);
}

/**
 * Owes users an update of their roles. There is at most one pending row per user: it reads plan and revision when it
 * is sent; while an attempt is under way it is marked to be sent once more.
 */
export async function enqueueRoles(
  tx: Queryable,
  userIds: readonly number[],
  priority: Priority = PRIORITY.live,
): Promise<void> {
  if (userIds.length === 0) return;
  const inserted = tx
    .insert(deliveries)
    .values(userIds.map((userId) => ({ userId, kind: 'roles' as const, priority })))
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

/** Owes the same without haste, and only to those whom no roles are owed: what waits already is as new when it is sent. */
export async function enqueueResync(tx: Queryable, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx
    .insert(deliveries)
    .values(userIds.map((userId) => ({ userId, kind: 'roles' as const, priority: PRIORITY.bulk })))
    .onConflictDoNothing();
}
