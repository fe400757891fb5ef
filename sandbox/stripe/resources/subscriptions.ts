import type Stripe from 'stripe';
import { cancelNow, ended } from '../billing/cancel.ts';
import { resume } from '../billing/pause.ts';
import { subscribe } from '../billing/subscribe.ts';
import { invalid, missingParameter, resourceMissing } from '../errors.ts';
import { page, pageParams } from '../listing.ts';
import { hash, hashes, integer, mergeMetadata, oneOf, type Params, requiredText, text } from '../params.ts';
import { type Call, route } from '../route.ts';
import {
  subscriptionCancelParams,
  subscriptionCreateParams,
  subscriptionListParams,
  subscriptionResumeParams,
  subscriptionUpdateParams,
} from './parameters.ts';
import { updateSubscription } from './subscription-update.ts';

function create({ ledger, params }: Call): Stripe.Subscription {
  const customerId = requiredText(params, 'customer');
  if (ledger.deletedCustomers.has(customerId)) throw resourceMissing('customer', customerId, 'customer');
  const customer = ledger.need(ledger.customers, customerId, 'customer');
  const items = hashes(params, 'items').map((item, at) => ({
    price: ledger.need(ledger.prices, requiredText(item, 'price'), `items[${at}][price]`),
    quantity: integer(item, 'quantity') ?? 1,
  }));
  if (items.length === 0) throw missingParameter('items');
  const trialDays = integer(params, 'trial_period_days');
  return subscribe(ledger, {
    customer,
    items,
    metadata: mergeMetadata({}, params),
    description: text(params, 'description'),
    behavior: oneOf(params, 'payment_behavior', ['allow_incomplete', 'default_incomplete', 'error_if_incomplete']),
    trialEnd: integer(params, 'trial_end') ?? (trialDays ? ledger.clock.seconds() + trialDays * 86_400 : undefined),
  });
}

/** Without `status` Stripe leaves the canceled ones out; `ended` and `all` are not statuses of a subscription. */
function hasStatus(status: string | undefined): (subscription: Stripe.Subscription) => boolean {
  if (status === 'all') return () => true;
  if (status === 'ended') return ended;
  if (status === undefined) return (subscription) => !ended(subscription);
  return (subscription) => subscription.status === status;
}

function listed({ ledger, params }: Call) {
  const customer = text(params, 'customer');
  const price = text(params, 'price');
  const matches = hasStatus(text(params, 'status'));
  const matching = ledger.subscriptions.filter(
    (entry) =>
      (customer === undefined || entry.customer === customer) &&
      (price === undefined || entry.items.data.some((item) => item.price.id === price)) &&
      matches(entry),
  );
  return page('/v1/subscriptions', matching, params);
}

const details = (params: Params) => hash(params, 'cancellation_details') ?? {};

function cancel({ ledger, params, id }: Call): Stripe.Subscription {
  const subscription = ledger.need(ledger.subscriptions, id);
  if (ended(subscription)) throw resourceMissing('subscription', id, 'id');
  const { feedback_option = null } = subscription.cancellation_details ?? {};
  const comment = text(details(params), 'comment') ?? null;
  const feedback = text(details(params), 'feedback') ?? null;
  subscription.cancellation_details = { comment, feedback, feedback_option, reason: null };
  cancelNow(ledger, subscription);
  return subscription;
}

export const subscriptions = [
  route('POST', '/v1/subscriptions', subscriptionCreateParams, create),
  route('GET', '/v1/subscriptions', [...pageParams, ...subscriptionListParams], listed),
  route('GET', '/v1/subscriptions/:id', [], ({ ledger, id }) => ledger.need(ledger.subscriptions, id)),
  route('POST', '/v1/subscriptions/:id', subscriptionUpdateParams, updateSubscription),
  route('DELETE', '/v1/subscriptions/:id', subscriptionCancelParams, cancel),
  route('GET', '/v1/subscription_items', [...pageParams, 'subscription'], ({ ledger, params }) => {
    const { items } = ledger.need(ledger.subscriptions, requiredText(params, 'subscription'), 'subscription');
    return page('/v1/subscription_items', items.data, params);
  }),
  route('POST', '/v1/subscriptions/:id/resume', subscriptionResumeParams, ({ ledger, id }) => {
    const subscription = ledger.need(ledger.subscriptions, id);
    if (ended(subscription)) throw invalid('A canceled subscription cannot be resumed.');
    resume(ledger, subscription);
    return subscription;
  }),
];
