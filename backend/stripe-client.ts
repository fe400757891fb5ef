import Stripe from 'stripe';

/** The version that our reading of events and subscriptions was written for. */
export const API_VERSION = '2026-10-28.endive';

/** Says which right the restricted key lacks; undefined for any other error. */
export function missingRight(error: unknown): string | undefined {
  const right = rightIn(error);
  return right && `STRIPE_API_KEY lacks the right ${right}`;
}

/** The right that a restricted key lacks, as Stripe names it (`rak_invoice_read`); undefined for any other error. */
export const rightIn = (error: unknown): string | undefined =>
  error instanceof Stripe.errors.StripePermissionError
    ? (/'(rak_\w+)'/.exec(error.message)?.[1] ?? 'that Stripe does not name')
    : undefined;

/** The requested object is not in this Stripe account and mode, or has ended. */
export const isMissing = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';

/** Stripe includes ten items with a subscription, and allows twenty. */
export async function withAllItems(stripe: Stripe, subscription: Stripe.Subscription): Promise<Stripe.Subscription> {
  const { id, items } = subscription;
  if (!items.has_more) return subscription;
  const data = await stripe.subscriptionItems.list({ subscription: id, limit: 100 }).autoPagingToArray({ limit: 100 });
  return { ...subscription, items: { ...items, data, has_more: false } };
}

/** After so many rejections by Stripe in a row an operator has to act: repeating does not help. An outage is not counted. */
export const REJECTION_BUDGET = 5;

/** @param apiUrl another Stripe than the real one: the sandbox. */
export function createStripe(apiKey: string, apiUrl: string | undefined): Stripe {
  const url = apiUrl === undefined ? undefined : new URL(apiUrl);
  return new Stripe(apiKey, {
    apiVersion: API_VERSION,
    timeout: 10_000,
    maxNetworkRetries: 1,
    telemetry: false,
    ...(url && {
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      protocol: url.protocol === 'https:' ? ('https' as const) : ('http' as const),
    }),
  });
}
