import type { Logger } from '@moddy/runtime/log';
import { and, eq } from 'drizzle-orm';
import type Stripe from 'stripe';
import type { Orm, Transaction } from '../database/database.ts';
import { isErased, type LockedUser, lockUnlessErased, lockUser } from '../database/lock-user.ts';
import { type Customer, customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { SyncClaim } from '../queue/claim-sync.ts';
import { entitleUser, unknownPrice } from './entitle-user.ts';
import { ENDED, type EntitlementRules, nextCheckAt } from './entitlement.ts';
import { type FetchedCustomer, fetchFromStripe, UnknownCustomer } from './fetch-from-stripe.ts';
import { type ParkedReason, parkCustomer, settleCustomer } from './settle-sync.ts';
import { storedOfOthers, storeSubscriptions } from './stored.ts';

export interface SyncDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  /** Of the key: live or test. */
  readonly livemode: boolean;
  readonly rules: EntitlementRules;
  readonly now: () => Date;
  readonly log: Logger;
}

/**
 * Brings one claimed customer's state up to what Stripe has now, and enqueues what differs for the user. No transaction is
 * open while Stripe is asked; the fence discards the result of a worker that took too long.
 * @throws what the Stripe SDK and the database throw; nothing is stored then.
 */
export async function syncCustomer(deps: SyncDeps, claim: SyncClaim): Promise<void> {
  const { db, stripe, rules, livemode, log } = deps;
  const fetched = await fetchFromStripe(stripe, claim.customerId, rules.plans).catch((error: unknown) => {
    if (error instanceof UnknownCustomer) return error;
    throw error;
  });
  if (fetched instanceof UnknownCustomer || (fetched.livemode ?? livemode) !== livemode) {
    const detail = `not in the ${livemode ? 'live' : 'test'} mode of the account of STRIPE_API_KEY`;
    await parkCustomer(db, claim, 'other_account_or_mode', detail);
    log.warn('customer parked', { customerId: claim.customerId, reason: 'other_account_or_mode', detail });
    return;
  }
  await transaction(db, (tx) => storeFetched(tx, claim, fetched, deps));
}

/** In one transaction: check the fence, lock the user, store the subscriptions, diff the entitlement, owe the rest. */
export async function storeFetched(
  tx: Transaction,
  claim: SyncClaim,
  fetched: FetchedCustomer,
  { rules, livemode, now, log }: Pick<SyncDeps, 'rules' | 'livemode' | 'now' | 'log'>,
): Promise<void> {
  const { customerId } = claim;
  const [customer] = await tx
    .select()
    .from(customers)
    .where(and(eq(customers.customerId, customerId), eq(customers.fence, claim.fence)))
    .for('update');
  if (customer === undefined) {
    log.warn('sync overtaken by another worker', { customerId });
    return;
  }
  const park = async (reason: ParkedReason, detail: string) => {
    await parkCustomer(tx, claim, reason, detail);
    log.warn('customer parked', { customerId, reason, detail });
  };

  // Without prices an end would look like any other: nothing is decided.
  if (rules.plans.isEmpty) return park('unknown_price', 'PLAN_PRICES is empty');
  const unknown = unknownPrice(fetched.subscriptions);
  if (unknown !== undefined) return park('unknown_price', unknown);
  const user = await lockOwner(tx, customer, fetched);
  if (user === undefined) {
    return park('no_discord_id', 'neither the subscription, the customer nor the checkout names a discord_id');
  }

  const others = await storedOfOthers(tx, user.userId, customerId, { livemode, plans: rules.plans });
  const unknownOther = unknownPrice(others);
  if (unknownOther !== undefined) return park('unknown_price', unknownOther);
  const own = await storeSubscriptions(tx, customerId, fetched.subscriptions, now());
  const { plan, noticeCount } = await entitleUser(tx, user, [...own, ...others], {
    rules,
    now: now(),
    customerId,
    // It follows Stripe. Whoever asked to be forgotten stays so, though Stripe keeps their address with their invoices.
    email: user.erasureRequestedAt === null ? (fetched.email ?? user.email) : null,
    // Who is adopted was a subscriber before us.
    silent: customer.adopting,
  });
  await settleCustomer(tx, claim, {
    userId: user.userId,
    // Whoever first spoke of the customer may have been wrong about the mode; Stripe just answered in ours.
    livemode,
    nextCheckAt: nextCheckAt(own, rules.pastDueGraceMs, now()),
  });
  log.info('customer synced', { customerId, discordId: user.discordId, plan, count: noticeCount });
  if (fetched.discordId !== null && fetched.discordId !== user.discordId && !isErased(user)) {
    const detail = `linked to Discord user ${user.discordId}: sync --user ${customerId} --discord-id … --force moves it`;
    log.warn('Stripe names another Discord user than the one linked', {
      customerId,
      discordId: fetched.discordId,
      detail,
    });
  }
}

/**
 * Whose subscriptions these are: who was linked once, else whom Stripe or the checkout names. What goes on at the
 * customer of somebody who is forgotten belongs to whom it names itself; what has ended tells who they were.
 */
async function lockOwner(
  tx: Transaction,
  { userId, discordIdHint }: Customer,
  { subscriptions, discordId, currentDiscordId }: FetchedCustomer,
): Promise<LockedUser | undefined> {
  const goesOn = subscriptions.some(({ status }) => !ENDED.includes(status));
  if (userId !== null && !goesOn) return lockUser(tx, { userId });
  // Who is forgotten is not locked, lest two users are; an erasure locks this customer first, and is never undone.
  const linked = userId === null ? undefined : await lockUnlessErased(tx, userId);
  const named = (userId === null ? discordId : currentDiscordId) ?? discordIdHint;
  return linked ?? (named === null ? undefined : lockUser(tx, { discordId: named }));
}
