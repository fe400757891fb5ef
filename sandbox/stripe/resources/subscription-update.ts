import type Stripe from 'stripe';
import { ended, scheduleEnd } from '../billing/cancel.ts';
import { changeItems, type ItemChange } from '../billing/change.ts';
import { endTrial } from '../billing/pause.ts';
import { setPeriod } from '../billing/period.ts';
import { invalid, resourceMissing } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { flag, hash, hashes, integer, mergeMetadata, oneOf, type Params, requiredText, text } from '../params.ts';
import type { Call } from '../route.ts';

function itemChanges(ledger: Ledger, subscription: Stripe.Subscription, params: Params): ItemChange[] {
  return hashes(params, 'items').map((entry, at) => {
    const id = text(entry, 'id');
    if (id !== undefined && !subscription.items.data.some((item) => item.id === id)) {
      throw resourceMissing('subscription item', id, `items[${at}][id]`);
    }
    const price = text(entry, 'price');
    if (id === undefined && price === undefined) requiredText(entry, 'price');
    return {
      id,
      price: price === undefined ? undefined : ledger.need(ledger.prices, price, `items[${at}][price]`),
      quantity: integer(entry, 'quantity'),
      deleted: flag(entry, 'deleted'),
    };
  });
}

function applyEnd(ledger: Ledger, subscription: Stripe.Subscription, params: Params): void {
  const atPeriodEnd = flag(params, 'cancel_at_period_end');
  if (atPeriodEnd !== undefined && params.cancel_at !== undefined) {
    throw invalid('You may only specify one of cancel_at and cancel_at_period_end.');
  }
  if (atPeriodEnd === true && !subscription.cancel_at_period_end) scheduleEnd(ledger, subscription, 'period_end');
  if (atPeriodEnd === false && subscription.cancel_at_period_end) scheduleEnd(ledger, subscription, null);
  if (params.cancel_at === '') scheduleEnd(ledger, subscription, null);
  else if (params.cancel_at !== undefined) scheduleEnd(ledger, subscription, integer(params, 'cancel_at') ?? null);
}

function applyPause(subscription: Stripe.Subscription, params: Params): void {
  if (params.pause_collection === '') subscription.pause_collection = null;
  const pause = hash(params, 'pause_collection');
  if (!pause) return;
  const behavior = oneOf(pause, 'behavior', ['keep_as_draft', 'mark_uncollectible', 'void']) ?? 'void';
  subscription.pause_collection = { behavior, resumes_at: integer(pause, 'resumes_at') ?? null };
}

function applyTrial(ledger: Ledger, subscription: Stripe.Subscription, params: Params): void {
  const trialEnd = text(params, 'trial_end');
  if (trialEnd === undefined || trialEnd === '') return;
  if (trialEnd === 'now') {
    if (subscription.status === 'trialing') endTrial(ledger, subscription);
    return;
  }
  const end = integer(params, 'trial_end') ?? 0;
  if (end <= ledger.clock.seconds()) throw invalid('Timestamp cannot be in the past.', 'trial_end');
  subscription.trial_start ??= ledger.clock.seconds();
  subscription.trial_end = end;
  subscription.status = 'trialing';
  setPeriod(subscription, { start: ledger.clock.seconds(), end });
}

export function updateSubscription({ ledger, params, id }: Call): Stripe.Subscription {
  const subscription = ledger.need(ledger.subscriptions, id);
  const always = ['cancellation_details', 'metadata', 'expand'];
  if (ended(subscription) && Object.keys(params).some((name) => !always.includes(name))) {
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.');
  }
  // Everything that may be rejected comes before anything changes.
  const metadata = mergeMetadata(subscription.metadata, params);
  const changes = itemChanges(ledger, subscription, params);
  const proration = oneOf(params, 'proration_behavior', ['always_invoice', 'create_prorations', 'none']);
  const behavior = oneOf(params, 'payment_behavior', [
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
    'pending_if_incomplete',
  ]);
  ledger.update('customer.subscription.updated', subscription, () => {
    subscription.metadata = metadata;
    if (params.description !== undefined) subscription.description = text(params, 'description') || null;
    applyEnd(ledger, subscription, params);
    applyPause(subscription, params);
    applyTrial(ledger, subscription, params);
    if (changes.length > 0) {
      changeItems(ledger, subscription, {
        changes,
        proration: proration ?? 'create_prorations',
        behavior: behavior ?? 'allow_incomplete',
      });
    }
  });
  return subscription;
}
