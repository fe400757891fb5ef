import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { ENDED } from '../billing/entitlement.ts';
import { type Ownership, ownershipOf, readListed } from '../billing/ownership.ts';
import type { RefundPolicy } from '../config.ts';
import type { Orm } from '../database/database.ts';
import { and, eq } from '../database/drizzle.ts';
import { reversals, subscriptions } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { Plans } from '../plans.ts';
import { type Followed, type RefundClaim, settleRefund } from '../queue/claim-refund.ts';
import { requestSync } from '../queue/request-sync.ts';
import { isMissing } from '../stripe-client.ts';

export interface RefundDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  readonly livemode: boolean;
  readonly rules: { readonly plans: Plans };
  readonly policy: RefundPolicy;
  readonly now: () => Date;
  readonly log: Logger;
}

/**
 * Finds the subscription of a refund or dispute and applies the policy, see the table in docs/operations.md.
 * The plan is never taken away here: the subscription ends at Stripe, and the sync of its customer does the rest.
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
  const paid = claim.paymentIntentId === null ? null : await findPaid(stripe, claim.paymentIntentId);
  const owner = paid && (await ownerOf(deps, paid.subscription));
  if (paid === null || owner === 'foreign') {
    const outcome = paid === null ? 'no_subscription' : 'not_ours';
    await settleRefund(db, claim, { state: 'done', outcome, detail: 'paid for no subscription of ours' });
    log.info('money went back', { ...fields, outcome });
    return;
  }
  const followed = await applyPolicy(deps, claim, paid);
  const { id: subscriptionId, customer } = paid.subscription;
  const customerId = typeof customer === 'string' ? customer : customer.id;
  await transaction(db, async (tx) => {
    const settled = await settleRefund(tx, claim, { ...followed, customerId, subscriptionId });
    // Whether or not Stripe's own event about the end arrives.
    if (settled && followed.outcome === 'cancelled') await requestSync(tx, { customerId, livemode });
  });
  log[followed.state === 'parked' ? 'warn' : 'info']('money went back', {
    ...fields,
    customerId,
    subscriptionId,
    outcome: followed.outcome,
    detail: followed.detail,
  });
}

async function ownerOf(
  { db, stripe, rules, log }: RefundDeps,
  subscription: Stripe.Subscription,
): Promise<Ownership['owner']> {
  const [stored] = await db
    .select({ plan: subscriptions.plan })
    .from(subscriptions)
    .where(eq(subscriptions.subscriptionId, subscription.id));
  const listed = await readListed({ db, stripe, plans: rules.plans, log }, [subscription]);
  const { owner } = ownershipOf(subscription, stored?.plan ?? null, listed);
  if (owner === 'undecided') throw listed.error;
  return owner;
}

const attention = (detail: string): Followed => ({ state: 'parked', outcome: 'needs_attention', detail });
const done = (outcome: string, detail: string): Followed => ({ state: 'done', outcome, detail });

async function applyPolicy(deps: RefundDeps, claim: RefundClaim, paid: Paid): Promise<Followed> {
  switch (claim.kind) {
    case 'dispute_won':
      return (await wasEndedFor(deps.db, claim, paid))
        ? attention('the dispute was won; the subscription that it ended stays ended')
        : done('won', 'the dispute was decided for us');
    case 'dispute_lost':
      return attention('the dispute was lost; the subscription is as it was');
    case 'refund_failed':
      return (await wasEndedFor(deps.db, claim, paid))
        ? attention('the refund failed: the money is still ours, but the subscription was ended for it')
        : attention('the refund failed: the money is still ours; the subscription is as it was');
    case 'partial_refund':
      return attention('a part was refunded; the subscription goes on');
    case 'refund':
    case 'dispute':
      return endOrShow(deps, claim, paid);
  }
}

async function endOrShow({ db, stripe, policy, now }: RefundDeps, claim: RefundClaim, paid: Paid): Promise<Followed> {
  const { subscription } = paid;
  if (ENDED.includes(subscription.status)) return endedOf(claim, subscription);
  if (policy === 'none') return attention('REFUND_POLICY=none: the subscription goes on');
  if (claim.kind === 'refund' && (await hasReversal(db, claim, { kind: 'refund_failed' })))
    return attention('the refund failed afterwards; the subscription goes on');
  if (claim.kind === 'dispute' && (await hasReversal(db, claim, { kind: 'dispute_won' })))
    return done('won', 'the dispute was decided for us afterwards');
  if (claim.kind === 'refund' && !paysForNow(paid, claim.amount, now()))
    return attention('it did not pay for the current period, or not alone; the subscription goes on');
  return endedOf(claim, await cancel(stripe, subscription.id, commentOf(claim)));
}

/** Stripe stores it with the cancelled subscription: it shows that we cancelled it, even if the response was lost. */
const commentOf = ({ chargeId }: RefundClaim): string => `REFUND_POLICY=cancel: ${chargeId}`;

