import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import type { RefundPolicy } from '../config.ts';
import type { Orm } from '../database/database.ts';
import { transaction } from '../database/transaction.ts';
import { type Followed, type RefundClaim, settleRefund } from '../queue/claim-refund.ts';
import { requestSync } from '../queue/request-sync.ts';

export interface RefundDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  readonly livemode: boolean;
  readonly policy: RefundPolicy;
  readonly log: Logger;
}

/**
 * Follows money that went back to its subscription and does what the policy says. The plan is never taken away here:
 * the subscription ends at Stripe, and the sync of its customer does the rest.
 * @throws what the Stripe SDK and the database throw; nothing is stored then.
 */
export async function followRefund(deps: RefundDeps, claim: RefundClaim): Promise<void> {
  const { db, stripe, livemode, log } = deps;
  const fields = { eventId: claim.eventId, kind: claim.kind };
  if (claim.livemode !== livemode) {
    const detail = `of the ${claim.livemode ? 'live' : 'test'} mode, but STRIPE_API_KEY is of the other`;
    await settleRefund(db, claim, { state: 'parked', outcome: 'other_account_or_mode', detail });
    log.warn('money went back in another mode', { ...fields, reason: 'other_account_or_mode', detail });
    return;
  }
  const paid = claim.paymentIntentId === null ? null : await findPaidSubscription(stripe, claim.paymentIntentId);
  if (paid === null) {
    await settleRefund(db, claim, { state: 'done', outcome: 'no_subscription', detail: 'paid for no subscription' });
    log.info('money went back', { ...fields, outcome: 'no_subscription' });
    return;
  }
  const followed = await applyPolicy(deps, claim, paid);
  const customerId = paid.customerId ?? claim.customerId;
  await transaction(db, async (tx) => {
    const settled = await settleRefund(tx, claim, { ...followed, customerId, subscriptionId: paid.subscriptionId });
    // Whether or not Stripe's own event about the end arrives.
    if (settled && customerId !== null && followed.outcome === 'cancelled')
      await requestSync(tx, { customerId, livemode });
  });
  log[followed.state === 'parked' ? 'warn' : 'info']('money went back', {
    ...fields,
    customerId,
    subscriptionId: paid.subscriptionId,
    outcome: followed.outcome,
    detail: followed.detail,
  });
}

async function applyPolicy(
  { stripe, policy }: RefundDeps,
  claim: RefundClaim,
  { subscriptionId }: PaidFor,
): Promise<Followed> {
  const attention = (detail: string): Followed => ({ state: 'parked', outcome: 'needs_attention', detail });
  switch (claim.kind) {
    case 'dispute_won':
      return { state: 'done', outcome: 'won', detail: 'the dispute was decided for us' };
    case 'dispute_lost':
      return attention('the dispute was lost; the subscription is as it was');
    case 'refund_failed':
      return attention('a refund failed: the money is still ours; the subscription is as it was');
    case 'partial_refund':
      return attention('a part was refunded; the subscription goes on');
    case 'refund':
    case 'dispute': {
      if (policy === 'none') return attention('REFUND_POLICY=none: the subscription goes on');
      const ended = await cancel(stripe, subscriptionId, `reversal-${claim.chargeId}-${subscriptionId}`);
      return ended
        ? { state: 'done', outcome: 'cancelled', detail: 'REFUND_POLICY=cancel: the subscription was ended' }
        : { state: 'done', outcome: 'already_ended', detail: 'the subscription had ended before' };
    }
  }
}

/** @returns false if it had ended before. The key keeps a repetition after a lost answer from counting as another call. */
async function cancel(stripe: Stripe, subscriptionId: string, idempotencyKey: string): Promise<boolean> {
  try {
    await stripe.subscriptions.cancel(subscriptionId, {}, { idempotencyKey });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'resource_missing') return false;
    throw error;
  }
}

/** What a payment was for. */
export interface PaidFor {
  readonly subscriptionId: string;
  readonly customerId: string | null;
}

/**
 * From a payment intent to the subscription it paid: a charge does not name its invoice, invoice payments do.
 * @returns null for a payment that was not for a subscription.
 * @throws what the Stripe SDK throws.
 */
export async function findPaidSubscription(stripe: Stripe, paymentIntentId: string): Promise<PaidFor | null> {
  const payments = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntentId },
    limit: 1,
  });
  const invoice = payments.data[0]?.invoice;
  if (invoice === undefined) return null;
  const found = await stripe.invoices.retrieve(typeof invoice === 'string' ? invoice : invoice.id);
  const subscription = found.parent?.subscription_details?.subscription;
  if (subscription === undefined) return null;
  const customer = found.customer;
  return {
    subscriptionId: typeof subscription === 'string' ? subscription : subscription.id,
    customerId: typeof customer === 'string' ? customer : (customer?.id ?? null),
  };
}
