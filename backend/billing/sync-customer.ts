import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import type { Orm, Transaction } from '../database/database.ts';
import { isErased, type LockedUser, lockUnlessErased, lockUser } from '../database/lock-user.ts';
import { type Customer, customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { ofClaim, type SyncClaim } from '../queue/claim-sync.ts';
import { missingRight } from '../stripe-client.ts';
import { entitleUser } from './entitle-user.ts';
import { ENDED, type EntitlementRules, nextCheckAt } from './entitlement.ts';
import {
  type Fetched,
  type FetchedCustomer,
  fetchFromStripe,
  shapeSubscription,
  UnknownCustomer,
} from './fetch-from-stripe.ts';
import { type Listed, type Ownership, ownershipOf, readListed } from './ownership.ts';
import { type ParkedReason, parkCustomer, settleCustomer } from './settle-sync.ts';
import { type Stored, storedOf, storedOfOthers, storeSubscriptions } from './stored.ts';

export interface SyncDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  /** The mode of the Stripe key: live or test. */
  readonly livemode: boolean;
  readonly rules: EntitlementRules;
  readonly now: () => Date;
  readonly log: Logger;
}

/**
 * Fetches a claimed customer's state from Stripe, stores it, and enqueues the user's messages and roles for the differences.
 * No transaction is open during requests to Stripe; the fence discards the result of a worker that took too long.
 * @throws what the Stripe SDK and the database throw; nothing is stored then.
 */
export async function syncCustomer(deps: SyncDeps, claim: SyncClaim): Promise<void> {
  const { db, stripe, rules, livemode, log } = deps;
  const fetched = await fetchFromStripe(stripe, claim.customerId).catch((error: unknown) => {
    if (error instanceof UnknownCustomer) return error;
    throw error;
  });
  if (fetched instanceof UnknownCustomer || (fetched.livemode ?? livemode) !== livemode) {
    const detail = `not in the ${livemode ? 'live' : 'test'} mode of the account of STRIPE_API_KEY`;
    await parkCustomer(db, claim, 'other_account_or_mode', detail);
    log.warn('customer parked', { customerId: claim.customerId, reason: 'other_account_or_mode', detail });
    return;
  }
  const listed = await readListed({ db, stripe, plans: rules.plans, log }, fetched.subscriptions);
  await transaction(db, (tx) => storeFetched(tx, claim, { fetched, listed }, deps));
}

/** The next check whether an unlisted price is ours, after Stripe was unavailable. */
const UNDECIDED_MS = 60_000;

