import { createHash } from 'node:crypto';

/** An idempotency key for Stripe: the same for the same request, and never the same for another. */
export const requestKey = (purpose: string, ...parts: readonly unknown[]): string =>
  `site-${purpose}-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
