import type Stripe from 'stripe';
import type { reversals } from '../database/schema.ts';

/** A refund or dispute as its event tells it. */
export type NewRefund = Pick<
  typeof reversals.$inferInsert,
  'eventId' | 'kind' | 'livemode' | 'chargeId' | 'paymentIntentId' | 'amount' | 'currency' | 'customerId' | 'createdAt'
>;

/**
 * Null for events of every other type. A dispute counts when its money is withdrawn: a bank's inquiry moves none, and
 * withdraws it if it becomes a dispute.
 */
export function readRefund(event: Stripe.Event): NewRefund | null {
  const common = { eventId: event.id, livemode: event.livemode, createdAt: new Date(event.created * 1000) };
  switch (event.type) {
    case 'charge.refunded': {
      const charge = event.data.object;
      return {
        ...common,
        kind: charge.refunded ? 'refund' : 'partial_refund',
        chargeId: charge.id,
        paymentIntentId: idOf(charge.payment_intent),
        amount: charge.amount_refunded,
        currency: charge.currency,
        customerId: idOf(charge.customer),
      };
    }
    case 'refund.failed': {
      const refund = event.data.object;
      return {
        ...common,
        kind: 'refund_failed',
        chargeId: idOf(refund.charge) ?? refund.id,
        paymentIntentId: idOf(refund.payment_intent),
        amount: refund.amount,
        currency: refund.currency,
        customerId: null,
      };
    }
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.closed': {
      const dispute = event.data.object;
      const kind = event.type === 'charge.dispute.funds_withdrawn' ? 'dispute' : CLOSED.get(dispute.status);
      if (kind === undefined) return null;
      return {
        ...common,
        kind,
        chargeId: idOf(dispute.charge) ?? dispute.id,
        paymentIntentId: idOf(dispute.payment_intent),
        amount: dispute.amount,
        currency: dispute.currency,
        // A dispute names no customer: the invoice will.
        customerId: null,
      };
    }
    default:
      return null;
  }
}

/** The end of a dispute; that of an inquiry is none. */
const CLOSED: ReadonlyMap<string, NewRefund['kind']> = new Map([
  ['won', 'dispute_won'],
  ['lost', 'dispute_lost'],
]);

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
