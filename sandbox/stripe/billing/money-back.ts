import type Stripe from 'stripe';
import { invalid } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { refund as newRefund } from '../objects/charge.ts';
import { dispute as newDispute } from '../objects/dispute.ts';

export interface RefundRequest {
  amount?: number | undefined;
  reason?: Stripe.Refund.Reason | undefined;
  metadata?: Record<string, string>;
}

export function refund(ledger: Ledger, charge: Stripe.Charge, request: RefundRequest = {}): Stripe.Refund {
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = request.amount ?? left;
  if (charge.refunded || left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
  if (charge.disputed)
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, undefined, 'charge_disputed');
  if (amount < 1 || amount > left)
    throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, 'amount');
  const created = newRefund(ledger, charge, amount, request.reason ?? null, request.metadata ?? {});
  ledger.refunds.add(created);
  charge.amount_refunded += amount;
  charge.refunded = charge.amount_refunded === charge.amount_captured;
  ledger.emit('refund.created', created);
  ledger.emit('charge.refunded', charge, { amount_refunded: charge.amount_refunded - amount, refunded: false });
  return created;
}

export function dispute(ledger: Ledger, charge: Stripe.Charge, reason: string): Stripe.Dispute {
  if (charge.disputed) throw invalid(`Charge ${charge.id} is disputed already.`);
  const created = ledger.disputes.add(newDispute(ledger, charge, reason));
  charge.disputed = true;
  ledger.emit('charge.dispute.created', created);
  return created;
}

export function closeDispute(ledger: Ledger, of: Stripe.Dispute, outcome: 'lost' | 'won'): void {
  if (of.status === 'lost' || of.status === 'won') throw invalid('This dispute is already closed.');
  of.status = outcome;
  ledger.emit('charge.dispute.closed', of, { status: 'needs_response' });
}
