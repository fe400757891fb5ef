import type Stripe from 'stripe';
import type { reversals } from '../database/schema.ts';

/** A refund or dispute as its event tells it. */
export type NewRefund = Pick<
  typeof reversals.$inferInsert,
  'eventId' | 'kind' | 'livemode' | 'chargeId' | 'paymentIntentId' | 'amount' | 'currency' | 'customerId' | 'createdAt'
>;

/**
 * Null for events of every other type, for a bank's mere inquiry, which moves no money (one that becomes a dispute
 * withdraws it), and for its end.
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
    case 'charge.dispute.created':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.closed': {
      const dispute = event.data.object;
      const kind = kindOf(event.type, dispute.status);
      if (kind === null) return null;
      return {
        ...common,
        kind,
        chargeId: idOf(dispute.charge) ?? '',
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

type DisputeEvent = 'charge.dispute.created' | 'charge.dispute.funds_withdrawn' | 'charge.dispute.closed';

function kindOf(type: DisputeEvent, status: string): NewRefund['kind'] | null {
  if (type === 'charge.dispute.funds_withdrawn') return 'dispute';
  if (type === 'charge.dispute.created') return movesMoney(status) ? 'dispute' : null;
  if (status === 'won') return 'dispute_won';
  return status === 'lost' ? 'dispute_lost' : null;
}

/** Of a new dispute: an inquiry's statuses begin with `warning_`, and `prevented` is what was settled before it came. */
const movesMoney = (status: string) => !status.startsWith('warning_') && status !== 'prevented';

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}
