import Stripe from 'stripe';

/** The version that our reading of events and subscriptions was written for. */
export const API_VERSION = '2026-10-28.endive';

/** The right that a restricted key lacks, as Stripe names it (`rak_invoice_read`); undefined for any other error. */
export const missingRight = (error: unknown): string | undefined =>
  error instanceof Stripe.errors.StripePermissionError
    ? (/'(rak_\w+)'/.exec(error.message)?.[1] ?? 'that Stripe does not name')
    : undefined;

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
