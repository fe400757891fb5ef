import type Stripe from 'stripe';
import { ended } from '../billing/cancel.ts';
import { paymentOf } from '../billing/invoicing.ts';
import { invoicesOf } from '../billing/pay.ts';
import { invalid, resourceMissing } from '../errors.ts';
import type { Ledger } from '../ledger.ts';

/** By subscription id, customer id or the Discord id in the metadata; the newest that has not ended comes first. */
export function findSubscription(ledger: Ledger, who: string): Stripe.Subscription {
  const exact = ledger.subscriptions.get(who);
  if (exact) return exact;
  const owned = ledger.subscriptions.filter(
    ({ customer, metadata }) => customer === who || metadata.discord_id === who,
  );
  const found = owned.find((subscription) => !ended(subscription)) ?? owned[0];
  if (!found) throw resourceMissing('subscription', who, 'id');
  return found;
}

/** The latest charge that was paid for the subscription, or the charge itself. */
export function paidCharge(ledger: Ledger, who: string): Stripe.Charge {
  const exact = ledger.charges.get(who);
  if (exact) return exact;
  for (const invoice of invoicesOf(ledger, findSubscription(ledger, who))) {
    const charge = ledger.charges.get(String(paymentOf(ledger, invoice)?.intent.latest_charge));
    if (charge?.paid) return charge;
  }
  throw invalid(`Nothing was paid for ${who}`);
}

export function openDispute(ledger: Ledger, who: string): Stripe.Dispute {
  const exact = ledger.disputes.get(who);
  if (exact) return exact;
  const charges = invoicesOf(ledger, findSubscription(ledger, who)).map(
    (invoice) => paymentOf(ledger, invoice)?.intent.latest_charge,
  );
  const [dispute] = ledger.disputes.filter(
    ({ charge, status }) =>
      charges.includes(String(charge)) && ['needs_response', 'warning_needs_response'].includes(status),
  );
  if (!dispute) throw invalid(`No open dispute for ${who}`);
  return dispute;
}

/** The latest refund of what was paid for the subscription. */
export function madeRefund(ledger: Ledger, who: string): Stripe.Refund {
  const exact = ledger.refunds.get(who);
  if (exact) return exact;
  const charges = invoicesOf(ledger, findSubscription(ledger, who)).map(
    (invoice) => paymentOf(ledger, invoice)?.intent.latest_charge,
  );
  const [refund] = ledger.refunds.filter(({ charge }) => charges.includes(String(charge)));
  if (!refund) throw invalid(`No refund for ${who}`);
  return refund;
}
