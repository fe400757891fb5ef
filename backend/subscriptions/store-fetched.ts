import { and, eq, sql } from 'drizzle-orm';
import type { SyncClaim } from '../customers/claim.ts';
import { type ParkedReason, parkCustomer, settleCustomer } from '../customers/settle.ts';
import type { Queryable } from '../database/database.ts';
import { customers, type Message, subscriptions, users } from '../database/schema.ts';
import { enqueueMessages, enqueueRoles } from '../deliveries/enqueue.ts';
import { lockUser } from '../users/lock-user.ts';
import { effectiveEntitlement, graceEnd, nextCheckAt } from './entitlement.ts';
import type { FetchedCustomer } from './fetch-from-stripe.ts';
import type { SyncParts } from './sync-customer.ts';
import { effectiveAt, transition } from './transition.ts';

/** Statuses that a subscription never leaves. */
const ENDED: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);

/** In one transaction: check the fence, lock the user, store the subscriptions, diff the entitlement, owe the rest. */
export async function storeFetched(
  tx: Queryable,
  claim: SyncClaim,
  fetched: FetchedCustomer,
  { rules, now, log }: Pick<SyncParts, 'rules' | 'now' | 'log'>,
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

  const unknown = fetched.subscriptions.find(({ plan, status }) => plan === null && !ENDED.has(status));
  if (unknown)
    return park('unknown_price', `${unknown.priceId ?? 'no price'} of ${unknown.subscriptionId} is not in PLAN_PRICES`);
  const discordId = fetched.discordId ?? customer.discordIdHint;
  if (customer.userId === null && discordId === null) {
    return park('no_discord_id', 'neither the subscription, the customer nor the checkout names a discord_id');
  }

  const user = await lockUser(
    tx,
    customer.userId === null ? { discordId: discordId ?? '' } : { userId: customer.userId },
  );
  for (const subscription of fetched.subscriptions) {
    const updated = { ...subscription, updatedAt: now() };
    await tx
      .insert(subscriptions)
      .values(updated)
      .onConflictDoUpdate({ target: subscriptions.subscriptionId, set: updated });
  }
  await tx.update(customers).set({ userId: user.userId }).where(eq(customers.customerId, customerId));
  const all = await tx
    .select({ subscription: subscriptions })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(eq(customers.userId, user.userId));

  const effective = effectiveEntitlement(
    all.map((row) => row.subscription),
    rules,
    now(),
  );
  const after = { ...effective, subscriptionId: effective.subscription?.subscriptionId ?? user.subscriptionId };
  const { tellings, planChanged } = transition(user, after, rules.plans);
  await tx
    .update(users)
    .set({
      plan: after.plan,
      subscriptionId: after.subscriptionId,
      interval: after.interval,
      cancelsAtPeriodEnd: after.cancelsAtPeriodEnd,
      paymentLate: after.paymentLate,
      email: user.email ?? fetched.email,
      ...(planChanged ? { revision: sql`${users.revision} + 1` } : {}),
      updatedAt: now(),
    })
    .where(eq(users.userId, user.userId));
  const graceEndsAt = effective.subscription && graceEnd(effective.subscription, rules.pastDueGraceMs);
  await enqueueMessages(
    tx,
    user.userId,
    tellings.map(
      (telling): Message => ({
        ...telling,
        customerId,
        interval: after.interval,
        effectiveAt: effectiveAt(telling, effective.subscription, graceEndsAt)?.toISOString() ?? null,
      }),
    ),
  );
  if (planChanged) await enqueueRoles(tx, [user.userId]);
  await settleCustomer(tx, claim, {
    userId: user.userId,
    nextCheckAt: nextCheckAt(fetched.subscriptions, rules.pastDueGraceMs, now()),
  });
  log.info('customer synced', { customerId, discordId: user.discordId, plan: after.plan, count: tellings.length });
}
