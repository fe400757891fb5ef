import type { Transaction } from '../database/database.ts';
import { eq } from '../database/drizzle.ts';
import type { LockedUser } from '../database/lock-user.ts';
import { subscriptions } from '../database/schema.ts';
import { entitleUser } from './entitle-user.ts';
import type { EntitlementRules } from './entitlement.ts';
import { storedOfOthers } from './stored.ts';

/** A customer cannot be linked as asked; nothing was changed. */
export class LinkConflict extends Error {
  override readonly name = 'LinkConflict';
  readonly reason: 'owned' | 'other_mode';
  constructor(reason: LinkConflict['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Who a customer was taken from, and the plan that is left to them. */
export interface Left {
  readonly discordId: string;
  readonly plan: string;
}

/**
 * A customer turned out to be another user's: the one it was taken from is entitled to what is left, and notified.
 * The row of the customer is locked by the caller.
 */
export async function leaveCustomer(
  tx: Transaction,
  user: LockedUser,
  {
    customerId,
    livemode,
    rules,
    now,
  }: {
    readonly customerId: string;
    readonly livemode: boolean;
    readonly rules: EntitlementRules;
    readonly now: Date;
  },
): Promise<Left> {
  const { userId } = user;
  const held = await storedOfOthers(tx, userId, customerId, { livemode, plans: rules.plans });
  const taken = await tx
    .select({ subscriptionId: subscriptions.subscriptionId })
    .from(subscriptions)
    .where(eq(subscriptions.customerId, customerId));
  const lost = taken.some(({ subscriptionId }) => subscriptionId === user.subscriptionId);
  const { plan } = await entitleUser(tx, { ...user, subscriptionId: lost ? null : user.subscriptionId }, held, {
    rules,
    now,
    customerId: null,
    // It may have come with the customer; who logs in brings their own again.
    email: null,
    silent: false,
  });
  return { discordId: user.discordId, plan };
}
