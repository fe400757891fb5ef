import type { Queryable } from '../database/database.ts';
import {
  and,
  desc,
  eq,
  getTableColumns,
  gt,
  inArray,
  isNull,
  ne,
  type SQL,
  sql,
  toSnakeCase,
} from '../database/drizzle.ts';
import { customers, grants, subscriptions } from '../database/schema.ts';
import type { Plans } from '../plans.ts';
import { ENDED, type Granted } from './entitlement.ts';
import type { Fetched } from './fetch-from-stripe.ts';
import { type Remembered, remember } from './past-due.ts';

/** A subscription as we keep it. */
export type Kept = Fetched & Remembered;

/**
 * The user's subscriptions at other Stripe customers of this mode than this one, with the plans that their prices mean
 * today; a price that is not listed any more keeps the stored one. One of the test mode entitles to nothing in live mode,
 * and its prices need not be known there.
 */
export const storedOfOthers = (
  tx: Queryable,
  userId: number,
  customerId: string,
  rules: StoredRules,
): Promise<readonly Kept[]> => storedWhere(tx, userId, rules, ne(customers.customerId, customerId));

/** The same at all of the user's customers. */
export const storedOfUser = (tx: Queryable, userId: number, rules: StoredRules): Promise<readonly Kept[]> =>
  storedWhere(tx, userId, rules, undefined);

interface StoredRules {
  readonly livemode: boolean;
  readonly plans: Plans;
}

async function storedWhere(
  tx: Queryable,
  userId: number,
  { livemode, plans }: StoredRules,
  which: SQL | undefined,
): Promise<readonly Kept[]> {
  const rows = await tx
    .select({ subscription: subscriptions })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(eq(customers.userId, userId), eq(customers.livemode, livemode), which));
  return rows.map(({ subscription }) => ({
    ...subscription,
    plan: plans.planOf(subscription.priceId) ?? subscription.plan,
  }));
}

/** The grants of these users that count now, by user; of each user the one that lasts longest first. */
export async function openGrants(
  db: Queryable,
  userIds: readonly number[],
  now: Date,
): Promise<ReadonlyMap<number, readonly Granted[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(grants)
    .where(and(inArray(grants.userId, [...userIds]), isNull(grants.endedAt), gt(grants.endsAt, now)))
    .orderBy(desc(grants.endsAt), desc(grants.grantId));
  return Map.groupBy(rows, ({ userId }) => userId);
}

/** On conflict, every column takes the value of the insert, for any number of rows. */
const AS_INSERTED = Object.fromEntries(
  Object.keys(getTableColumns(subscriptions)).map((name) => [name, sql.raw(`excluded.${toSnakeCase(name)}`)]),
);

export type Stored = typeof subscriptions.$inferSelect;

export const storedOf = (tx: Queryable, customerId: string): Promise<Stored[]> =>
  tx.select().from(subscriptions).where(eq(subscriptions.customerId, customerId));

/**
 * Stores a customer's subscriptions as they are; one that Stripe does not have any more has ended.
 * @param known what is stored of this customer.
 * @returns them with the facts of `remember`.
 */
export async function storeSubscriptions(
  tx: Queryable,
  known: readonly Stored[],
  fetched: readonly Fetched[],
  now: Date,
): Promise<readonly Kept[]> {
  const knownOf = new Map(known.map((row) => [row.subscriptionId, row]));
  const kept = fetched.map((subscription) => ({
    ...subscription,
    ...remember(subscription, knownOf.get(subscription.subscriptionId), now),
  }));
  if (kept.length > 0) {
    await tx
      .insert(subscriptions)
      .values(
        // The order in which the rows are locked.
        kept
          .toSorted((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1))
          .map((subscription) => ({ ...subscription, updatedAt: now, seenAt: sql`now()` })),
      )
      .onConflictDoUpdate({ target: subscriptions.subscriptionId, set: AS_INSERTED });
  }
  const listed = new Set(fetched.map(({ subscriptionId }) => subscriptionId));
  const gone = known.filter(({ subscriptionId, status }) => !listed.has(subscriptionId) && !ENDED.includes(status));
  if (gone.length > 0) {
    const ids = gone.map(({ subscriptionId }) => subscriptionId);
    await tx
      .update(subscriptions)
      .set({ status: 'canceled', updatedAt: now })
      .where(inArray(subscriptions.subscriptionId, ids));
  }
  return kept;
}
