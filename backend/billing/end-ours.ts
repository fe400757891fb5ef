import type Stripe from 'stripe';
import { LEFT_OVER } from './ownership.ts';

/**
 * Ends what is ours of a subscription: all of it, or our items alone if it also has foreign ones.
 * @param own its items that are ours.
 * @param reason stored with the subscription at Stripe, see `endReasons`.
 * @throws what the Stripe SDK throws.
 */
export function endOurs(
  stripe: Stripe,
  { id, items }: Stripe.Subscription,
  own: readonly Stripe.SubscriptionItem[],
  reason: string,
): Promise<Stripe.Subscription> {
  if (own.length === items.data.length)
    return stripe.subscriptions.cancel(id, { cancellation_details: { comment: reason } });
  return stripe.subscriptions.update(id, {
    items: own.map((item) => ({ id: item.id, deleted: true })),
    metadata: { discord_id: '', [LEFT_OVER]: reason },
    proration_behavior: 'none',
  });
}

/** Why a subscription, or our part of it, was ended: it shows that we ended it, even if the response was lost. */
export const endReasons = ({ metadata, cancellation_details: details }: Stripe.Subscription) => [
  details?.comment,
  metadata[LEFT_OVER],
];