/** In one transaction: check the fence, lock the user, store the subscriptions, diff the entitlement, enqueue the rest. */
async function storeFetched(
  tx: Transaction,
  claim: SyncClaim,
  { fetched, listed }: { readonly fetched: FetchedCustomer; readonly listed: Listed },
  { rules, livemode, now, log }: Pick<SyncDeps, 'rules' | 'livemode' | 'now' | 'log'>,
): Promise<void> {
  const { customerId } = claim;
  const [customer] = await tx.select().from(customers).where(ofClaim(claim)).for('update');
  if (customer === undefined) {
    log.warn('sync overtaken by another worker', { customerId });
    return;
  }
  const park = async (reason: ParkedReason, detail: string, linked?: Parameters<typeof parkCustomer>[4]) => {
    await parkCustomer(tx, claim, reason, detail, linked);
    log.warn('customer parked', { customerId, reason, detail });
  };

  // Without prices an end would look like any other: nothing is decided.
  if (rules.plans.isEmpty) return park('unknown_price', 'PLAN_PRICES is empty');
  const stored = await storedOf(tx, customerId);
  const { ours, unlisted, undecided } = sortOut(fetched, stored, listed);
  const right = undecided.length > 0 ? missingRight(listed.error) : undefined;
  const user = await lockOwner(tx, customer, fetched, ours);
  if (user === undefined) {
    if (ours.some(isAlive))
      return park('no_discord_id', 'neither the subscription, the customer nor the checkout names a discord_id');
    // It buys something else in the same account, or nothing any more.
    if (right !== undefined) return park('key_lacks_right', right);
    const again = undecided.length === 0 ? null : new Date(now().getTime() + UNDECIDED_MS);
    return settleCustomer(tx, claim, { userId: customer.userId, livemode, nextCheckAt: again });
  }

  const others = await storedOfOthers(tx, user.userId, customerId, { livemode, plans: rules.plans });
  const known = stored.filter(({ subscriptionId }) => !undecided.includes(subscriptionId));
  const own = await storeSubscriptions(tx, known, ours, now());
  const { plan, noticeCount } = await entitleUser(tx, user, [...own, ...others], {
    rules,
    now: now(),
    customerId,
    // It follows Stripe, except for a user who asked for their deletion: Stripe keeps their address with the invoices.
    email: user.erasureRequestedAt === null ? (fetched.email ?? user.email) : null,
    // An adopted customer subscribed before this service existed.
    silent: customer.adopting,
  });
  const checks = [
    nextCheckAt(own, rules.pastDueGraceMs, now()),
    undecided.length > 0 ? new Date(now().getTime() + UNDECIDED_MS) : null,
  ].filter((check) => check !== null);
  const linked = {
    userId: user.userId,
    // The event may have named the other mode; Stripe has just answered in ours.
    livemode,
    nextCheckAt: checks.length === 0 ? null : new Date(Math.min(...checks.map(Number))),
  };
  if (unlisted !== undefined) await park('unknown_price', unlisted, linked);
  else if (right !== undefined) await park('key_lacks_right', right, linked);
  else await settleCustomer(tx, claim, linked);
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

const isAlive = ({ status }: Pick<Fetched, 'status'>): boolean => !ENDED.includes(status);

/** Our subscriptions, the first live one with an unlisted price, and those that cannot be decided yet. */
function sortOut({ subscriptions, actionRequired }: FetchedCustomer, stored: readonly Stored[], listed: Listed) {
  const planOf = new Map(stored.map(({ subscriptionId, plan }) => [subscriptionId, plan]));
  const sorted = subscriptions.map((subscription) => ({
    subscription,
    ownership: ownershipOf(subscription, planOf.get(subscription.id) ?? null, listed),
  }));
  const unlisted = sorted.find(
    ({ subscription, ownership }) => ownership.owner === 'unlisted' && isAlive(subscription),
  );
  return {
    ours: sorted.flatMap(({ subscription, ownership }) =>
      ownership.owner === 'listed' || ownership.owner === 'unlisted'
        ? [shapeSubscription(subscription, ownership, actionRequired.has(subscription.id))]
        : [],
    ),
    unlisted: unlisted && nameUnlisted(unlisted.subscription, unlisted.ownership),
    undecided: sorted.flatMap(({ subscription, ownership }) =>
      ownership.owner === 'undecided' ? [subscription.id] : [],
    ),
  };
}

const nameUnlisted = ({ id }: { readonly id: string }, ownership: Ownership): string => {
  const price = ownership.owner === 'unlisted' ? ownership.item?.price.id : undefined;
  return `${price ?? 'no price'} of ${id} is not in PLAN_PRICES`;
};

/**
 * Locks the owner of these subscriptions: the linked user, else the user that Stripe or the checkout names. If the linked
 * user was erased, live subscriptions belong to the user that they name; ended ones stay with the erased user.
 */
async function lockOwner(
  tx: Transaction,
  { userId, discordIdHint }: Customer,
  { discordId, currentDiscordId }: FetchedCustomer,
  ours: readonly Fetched[],
): Promise<LockedUser | undefined> {
  // A customer without a subscription of ours does not become a user.
  if (userId === null && ours.length === 0) return undefined;
  const goesOn = ours.some(isAlive);
  if (userId !== null && !goesOn) return lockUser(tx, { userId });
  // An erased user is not locked: this transaction locks one user only. An erasure locks this customer first, and is never undone.
  const linked = userId === null ? undefined : await lockUnlessErased(tx, userId);
  const named = (userId === null ? discordId : currentDiscordId) ?? discordIdHint;
  return linked ?? (named === null ? undefined : lockUser(tx, { discordId: named }));
}
