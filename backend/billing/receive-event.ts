import type Stripe from 'stripe';
import type { Orm, Queryable } from '../database/database.ts';
import { eq } from '../database/drizzle.ts';
import { customers, reversals, stripeEvents } from '../database/schema.ts';
import { notifying, transaction } from '../database/transaction.ts';
import { REFUNDS_CHANNEL } from '../queue/claim-refund.ts';
import { requestSync } from '../queue/request-sync.ts';
import { discordIdOfCheckout } from './ownership.ts';
import { readRefund } from './read-refund.ts';

/** The result for an event: stored with its pending work, seen before, or of a type that changes nothing here. */
export type Received = 'stored' | 'repeated' | 'ignored';

/**
 * Stores an event once and requests a sync of its customer, in one transaction. The content of subscription events is not
 * used: events arrive late, twice and in any order, so the sync fetches the current state from Stripe. Refunds and disputes
 * are stored as they arrive: each is followed once.
 */
export async function receiveEvent(db: Orm, event: Stripe.Event): Promise<Received> {
  const subject = subjectOf(event);
  const refund = readRefund(event);
  // Only stored customers can have changed: an account may have any number of others.
  if (event.type === 'customer.updated' && !(await isKnown(db, event.data.object.id))) return 'ignored';
  if (subject === null && refund === null) return 'ignored';
  return transaction(db, async (tx) => {
    const stored = await tx
      .insert(stripeEvents)
      .values({
        eventId: event.id,
        type: event.type,
        customerId: subject?.customerId ?? refund?.customerId ?? null,
        createdAt: new Date(event.created * 1000),
      })
      .onConflictDoNothing()
      .returning({ eventId: stripeEvents.eventId });
    if (stored.length === 0) return 'repeated';
    if (subject) await requestSync(tx, { ...subject, livemode: event.livemode });
    if (refund) {
      const kept = tx
        .insert(reversals)
        .values(refund)
        .onConflictDoNothing()
        .returning({ reversalId: reversals.reversalId });
      await notifying(tx, REFUNDS_CHANNEL, kept);
    }
    return 'stored';
  });
}

async function isKnown(db: Queryable, customerId: string): Promise<boolean> {
  const where = eq(customers.customerId, customerId);
  const [known] = await db.select({ customerId: customers.customerId }).from(customers).where(where);
  return known !== undefined;
}

interface Subject {
  readonly customerId: string;
  readonly discordIdHint: string | null;
}

/** The customer whose state an event may have changed; null for events that change nothing here. */
function subjectOf(event: Stripe.Event): Subject | null {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return subject(event.data.object.customer, discordIdOfCheckout(event.data.object));
    case 'customer.updated':
      return event.data.previous_attributes?.email === undefined ? null : subject(event.data.object.id, null);
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
    case 'customer.subscription.pending_update_applied':
    case 'invoice.paid':
    case 'invoice.payment_action_required':
    case 'invoice.payment_failed':
      return subject(event.data.object.customer, null);
    default:
      return null;
  }
}

function subject(customer: string | { readonly id: string } | null, discordIdHint: string | null): Subject | null {
  const customerId = typeof customer === 'string' ? customer : customer?.id;
  return customerId === undefined ? null : { customerId, discordIdHint };
}
