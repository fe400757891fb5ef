import type { Orm, Transaction } from '../database/database.ts';
import { eq, inArray } from '../database/drizzle.ts';
import { isErased, type LockedUser, lockUser, lockUsers } from '../database/lock-user.ts';
import { customers, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { requestSync } from '../queue/request-sync.ts';
import { entitleUser } from './entitle-user.ts';
import type { EntitlementRules } from './entitlement.ts';
import { liveSubscriptions } from './live-subscriptions.ts';
import type { ListedDeps } from './ownership.ts';
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

/** The user that a customer was taken from, and the plan that this user keeps. */
export interface Left {
  readonly discordId: string;
  readonly plan: string;
}

export interface LinkWish {
  readonly customerId: string;
  readonly discordId: string;
  readonly livemode: boolean;
  /** Permits taking it from another user; the rules give that user's remaining plan. */
  readonly force?: { readonly rules: EntitlementRules; readonly now: Date } | undefined;
}

/**
 * Links a Stripe customer to a user, for customers whose metadata at Stripe names none, and requests a sync.
 * @returns the previous owner, if another user owned it.
 * @throws {LinkConflict} if it belongs to another user already and `force` is not given.
 */
export async function linkCustomer(
  db: Orm,
  { customerId, discordId, livemode, force }: LinkWish,
): Promise<Left | undefined> {
  return transaction(db, async (tx) => {
    // Makes and locks the customer's row, as a sync does, before the users'.
    await requestSync(tx, { customerId, livemode, discordIdHint: discordId });
    const [customer] = await tx.select().from(customers).where(eq(customers.customerId, customerId));
    if (customer === undefined) throw new Error('A customer vanished while it was linked');
    await tx.insert(users).values({ discordId }).onConflictDoNothing();
    const [next] = await tx.select().from(users).where(eq(users.discordId, discordId));
    if (next === undefined) throw new Error('A user vanished while a customer was linked to them');
    const linked = { userId: next.userId, discordIdHint: discordId };
    const link = () => tx.update(customers).set(linked).where(eq(customers.customerId, customerId));

    const [owner] =
      customer.userId === null ? [] : await tx.select().from(users).where(eq(users.userId, customer.userId));
    if (owner === undefined || owner.userId === next.userId || isErased(owner)) {
      await lockUser(tx, { userId: next.userId });
      await link();
      return undefined;
    }
    if (force === undefined) {
      throw new LinkConflict('owned', `${customerId} belongs to another user already (user id ${owner.userId}).`);
    }
    if (customer.livemode !== livemode) {
      const mode = livemode ? 'live' : 'test';
      throw new LinkConflict('other_mode', `${customerId} is not of the ${mode} mode of STRIPE_API_KEY.`);
    }
    const locked = await lockUsers(tx, inArray(users.userId, [owner.userId, next.userId]));
    const left = locked.find(({ userId }) => userId === owner.userId);
    if (left === undefined) throw new Error('A user vanished while a customer was taken from them');
    await link();
    return leaveCustomer(tx, left, { customerId, livemode, ...force });
  });
}

/**
 * Updates and notifies the user that a customer was taken from: their other subscriptions still count.
 * The caller has locked the row of the customer.
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
    // The address may have come from the customer; the next login stores the user's own.
    email: null,
    silent: false,
  });
  return { discordId: user.discordId, plan };
}

/**
 * Writes the owner's Discord id to the customer and its subscriptions of ours at Stripe: the operator's decision then outlives
 * the database.
 * @throws what the Stripe SDK throws.
 */
export async function nameOwnerAtStripe(deps: ListedDeps, customerId: string, discordId: string): Promise<void> {
  const { stripe } = deps;
  const metadata = { discord_id: discordId };
  await stripe.customers.update(customerId, { metadata });
  // A foreign one that names a user would be ours.
  for (const { subscription, own } of await liveSubscriptions(deps, customerId))
    if (own.length > 0) await stripe.subscriptions.update(subscription.id, { metadata });
}
