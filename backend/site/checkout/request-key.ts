import { createHash } from 'node:crypto';

/** An idempotency key for Stripe: the same for the same request, and never the same for another. */
export const requestKey = (purpose: string, ...deps: readonly unknown[]): string =>
  `site-${purpose}-${createHash('sha256').update(JSON.stringify(deps)).digest('base64url')}`;
