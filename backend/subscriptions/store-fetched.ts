import { and, eq, sql } from 'drizzle-orm';
import type { SyncClaim } from '../customers/claim.ts';
import { type ParkedReason, parkCustomer, settleCustomer } from '../customers/settle.ts';
import type { Queryable } from '../database/database.ts';
import { customers, type Message, users } from '../database/schema.ts';
import { enqueueMessages, enqueueRoles, PRIORITY } from '../deliveries/enqueue.ts';
import { lockUser } from '../users/lock-user.ts';
import { ENDED, effectiveEntitlement, graceEnd, nextCheckAt } from './entitlement.ts';
import type { Fetched, FetchedCustomer } from './fetch-from-stripe.ts';
import { storedOfOthers, storeSubscriptions } from './stored.ts';
import type { SyncParts } from './sync-customer.ts';
import { effectiveAt, transition } from './transition.ts';

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

  // Without prices an end would look like any other: nothing is decided.
  if (rules.plans.isEmpty) return park('unknown_price', 'PLAN_PRICES is empty');
  const unknown = unknownPrice(fetched.subscriptions);
  if (unknown !== undefined) return park('unknown_price', unknown);
  const discordId = fetched.discordId ?? customer.discordIdHint;
  if (customer.userId === null && discordId === null) {
    return park('no_discord_id', 'neither the subscription, the customer nor the checkout names a discord_id');
  }

  const user = await lockUser(
    tx,
    customer.userId === null ? { discordId: discordId ?? '' } : { userId: customer.userId },
  );
  const others = await storedOfOthers(tx, user.userId, customerId, rules.plans);
  const unknownOther = unknownPrice(others);
  if (unknownOther !== undefined) return park('unknown_price', unknownOther);
  await storeSubscriptions(tx, customerId, fetched.subscriptions, now());
  await tx.update(customers).set({ userId: user.userId }).where(eq(customers.customerId, customerId));

  const effective = effectiveEntitlement([...fetched.subscriptions, ...others], rules, now());
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
      // Whoever asked to be forgotten stays so, though Stripe keeps their address with their invoices.
      email: user.erasureRequestedAt === null ? (user.email ?? fetched.email) : null,
      ...(planChanged ? { revision: sql`${users.revision} + 1` } : {}),
      updatedAt: now(),
    })
    .where(eq(users.userId, user.userId));
  const graceEndsAt = effective.subscription && graceEnd(effective.subscription, rules.pastDueGraceMs);
  // Who is adopted was a subscriber before us: nothing happened that they should be told of.
  const told = customer.adopting ? [] : tellings;
  await enqueueMessages(
    tx,
    user.userId,
    told.map(
      (telling): Message => ({
        ...telling,
        customerId,
        interval: after.interval,
        effectiveAt: effectiveAt(telling, effective.subscription, graceEndsAt)?.toISOString() ?? null,
      }),
    ),
  );
  if (planChanged) await enqueueRoles(tx, [user.userId], customer.adopting ? PRIORITY.bulk : PRIORITY.live);
  await settleCustomer(tx, claim, {
    userId: user.userId,
    nextCheckAt: nextCheckAt(fetched.subscriptions, rules.pastDueGraceMs, now()),
  });
  log.info('customer synced', { customerId, discordId: user.discordId, plan: after.plan, count: told.length });
}

/** Names a price that still sells but is not configured; what has ended needs no name. */
function unknownPrice(subscriptions: readonly Fetched[]): string | undefined {
  const unknown = subscriptions.find(({ plan, status }) => plan === null && !ENDED.includes(status));
  return unknown && `${unknown.priceId ?? 'no price'} of ${unknown.subscriptionId} is not in PLAN_PRICES`;
}
