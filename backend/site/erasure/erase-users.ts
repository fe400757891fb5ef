/** Deletes accounts on their users' request. The file is long because it holds the whole deletion. */

import Stripe from 'stripe';
import { ENDED, type EntitlementRules } from '../../billing/entitlement.ts';
import { revokeGrants } from '../../billing/grants.ts';
import type { ListedDeps } from '../../billing/ownership.ts';
import type { Orm, Transaction } from '../../database/database.ts';
import { and, desc, eq, inArray, isNotNull, like, not, notInArray, sql } from '../../database/drizzle.ts';
import {
  ERASED_PATTERN,
  erasedDiscordId,
  inLockOrder,
  isErased,
  type LockedUser,
  lockUnlessErased,
  lockUsers,
} from '../../database/lock-user.ts';
import {
  type Customer,
  customers,
  deliveries,
  discordEvents,
  grants,
  jobs,
  sessions,
  subscriptions,
  users,
} from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { isUnavailable } from '../../database/unavailable.ts';
import { FREE } from '../../plans.ts';
import { finishJob, saveJob } from '../../queue/claim-job.ts';
import { requestSync } from '../../queue/request-sync.ts';
import type { Job } from '../../queue/schedule.ts';
import { isMissing } from '../../stripe-client.ts';
import { isCustomerOf } from '../checkout/customers.ts';
import type { SiteDeps, Visitor } from '../context.ts';
import { isStripeError } from '../faults.ts';
import { endAtStripe, reasonOf } from './end-at-stripe.ts';

/** Requests from before the deletion's request have ended by then, and their objects at Stripe are stored. */
const SETTLED_MS = 60_000;
/** A deletion that takes longer needs an operator. */
const OVERDUE_MS = 24 * 60 * 60_000;
/** Roles that cannot be removed for so long will not be; the user's wish then counts more. */
const PATIENCE_MS = 30 * 24 * 60 * 60_000;
/** The bot's verdicts that there is nobody to remove roles from. */
const GONE: ReadonlySet<string | null> = new Set(['not_in_guild', 'unknown_user']);

/**
 * Logs the user out everywhere, blocks logins until the deletion ends, and stores the request. `eraseUsers` repeats the
 * remaining work until it is done.
 */
export async function requestErasure(
  { db, now, wakeSchedule }: Pick<SiteDeps, 'db' | 'now' | 'wakeSchedule'>,
  { userId, discordId }: Visitor,
): Promise<void> {
  await transaction(db, async (tx) => {
    // A log-in that is being stored locks the user too: its session is seen here, or it sees the wish.
    const user = await lockUnlessErased(tx, userId);
    if (user === undefined) return;
    const erasureRequestedAt = user.erasureRequestedAt ?? now();
    await tx.update(users).set({ email: null, erasureRequestedAt }).where(eq(users.userId, userId));
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    await tx.delete(discordEvents).where(eq(discordEvents.discordId, discordId));
    await tx.update(jobs).set({ dueAt: sql`now()` }).where(eq(jobs.name, 'erase'));
  });
  wakeSchedule();
}

export interface ErasureDeps extends Omit<ListedDeps, 'db' | 'plans' | 'dry'> {
  readonly db: Orm;
  /** The mode of the Stripe key: live or test. */
  readonly livemode: boolean;
  readonly rules: EntitlementRules;
  readonly now: Date;
  /** Called before every user and every request to Stripe; an error that it throws ends the round. */
  readonly onStep?: () => Promise<void>;
}

export interface Erasures {
  readonly forgotten: number;
  /** Those that go on, and what each waits for; overdue ones need an operator. */
  readonly waiting: readonly {
    readonly userId: number;
    readonly overdue: boolean;
    readonly reasons: readonly string[];
  }[];
}

/** More wait for the next round. */
const MOST_USERS = 1_000;
/** So many users in a row without an answer of Stripe, and the others would wait in vain too. */
const MOST_UNANSWERED = 3;

/**
 * Continues every deletion: first our subscriptions at Stripe end. When Stripe has confirmed that, the roles are removed
 * and nothing is pending, the user is erased. Rows for accounting stay: see docs/operations.md. A waiting or failed
 * deletion does not delay the others: the order is random.
 * @throws when the database is unavailable, and what `onStep` throws.
 */
