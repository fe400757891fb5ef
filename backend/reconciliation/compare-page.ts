import type Stripe from 'stripe';
import { ENDED } from '../billing/entitlement.ts';
import { type Fetched, shapeSubscription } from '../billing/fetch-from-stripe.ts';
import { type Listed, ownershipOf } from '../billing/ownership.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { eq, inArray, sql } from '../database/drizzle.ts';
import { inLockOrder } from '../database/lock-user.ts';
import { accountDifferences, customers, type ListedSubscription, subscriptions } from '../database/schema.ts';
import type { JobName } from '../queue/claim-job.ts';

export type Difference = typeof accountDifferences.$inferSelect;

/** The differences between a page of Stripe's subscriptions and the stored ones. Foreign ones are no difference. */
export async function findDifferences(
  db: Queryable,
  job: JobName,
  page: readonly Stripe.Subscription[],
  catalogue: Listed,
): Promise<readonly Difference[]> {
  if (page.length === 0) return [];
  const ids = page.map(({ id }) => id);
  const stored = await db.select().from(subscriptions).where(inArray(subscriptions.subscriptionId, ids));
  const storedOf = new Map(stored.map((row) => [row.subscriptionId, row]));
  const ours = page.flatMap((subscription) => {
    const ownership = ownershipOf(subscription, storedOf.get(subscription.id)?.plan ?? null, catalogue);
    return ownership.owner === 'listed' || ownership.owner === 'unlisted'
      ? [shapeSubscription(subscription, ownership)]
      : [];
  });
  const owners = await db
    .select({ customerId: customers.customerId, parkedReason: customers.parkedReason })
    .from(customers)
    .where(inArray(customers.customerId, [...new Set(ours.map(({ customerId }) => customerId))]));
  const ownerOf = new Map(owners.map((row) => [row.customerId, row]));
  return ours.flatMap((listed) => {
    const { customerId, subscriptionId } = listed;
    const owner = ownerOf.get(customerId);
    // A parked one differs on purpose, and is checked again by itself; with an unlisted price the rest is decided.
    if (owner && owner.parkedReason !== null && owner.parkedReason !== 'unknown_price') return [];
    const known = storedOf.get(subscriptionId);
    const found = known === undefined ? unknown(listed, owner !== undefined) : changed(known, listed);
    return found === null ? [] : [{ job, customerId, subscriptionId, ...found, listed: listedOf(listed) }];
  });
}

/** Stores the differences, and the time at which Stripe listed these subscriptions. */
export async function comparePage(
  tx: Transaction,
  job: JobName,
  page: readonly Stripe.Subscription[],
  catalogue: Listed,
): Promise<void> {
  const ids = page.map(({ id }) => id);
  if (ids.length === 0) return;
  // Locked in id order before they are marked: a sync that stores the same ones may not wait for us and we for it.
  await tx
    .select({ subscriptionId: subscriptions.subscriptionId })
    .from(subscriptions)
    .where(inArray(subscriptions.subscriptionId, ids))
    .orderBy(inLockOrder(subscriptions.subscriptionId))
    .for('update');
  await tx.update(subscriptions).set({ seenAt: sql`now()` }).where(inArray(subscriptions.subscriptionId, ids));
  await storeDifferences(tx, await findDifferences(tx, job, page, catalogue));
}

export async function storeDifferences(tx: Transaction, differences: readonly Difference[]): Promise<void> {
  if (differences.length === 0) return;
  await tx
    .insert(accountDifferences)
    .values([...differences])
    .onConflictDoUpdate({
      target: [accountDifferences.job, accountDifferences.customerId, accountDifferences.subscriptionId],
      set: { kind: sql`excluded.kind`, detail: sql`excluded.detail`, listed: sql`excluded.listed` },
    });
}

/** Deletes the differences of a comparison. */
export async function forgetDifferences(tx: Transaction, job: JobName): Promise<void> {
  await tx.delete(accountDifferences).where(eq(accountDifferences.job, job));
}

type Found = { readonly kind: 'unknown_customer' | 'unknown_subscription' | 'changed'; readonly detail: string } | null;

function unknown(listed: Fetched, customerKnown: boolean): Found {
  if (ENDED.includes(listed.status)) return null;
  const kind = customerKnown ? 'unknown_subscription' : 'unknown_customer';
  return { kind, detail: `${listed.status}, ${listed.plan ?? listed.priceId ?? 'no price'}` };
}

function changed(ours: Fetched, listed: Fetched): Found {
  const pairs: readonly [string, unknown, unknown][] = [
    ['status', ours.status, listed.status],
    ['price', ours.priceId, listed.priceId],
    ['plan', ours.plan, listed.plan],
    ['interval', every(ours), every(listed)],
    ['period end', iso(ours.currentPeriodEnd), iso(listed.currentPeriodEnd)],
    ['cancels at period end', ours.cancelAtPeriodEnd, listed.cancelAtPeriodEnd],
  ];
  const differing = pairs.filter(([, before, after]) => before !== after);
  if (differing.length === 0) return null;
  const detail = differing.map(([name, before, after]) => `${name} ${before ?? 'none'} → ${after ?? 'none'}`);
  return { kind: 'changed', detail: detail.join(', ') };
}

const every = ({ interval, intervalCount }: Fetched) => interval && `${intervalCount ?? 1} ${interval}`;
const iso = (moment: Date | null) => moment?.toISOString() ?? null;

const listedOf = (subscription: Fetched): ListedSubscription => ({
  status: subscription.status,
  priceId: subscription.priceId,
  plan: subscription.plan,
  interval: subscription.interval,
  intervalCount: subscription.intervalCount,
  currentPeriodStart: iso(subscription.currentPeriodStart),
  currentPeriodEnd: iso(subscription.currentPeriodEnd),
  cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
});
