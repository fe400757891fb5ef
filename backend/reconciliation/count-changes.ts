import { and, asc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
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
import { accountDifferences, customers, subscriptions, users } from '../database/schema.ts';
import { FREE } from '../plans.ts';
import type { JobName } from '../queue/claim-job.ts';

/** Whose entitlement would change if every difference were acted on. */
export interface Changes {
  /** Users who have a plan now and would have another one, or none. */
  readonly plansReplaced: number;
  /** Users who would be told something; also those nobody knows yet who are entitled. */
  readonly entitlementsChanged: number;
  readonly knownUsers: number;
}

export interface CountOptions {
  readonly rules: EntitlementRules;
  /** Of the key: what is stored of the other mode entitles to nothing. */
  readonly livemode: boolean;
  readonly now: Date;
  readonly onChunk: () => Promise<void>;
}

const CHUNK = 500;

/** What would follow from the differences, by the same rules as a sync; nothing is changed. */
export async function countChanges(
  db: Queryable,
  job: JobName,
  { rules, livemode, now, onChunk }: CountOptions,
): Promise<Changes> {
  // Every sync is parked then, and changes nothing.
  if (rules.plans.isEmpty) return { plansReplaced: 0, entitlementsChanged: 0, knownUsers: await db.$count(users) };
  const counts = { plansReplaced: 0, entitlementsChanged: await countUnlinked(db, job, rules, now) };
  for (let after = 0; ; ) {
    const affected = await db
      .selectDistinct({ userId: users.userId })
      .from(accountDifferences)
      .innerJoin(customers, eq(customers.customerId, accountDifferences.customerId))
      .innerJoin(users, eq(users.userId, customers.userId))
      .where(and(eq(accountDifferences.job, job), gt(users.userId, after)))
      .orderBy(asc(users.userId))
      .limit(CHUNK);
    const last = affected.at(-1);
    if (last === undefined) break;
    after = last.userId;
    await onChunk();
    await countChunk(
      db,
      job,
      affected.map(({ userId }) => userId),
      { rules, livemode, now, counts },
    );
  }
  return { ...counts, knownUsers: await db.$count(users) };
}

async function countChunk(
  db: Queryable,
  job: JobName,
  userIds: readonly number[],
  {
    rules,
    livemode,
    now,
    counts,
  }: Omit<CountOptions, 'onChunk'> & { counts: { plansReplaced: number; entitlementsChanged: number } },
): Promise<void> {
  const owners = await db
    .select()
    .from(users)
    .where(inArray(users.userId, [...userIds]));
  const stored = await db
    .select({ userId: customers.userId, subscription: subscriptions })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(inArray(customers.userId, [...userIds]), eq(customers.livemode, livemode)));
  const differences = await db
    .select({ userId: customers.userId, difference: accountDifferences })
    .from(accountDifferences)
    .innerJoin(customers, eq(customers.customerId, accountDifferences.customerId))
    .where(and(eq(accountDifferences.job, job), inArray(customers.userId, [...userIds])));
  const grantsOf = await openGrants(db, userIds, now);
  const storedOf = Map.groupBy(stored, ({ userId }) => userId);
  const differencesOf = Map.groupBy(differences, ({ userId }) => userId);
  for (const user of owners) {
    const found = new Map(
      (differencesOf.get(user.userId) ?? []).map(({ difference }) => [difference.subscriptionId, difference]),
    );
    const ours = (storedOf.get(user.userId) ?? []).map(({ subscription }) => subscription);
    const kept = ours
      .map((subscription) => ({ ...subscription, plan: rules.plans.planOf(subscription.priceId) ?? subscription.plan }))
      .filter(({ subscriptionId }) => !found.has(subscriptionId));
    const known = new Map(ours.map((subscription) => [subscription.subscriptionId, subscription]));
    const listed = [...found.values()].flatMap((difference) =>
      asEntitling(difference, { rules, now, stored: known.get(difference.subscriptionId) }),
    );
    const granted = grantsOf.get(user.userId) ?? [];
    const changed = changeOf(user, { subscriptions: [...kept, ...listed], granted }, rules, now);
    counts.entitlementsChanged += changed.notified ? 1 : 0;
    counts.plansReplaced += changed.planReplaced ? 1 : 0;
  }
}

function changeOf(
  before: Entitlement,
  coming: Parameters<typeof entitlementAfter>[1],
  rules: EntitlementRules,
  now: Date,
) {
  const after = entitlementAfter(before, coming, rules, now);
  const { notices, planChanged } = transition(before, after, rules.plans);
  return { notified: notices.length > 0, planReplaced: planChanged && before.plan !== FREE };
}

/** Customers without a user: whoever is entitled there would be told of a new subscription. */
async function countUnlinked(db: Queryable, job: JobName, rules: EntitlementRules, now: Date): Promise<number> {
  const rows = await db
    .select({ difference: accountDifferences })
    .from(accountDifferences)
    .leftJoin(customers, and(eq(customers.customerId, accountDifferences.customerId), isNotNull(customers.userId)))
    .where(and(eq(accountDifferences.job, job), isNull(customers.customerId)));
  const ofCustomer = Map.groupBy(
    rows.map(({ difference }) => difference),
    ({ customerId }) => customerId,
  );
  return [...ofCustomer.values()].filter(
    (differences) =>
      effectiveEntitlement(
        differences.flatMap((difference) => asEntitling(difference, { rules, now, stored: undefined })),
        rules,
        now,
      ).subscription !== null,
  ).length;
}

export type Difference = typeof accountDifferences.$inferSelect;

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
  return [{ ...subscription, ...remember(subscription, stored, now) }];
}