export async function eraseUsers(deps: ErasureDeps): Promise<Erasures> {
  const { db, log, now, onStep } = deps;
  const wishes = await db
    .select({ userId: users.userId, requestedAt: users.erasureRequestedAt })
    .from(users)
    .where(isLeaving)
    .orderBy(sql`random()`)
    .limit(MOST_USERS);
  const waiting: Erasures['waiting'][number][] = [];
  let forgotten = 0;
  let unanswered = 0;
  for (const { userId, requestedAt } of wishes) {
    await onStep?.();
    if (unanswered === MOST_UNANSWERED) break;
    const attempt = await eraseUser(deps, userId);
    unanswered = attempt.unanswered ? unanswered + 1 : 0;
    if (attempt.reasons.length === 0) {
      forgotten += 1;
      continue;
    }
    const overdue = requestedAt !== null && now.getTime() - requestedAt.getTime() >= OVERDUE_MS;
    waiting.push({ userId, overdue, reasons: attempt.reasons });
    if (overdue) log.error('a deletion is overdue', { detail: `user id ${userId}: ${attempt.reasons.join(', ')}` });
  }
  return { forgotten, waiting };
}

/** Users who asked for their deletion and are not forgotten yet. */
const isLeaving = and(isNotNull(users.erasureRequestedAt), not(like(users.discordId, ERASED_PATTERN)));

/** The job was lost or the process ends: nothing more is begun. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface Attempt {
  /** Why the user cannot be forgotten yet; empty when they are. */
  readonly reasons: readonly string[];
  /** Stripe gave no answer at all. */
  readonly unanswered: boolean;
}

async function eraseUser(deps: ErasureDeps, userId: number): Promise<Attempt> {
  const { db, log, rules, livemode, now, onStep } = deps;
  const step = async () => {
    await onStep?.().catch((cause: unknown) => {
      throw new Interrupted('A deletion goes on elsewhere or later', { cause });
    });
  };
  let unanswered = false;
  try {
    await revokeGrants({ db, livemode, rules, now: () => now }, userId);
    const reasons: string[] = [];
    const own = await db
      .select()
      .from(customers)
      .where(isCustomerOf(userId))
      .orderBy(inLockOrder(customers.customerId));
    for (const customer of own.filter((each) => mayPay(each, livemode))) {
      try {
        reasons.push(...(await endAtStripe({ ...deps, plans: rules.plans }, customer.customerId, step)));
      } catch (error) {
        if (!isStripeError(error)) throw error;
        unanswered ||= error instanceof Stripe.errors.StripeConnectionError;
        log.warn('Stripe cannot be asked for a deletion', { customerId: customer.customerId, error });
        const reason = isMissing(error) ? 'not in this Stripe account and mode' : reasonOf(error);
        reasons.push(`${customer.customerId}: ${reason}`);
      }
    }
    if (reasons.length > 0) return { reasons, unanswered };
    const confirmed = new Set(own.map(({ customerId }) => customerId));
    return { reasons: await transaction(db, (tx) => forget(tx, userId, confirmed, deps)), unanswered };
  } catch (error) {
    if (error instanceof Interrupted || isUnavailable(error)) throw error;
    log.error('a user could not be forgotten', { detail: `user id ${userId}`, error });
    return { reasons: [`fails with ${reasonOf(error)}, see the log`], unanswered };
  }
}

/** Nobody pays in test mode; an operator may have checked a customer that our key cannot see. */
const mayPay = ({ livemode, parkedReason, acknowledgedReason }: Customer, ourLivemode: boolean): boolean =>
  (livemode || !ourLivemode) &&
  !(parkedReason === 'other_account_or_mode' && acknowledgedReason === 'other_account_or_mode');

/**
 * Erases a user after Stripe has confirmed that their customers have nothing of ours left.
 * @returns the reasons to wait; empty when it is done.
 */