const isEndedFor = (claim: RefundClaim, { cancellation_details: details }: Stripe.Subscription): boolean =>
  details?.comment === commentOf(claim);

const endedOf = (claim: RefundClaim, subscription: Stripe.Subscription): Followed =>
  isEndedFor(claim, subscription)
    ? done('cancelled', 'REFUND_POLICY=cancel: the subscription was ended')
    : done('already_ended', 'the subscription had ended before');

/** An older version left no comment. */
const wasEndedFor = async (db: Orm, claim: RefundClaim, { subscription }: Paid): Promise<boolean> =>
  isEndedFor(claim, subscription) || hasReversal(db, claim, { outcome: 'cancelled' });

/** Checks for a stored refund or dispute of the same payment, with this kind or outcome. */
async function hasReversal(
  db: Orm,
  { chargeId }: RefundClaim,
  { kind, outcome }: Partial<Pick<RefundClaim, 'kind' | 'outcome'>>,
): Promise<boolean> {
  const [found] = await db
    .select({ reversalId: reversals.reversalId })
    .from(reversals)
    .where(
      and(
        eq(reversals.chargeId, chargeId),
        kind && eq(reversals.kind, kind),
        outcome ? eq(reversals.outcome, outcome) : undefined,
      ),
    )
    .limit(1);
  return found !== undefined;
}

/** All that was paid on an invoice that bills a period which has begun and not ended: a proration is a part of one. */
function paysForNow({ invoice, subscription }: Paid, refunded: number, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  const bills = invoice.lines.data.some(({ parent, period, amount }) => {
    const details = parent?.subscription_item_details;
    const ofPeriod = details?.subscription === subscription.id && !details.proration && amount > 0;
    return ofPeriod && period.start <= seconds && seconds < period.end;
  });
  return bills && refunded >= invoice.amount_paid;
}

/** @returns the subscription that was ended, now or before. */
async function cancel(stripe: Stripe, subscriptionId: string, comment: string): Promise<Stripe.Subscription> {
  try {
    return await stripe.subscriptions.cancel(subscriptionId, { cancellation_details: { comment } });
  } catch (error) {
    if (!isMissing(error)) throw error;
    return stripe.subscriptions.retrieve(subscriptionId);
  }
}

/** The invoice and the subscription that a payment paid. */
interface Paid {
  readonly invoice: Stripe.Invoice;
  readonly subscription: Stripe.Subscription;
}

/**
 * From a payment intent to the subscription it paid: a charge does not name its invoice, invoice payments do.
 * @returns null for a payment that was not for a subscription.
 * @throws what the Stripe SDK throws.
 */
async function findPaid(stripe: Stripe, paymentIntentId: string): Promise<Paid | null> {
  const payments = await stripe.invoicePayments.list({
    payment: { type: 'payment_intent', payment_intent: paymentIntentId },
    limit: 1,
  });
  const found = payments.data[0]?.invoice;
  if (found === undefined) return null;
  const invoice = await stripe.invoices.retrieve(typeof found === 'string' ? found : found.id);
  const subscription = invoice.parent?.subscription_details?.subscription;
  if (subscription === undefined) return null;
  const id = typeof subscription === 'string' ? subscription : subscription.id;
  return { invoice, subscription: await stripe.subscriptions.retrieve(id) };
}
