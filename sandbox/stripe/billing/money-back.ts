import type Stripe from 'stripe';
import { invalid } from '../errors.ts';
import { newId } from '../ids.ts';
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

/** The bank did not take it: the money is ours again. https://docs.stripe.com/refunds#failed-refunds */
export function failRefund(ledger: Ledger, failed: Stripe.Refund): void {
  if (failed.status !== 'succeeded' && failed.status !== 'pending') throw invalid('This refund is already over.');
  const charge = ledger.need(ledger.charges, String(failed.charge), 'charge');
  failed.status = 'failed';
  failed.failure_reason = 'expired_or_canceled_card';
  failed.failure_balance_transaction = newId('txn', 24);
  charge.amount_refunded -= failed.amount;
  charge.refunded = false;
  ledger.emit('refund.updated', failed, { status: 'succeeded' });
  ledger.emit('charge.refund.updated', failed, { status: 'succeeded' });
  ledger.emit('refund.failed', failed, { status: 'succeeded' });
}

/** An inquiry only asks; any other dispute takes the money at once. https://docs.stripe.com/disputes/how-disputes-work */
export function dispute(ledger: Ledger, charge: Stripe.Charge, reason: string, inquiry = false): Stripe.Dispute {
  if (charge.disputed) throw invalid(`Charge ${charge.id} is disputed already.`);
  const created = ledger.disputes.add(newDispute(ledger, charge, reason));
  if (inquiry) created.status = 'warning_needs_response';
  charge.disputed = true;
  ledger.emit('charge.dispute.created', created);
  if (!inquiry) ledger.emit('charge.dispute.funds_withdrawn', created);
  return created;
}

/** An inquiry becomes a dispute. */
export function escalateDispute(ledger: Ledger, of: Stripe.Dispute): void {
  if (!of.status.startsWith('warning_') || of.status === 'warning_closed') throw invalid('This is no open inquiry.');
  const before = of.status;
  of.status = 'needs_response';
  ledger.emit('charge.dispute.updated', of, { status: before });
  ledger.emit('charge.dispute.funds_withdrawn', of);
}

export function closeDispute(ledger: Ledger, of: Stripe.Dispute, outcome: 'lost' | 'won'): void {
  if (of.status === 'lost' || of.status === 'won' || of.status === 'warning_closed')
    throw invalid('This dispute is already closed.');
  const before = of.status;
  of.status = before.startsWith('warning_') ? 'warning_closed' : outcome;
  ledger.emit('charge.dispute.closed', of, { status: before });
  if (of.status === 'won') ledger.emit('charge.dispute.funds_reinstated', of);
}