async function forget(
  tx: Transaction,
  userId: number,
  confirmed: ReadonlySet<string>,
  { now, livemode }: ErasureDeps,
): Promise<readonly string[]> {
  // Customers before users before deliveries, as in a sync.
  const own = await tx
    .select()
    .from(customers)
    .where(isCustomerOf(userId))
    .orderBy(inLockOrder(customers.customerId))
    .for('update');
  const [user] = await lockUsers(tx, eq(users.userId, userId));
  if (!user?.erasureRequestedAt || isErased(user)) return [];
  const unconfirmed = own.find(({ customerId }) => !confirmed.has(customerId));
  if (unconfirmed !== undefined) return [`${unconfirmed.customerId} is new`];
  const unsynced = own.find(({ wanted, done }) => wanted > done);
  if (unsynced !== undefined) return [`the sync of ${unsynced.customerId}`];
  const waitedMs = now.getTime() - user.erasureRequestedAt.getTime();
  if (waitedMs < SETTLED_MS) return ['requests that may still run'];
  const asked = own.filter((customer) => customer.livemode === livemode && mayPay(customer, livemode));
  const isStored = await hasLiveSubscription(tx, asked);
  if (isStored || user.plan !== FREE) {
    // Events are late, or were lost.
    for (const { customerId } of asked) await requestSync(tx, { customerId, livemode });
  }
  if (isStored) return ['a sync'];
  if (waitedMs < PATIENCE_MS) {
    if (user.plan !== FREE) return [`the end of plan ${user.plan}`];
    if (await hasPendingDeliveries(tx, user)) return ['the last message or the roles'];
  }
  await tx.delete(deliveries).where(eq(deliveries.userId, userId));
  await tx.delete(grants).where(eq(grants.userId, userId));
  await tx.delete(sessions).where(eq(sessions.userId, userId));
  await tx.delete(discordEvents).where(eq(discordEvents.discordId, user.discordId));
  // Linked for good: a late event then finds the erased user and creates no new one.
  const ids = own.map(({ customerId }) => customerId);
  await tx.update(customers).set({ userId, discordIdHint: null }).where(inArray(customers.customerId, ids));
  await tx
    .update(users)
    .set({
      discordId: erasedDiscordId(userId),
      email: null,
      locale: null,
      confirmedRevision: sql`${users.revision}`,
      updatedAt: now,
    })
    .where(eq(users.userId, userId));
  return [];
}

async function hasLiveSubscription(tx: Transaction, own: readonly Customer[]): Promise<boolean> {
  const ids = own.map(({ customerId }) => customerId);
  return (
    (await tx.$count(
      subscriptions,
      and(inArray(subscriptions.customerId, ids), notInArray(subscriptions.status, [...ENDED])),
    )) > 0
  );
}

async function hasPendingDeliveries(tx: Transaction, user: LockedUser): Promise<boolean> {
  const [pending] = await tx
    .select({ deliveryId: deliveries.deliveryId })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.state, 'pending')))
    .limit(1);
  if (pending !== undefined) return true;
  if (user.confirmedRevision >= user.revision) return false;
  const [last] = await tx
    .select({ outcome: deliveries.outcome })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.kind, 'roles')))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  return !GONE.has(last?.outcome ?? null);
}

const EVERY_MS = 60_000;
/** As many as an operator reads in one line. */
const SHOWN = 3;

/** Goes on with the deletions of accounts; a new wish makes it due at once. */
export const eraseJob = (deps: Omit<ErasureDeps, 'now' | 'onStep'> & { readonly now: () => Date }): Job => ({
  name: 'erase',
  everyMs: EVERY_MS,
  run: async (claim, signal) => {
    const { db, log } = deps;
    const onStep = async () => {
      signal.throwIfAborted();
      await saveJob(db, claim, null);
    };
    const { forgotten, waiting } = await eraseUsers({ ...deps, now: deps.now(), onStep });
    if (forgotten > 0) log.info('users forgotten', { count: forgotten });
    const overdue = waiting.filter((each) => each.overdue);
    const shown = overdue.slice(0, SHOWN).map(({ userId, reasons }) => `user id ${userId} (${reasons.join(', ')})`);
    const outcome =
      `forgot ${forgotten}, ${waiting.length} wait` +
      (overdue.length === 0 ? '' : `, ${overdue.length} of them for more than 24 hours: ${shown.join('; ')}`);
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome, alert: overdue.length > 0 });
  },
});
