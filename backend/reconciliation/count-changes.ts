import {
  type Entitlement,
  type EntitlementRules,
  type Entitling,
  effectiveEntitlement,
  entitlementAfter,
} from '../billing/entitlement.ts';
import { remember } from '../billing/past-due.ts';
import { openGrants } from '../billing/stored.ts';
import { transition } from '../billing/transition.ts';
import type { Queryable } from '../database/database.ts';
import { and, eq, inArray } from '../database/drizzle.ts';
import { customers, subscriptions, users } from '../database/schema.ts';
import { FREE } from '../plans.ts';
import type { Difference } from './compare-page.ts';

/** The number of users whose entitlement would change if every difference were synced. */
export interface Changes {
  /** Users who have a plan now and would have another one, or none. */
  readonly plansReplaced: number;
  /** Users who would be notified; also those nobody knows yet who are entitled. */
  readonly entitlementsChanged: number;
  readonly knownUsers: number;
}

export interface CountOptions {
  readonly rules: EntitlementRules;
  /** The mode of the Stripe key: stored subscriptions of the other mode entitle to nothing. */
  readonly livemode: boolean;
  readonly now: Date;
  readonly onChunk: () => Promise<void>;
}

const CHUNK = 500;

/** Counts the changes that a sync of every difference would make; writes nothing. */
export async function countChanges(
  db: Queryable,
  differences: readonly Difference[],
  options: CountOptions,
): Promise<Changes> {
  // Every sync is parked then, and changes nothing.
  if (options.rules.plans.isEmpty)
    return { plansReplaced: 0, entitlementsChanged: 0, knownUsers: await db.$count(users) };
  const ofCustomer = Map.groupBy(differences, ({ customerId }) => customerId);
  const ofUser = new Map<number, Difference[]>();
  let entitlementsChanged = 0;
  let plansReplaced = 0;
  for (const ids of chunksOf([...ofCustomer.keys()])) {
    const known = await db
      .select({ customerId: customers.customerId, userId: customers.userId })
      .from(customers)
      .where(inArray(customers.customerId, ids));
    const ownerOf = new Map(known.map(({ customerId, userId }) => [customerId, userId]));
    for (const id of ids) {
      const found = ofCustomer.get(id) ?? [];
      const userId = ownerOf.get(id) ?? null;
      if (userId !== null) ofUser.set(userId, [...(ofUser.get(userId) ?? []), ...found]);
      // An entitled user there would be notified of a new subscription.
      else if (isEntitled(found, options)) entitlementsChanged += 1;
    }
  }
  for (const userIds of chunksOf([...ofUser.keys()])) {
    await options.onChunk();
    const owners = await db.select().from(users).where(inArray(users.userId, userIds));
    const stored = await db
      .select({ userId: customers.userId, subscription: subscriptions })
      .from(subscriptions)
      .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
      .where(and(inArray(customers.userId, userIds), eq(customers.livemode, options.livemode)));
    const grantsOf = await openGrants(db, userIds, options.now);
    const storedOf = Map.groupBy(stored, ({ userId }) => userId);
    for (const user of owners) {
      const ours = (storedOf.get(user.userId) ?? []).map(({ subscription }) => subscription);
      const subscriptions = comingOf(ours, ofUser.get(user.userId) ?? [], options);
      const changed = changeOf(user, { subscriptions, granted: grantsOf.get(user.userId) ?? [] }, options);
      entitlementsChanged += changed.notified ? 1 : 0;
      plansReplaced += changed.planReplaced ? 1 : 0;
    }
  }
  return { plansReplaced, entitlementsChanged, knownUsers: await db.$count(users) };
}

function* chunksOf<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

type Rules = Pick<CountOptions, 'rules' | 'now'>;

/** The subscriptions that a user would hold: the stored ones, replaced by the differences. */
function comingOf(
  ours: readonly (typeof subscriptions.$inferSelect)[],
  differences: readonly Difference[],
  { rules, now }: Rules,
): readonly Entitling[] {
  const found = new Map(differences.map((difference) => [difference.subscriptionId, difference]));
  const known = new Map(ours.map((subscription) => [subscription.subscriptionId, subscription]));
  const kept = ours
    .filter(({ subscriptionId }) => !found.has(subscriptionId))
    .map((subscription) => ({ ...subscription, plan: rules.plans.planOf(subscription.priceId) ?? subscription.plan }));
  const listed = [...found.values()].flatMap((difference) =>
    asEntitling(difference, { rules, now, stored: known.get(difference.subscriptionId) }),
  );
  return [...kept, ...listed];
}

function changeOf(before: Entitlement, coming: Parameters<typeof entitlementAfter>[1], { rules, now }: Rules) {
  const after = entitlementAfter(before, coming, rules, now);
  const { notices, planChanged } = transition(before, after, rules.plans);
  return { notified: notices.length > 0, planReplaced: planChanged && before.plan !== FREE };
}

const isEntitled = (differences: readonly Difference[], { rules, now }: Rules): boolean =>
  effectiveEntitlement(comingOf([], differences, { rules, now }), rules, now).subscription !== null;

/** The subscription of a difference as a sync would store it; none if Stripe does not list it. */
export function asEntitling(
  { subscriptionId, listed }: Difference,
  {
    rules,
    now,
    stored,
  }: { readonly rules: EntitlementRules; readonly now: Date; readonly stored: Entitling | undefined },
): readonly Entitling[] {
  if (listed === null) return [];
  const {
    status,
    priceId,
    plan = rules.plans.planOf(priceId),
    interval,
    intervalCount = null,
    currentPeriodStart,
    currentPeriodEnd,
    cancelAtPeriodEnd,
  } = listed;
  const subscription = {
    subscriptionId,
    status,
    interval,
    intervalCount,
    plan,
    currentPeriodStart: currentPeriodStart === null ? null : new Date(currentPeriodStart),
    currentPeriodEnd: currentPeriodEnd === null ? null : new Date(currentPeriodEnd),
    cancelAtPeriodEnd,
  };
  const paidUntil = subscription.currentPeriodEnd;
  return [{ ...subscription, ...remember({ ...subscription, paidUntil }, stored, now) }];
}
