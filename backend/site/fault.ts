import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What can go wrong on the site in a way that is shown to the visitor, and the status it has. */
export const FAULTS = {
  not_found: 404,
  broken: 500,
  unavailable: 503,
  too_many: 429,
  too_large: 413,
  cross_site: 403,
  login_off: 503,
  login_denied: 403,
  login_stale: 400,
  login_refused: 502,
  discord_down: 503,
  being_deleted: 409,
  login_needed: 401,
  session_expired: 401,
  price_unknown: 404,
  stripe_down: 503,
  no_customer: 404,
  not_confirmed: 400,
} as const satisfies Readonly<Record<string, ContentfulStatusCode>>;

export type FaultKind = keyof typeof FAULTS;

/** Thrown wherever it is known; becomes its page in `pages/fault-page.ts`. */
export class SiteFault extends Error {
  override readonly name = 'SiteFault';
  readonly kind: FaultKind;
  constructor(kind: FaultKind, options?: ErrorOptions) {
    super(kind, options);
    this.kind = kind;
  }
}
