import type { Transaction } from '../database/database.ts';
import { eq, sql } from '../database/drizzle.ts';
import { isErased, type LockedUser } from '../database/lock-user.ts';
import { type Message, PRIORITY, users } from '../database/schema.ts';
import { enqueueMessages, enqueueRoles } from '../outbox/enqueue.ts';
import { type EntitlementRules, entitlementAfter, lateEnd } from './entitlement.ts';
import { dueReminder } from './reminder.ts';
import { type Kept, openGrants } from './stored.ts';
import { effectiveAt, transition } from './transition.ts';

export interface EntitleOptions {
  readonly rules: EntitlementRules;
  readonly now: Date;
  /** The messages name this customer as the reason; null if it no longer belongs to the user. */
  readonly customerId: string | null;
  readonly email: string | null;
  /** Nothing happened that they should be notified of. */
  readonly silent: boolean;
  /** A grant began or ended: the message about the plan says so. */
  readonly because?: 'granted' | 'grant_ended';
}

/**
 * Compares the entitlement from all subscriptions of a user with the stored one, stores it, and enqueues messages and roles
 * for the differences.
 * @returns their plan now, and how many messages were enqueued.
 */
export async function entitleUser(
  tx: Transaction,
  user: LockedUser,
  held: readonly Kept[],
  { rules, now, customerId, email, silent, because }: EntitleOptions,
): Promise<{ readonly plan: string; readonly noticeCount: number }> {
  const granted = (await openGrants(tx, [user.userId], now)).get(user.userId) ?? [];
  const after = entitlementAfter(user, { subscriptions: held, granted }, rules, now);
  const source = held.find(({ subscriptionId }) => subscriptionId === after.subscription?.subscriptionId) ?? null;
  const { notices, planChanged } = transition(user, after, rules.plans, because);
  const erased = isErased(user);
  const reminder = dueReminder(source, user.remindedOf, now);
  await tx
    .update(users)
    .set({
      plan: after.plan,
      subscriptionId: after.subscriptionId,
      interval: after.interval,
      intervalCount: after.intervalCount,
      cancelsAtPeriodEnd: after.cancelsAtPeriodEnd,
      paymentLate: after.paymentLate,
      ...(reminder && { remindedOf: reminder.chargedAt }),
      email,
      ...(planChanged ? { revision: sql`${users.revision} + 1` } : {}),
      // There is nobody left whose roles could be confirmed.
      ...(planChanged && erased ? { confirmedRevision: sql`${users.revision} + 1` } : {}),
      updatedAt: now,
    })
    .where(eq(users.userId, user.userId));
  if (erased) return { plan: after.plan, noticeCount: 0 };
  const lateEndsAt = source && lateEnd(source, rules.pastDueGraceMs);
  const messages: Message[] = (silent ? [] : notices).map(
    (notice): Message => ({
      ...notice,
      customerId,
      interval: after.interval,
      intervalCount: after.intervalCount,
      locale: user.locale,
      effectiveAt: effectiveAt(notice, { source, lateEndsAt, grant: after.grant })?.toISOString() ?? null,
      ...(notice.change === 'payment_late' && source?.actionRequired ? { actionRequired: true } : {}),
    }),
  );
  if (reminder !== null && source !== null && !silent) {
    const { amount, currency } = source;
    messages.push({
      action: 'subscription_updated',
      change: reminder.change,
      plan: after.plan,
      customerId,
      interval: after.interval,
      intervalCount: after.intervalCount,
      locale: user.locale,
      effectiveAt: reminder.chargedAt.toISOString(),
      amount,
      currency,
    });
  }
  await enqueueMessages(tx, user, messages);
  if (planChanged) await enqueueRoles(tx, [user], silent ? PRIORITY.bulk : PRIORITY.live);
  return { plan: after.plan, noticeCount: messages.length };
}
