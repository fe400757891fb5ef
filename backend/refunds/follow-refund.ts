import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { endOurs, endReasons } from '../billing/end-ours.ts';
import { ENDED } from '../billing/entitlement.ts';
import { isOurs, LEFT_OVER, ownershipOf, ownItems, readListed } from '../billing/ownership.ts';
import type { RefundPolicy } from '../config.ts';
import type { Orm } from '../database/database.ts';
import { and, eq, gte } from '../database/drizzle.ts';
import { reversals, subscriptions } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { Plans } from '../plans.ts';
import { type Followed, type RefundClaim, settleRefund } from '../queue/claim-refund.ts';
import { requestSync } from '../queue/request-sync.ts';
import { isMissing, withAllItems } from '../stripe-client.ts';

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
  const found = claim.paymentIntentId === null ? null : await findPaid(stripe, claim.paymentIntentId);
  const paid = found && (await oursOf(deps, found));
  if (paid === null) {
    const outcome = found === null ? 'no_subscription' : 'not_ours';
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

/** The same with our items and lines alone, where a subscription also has foreign ones; null if none are ours. */
async function oursOf({ db, stripe, rules, log }: RefundDeps, paid: Paid): Promise<Paid | null> {
  const { subscription } = paid;
  const [stored] = await db
    .select({ plan: subscriptions.plan })
    .from(subscriptions)
    .where(eq(subscriptions.subscriptionId, subscription.id));
  const listed = await readListed({ db, stripe, plans: rules.plans, log }, [subscription]);
  const { owner } = ownershipOf(subscription, stored?.plan ?? null, listed);
  const items = ownItems(paid.items, listed);
  if (owner === 'undecided' || items === undefined) throw listed.error;
  const isForeign = owner === 'foreign';
  if (isForeign && subscription.metadata[LEFT_OVER] === undefined) return null;
  if (!isForeign && items.length === paid.items.length) return paid;
  const lines = paid.lines.filter(({ pricing }) => {
    const sold = pricing?.price_details;
    const price = typeof sold?.price === 'object' ? sold.price.id : sold?.price;
    return sold && price && isOurs({ id: price, product: sold.product }, listed);
  });
  return lines.length === 0 ? null : { ...paid, items, lines, goesOn: paid.goesOn && !isForeign };
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
  if (!paid.goesOn) return endedOf(claim, paid.subscription);
  if (policy === 'none') return attention('REFUND_POLICY=none: the subscription goes on');
  if (claim.kind === 'refund' && (await hasReversal(db, claim, { kind: 'refund_failed' })))
    return attention('the refund failed afterwards; the subscription goes on');
  if (claim.kind === 'dispute' && (await hasReversal(db, claim, { kind: 'dispute_won' })))
    return done('won', 'the dispute was decided for us afterwards');
  if (claim.kind === 'refund' && !paysForNow(paid, claim.amount, now()))
    return attention('it did not pay for the current period, or not alone; the subscription goes on');
  return endedOf(claim, await end(stripe, paid, commentOf(claim)));
}

/** Why we ended it. */
const commentOf = ({ chargeId }: RefundClaim): string => `REFUND_POLICY=cancel: ${chargeId}`;

const isEndedFor = (claim: RefundClaim, subscription: Stripe.Subscription): boolean =>
  endReasons(subscription).includes(commentOf(claim));

const endedOf = (claim: RefundClaim, subscription: Stripe.Subscription): Followed =>
  isEndedFor(claim, subscription)
    ? done('cancelled', 'REFUND_POLICY=cancel: the subscription was ended')
    : done('already_ended', 'the subscription had ended before');

/** An older version left no comment. */
const wasEndedFor = async (db: Orm, claim: RefundClaim, { subscription }: Paid): Promise<boolean> =>
  isEndedFor(claim, subscription) || hasReversal(db, claim, { outcome: 'cancelled' });

/** Checks for a stored refund or dispute of the same payment: of this kind and not before this one, or with this outcome. */
async function hasReversal(
  db: Orm,
  { chargeId, createdAt }: RefundClaim,
  { kind, outcome }: Partial<Pick<RefundClaim, 'kind' | 'outcome'>>,
): Promise<boolean> {
  const [found] = await db
    .select({ reversalId: reversals.reversalId })
    .from(reversals)
    .where(
      and(
        eq(reversals.chargeId, chargeId),
        kind && and(eq(reversals.kind, kind), gte(reversals.createdAt, createdAt)),
        outcome ? eq(reversals.outcome, outcome) : undefined,
      ),
    )
    .limit(1);
  return found !== undefined;
}

/** All that was paid on an invoice that bills a period which has begun and not ended: a proration is a part of one. */
function paysForNow({ invoice, lines, subscription }: Paid, refunded: number, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  const bills = lines.some(({ parent, period, amount }) => {
    const details = parent?.subscription_item_details;
    const ofPeriod = details?.subscription === subscription.id && !details.proration && amount > 0;
    return ofPeriod && period.start <= seconds && seconds < period.end;
  });
  return bills && refunded >= invoice.amount_paid;
}

/** @returns the subscription that was ended, now or before. */
async function end(stripe: Stripe, { subscription, items }: Paid, reason: string): Promise<Stripe.Subscription> {
  try {
    return await endOurs(stripe, subscription, items, reason);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return stripe.subscriptions.retrieve(subscription.id);
  }
}

/** The invoice and the subscription that a payment paid. */
interface Paid {
  readonly invoice: Stripe.Invoice;
  readonly lines: readonly Stripe.InvoiceLineItem[];
  readonly subscription: Stripe.Subscription;
  readonly items: readonly Stripe.SubscriptionItem[];
  /** Neither it nor our part of it has ended. */
  readonly goesOn: boolean;
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
  const billed = invoice.parent?.subscription_details?.subscription;
  if (billed === undefined) return null;
  const id = typeof billed === 'string' ? billed : billed.id;
  const subscription = await withAllItems(stripe, await stripe.subscriptions.retrieve(id));
  // Ten of them come with the invoice.
  const { data: included, has_more: hasMore } = invoice.lines;
  const all = () => stripe.invoices.listLineItems(invoice.id, { limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const lines = hasMore ? await all() : included;
  const goesOn = !ENDED.includes(subscription.status);
  return { invoice, lines, subscription, items: subscription.items.data, goesOn };
}
