import { eq } from 'drizzle-orm';
import type Stripe from 'stripe';
import { customers, discordEvents, sessions, users } from '../../database/schema.ts';
import { inLockOrder } from '../../database/tables/columns.ts';
import { transaction } from '../../database/transaction.ts';
import { requestSync } from '../../queue/request-sync.ts';
import type { Visitor } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { isMissing } from '../stripe-faults.ts';

/**
 * Ends what somebody pays, then forgets them as far as can be done at once. Their Discord id stays until their roles
 * are taken back by the ordinary way, see `finish-erasures.ts`. Nothing is forgotten if Stripe does not answer: a
 * payment that goes on for somebody unknown would be worse.
 */
export async function requestErasure(
  { db, stripe, now }: Pick<SiteDeps, 'db' | 'stripe' | 'now'>,
  { userId, discordId }: Visitor,
): Promise<void> {
  const own = await db
    .select({ customerId: customers.customerId, livemode: customers.livemode })
    .from(customers)
    .where(eq(customers.userId, userId))
    // In one order everywhere: two transactions that lock the same customers cannot wait for each other.
    .orderBy(inLockOrder(customers.customerId));
  for (const { customerId } of own) await endAtStripe(stripe, customerId);
  await transaction(db, async (tx) => {
    for (const customer of own) await requestSync(tx, customer);
    await tx.update(users).set({ email: null, erasureRequestedAt: now() }).where(eq(users.userId, userId));
    await tx.delete(sessions).where(eq(sessions.userId, userId));
    await tx.delete(discordEvents).where(eq(discordEvents.discordId, discordId));
  });
}

/** Cancels at once and takes the Discord id off the customer, which stays at Stripe with its invoices. */
async function endAtStripe(stripe: Stripe, customerId: string): Promise<void> {
  try {
    for await (const { id } of stripe.checkout.sessions.list({ customer: customerId, status: 'open', limit: 100 })) {
      await stripe.checkout.sessions.expire(id);
    }
    // Without `status` Stripe lists what is not cancelled.
    for await (const { id } of stripe.subscriptions.list({ customer: customerId, limit: 100 })) {
      await stripe.subscriptions.cancel(id, {}, { idempotencyKey: `site-erasure-${id}` });
    }
    await stripe.customers.update(customerId, { metadata: { discord_id: '' } });
  } catch (error) {
    // Of another mode or account, or deleted there: nothing is paid through this key.
    if (!isMissing(error)) throw error;
  }
}
