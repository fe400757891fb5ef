import type { ContentfulStatusCode } from 'hono/utils/http-status';
import Stripe from 'stripe';
import { isMissing } from '../stripe-client.ts';

export interface Fault {
  readonly status: ContentfulStatusCode;
  /** The button that the page offers: by default, the plans. */
  readonly action?: 'plans' | 'login' | 'confirm' | 'account' | 'again';
  /** The visitor did nothing wrong: support is offered. */
  readonly isOurs?: true;
}

/** The faults that the site shows to the visitor. */
export const FAULTS = {
  not_found: { status: 404 },
  broken: { status: 500, action: 'again', isOurs: true },
  unavailable: { status: 503, action: 'again', isOurs: true },
  too_many: { status: 429, action: 'again' },
  too_large: { status: 413 },
  cross_site: { status: 403 },
  other_account: { status: 409, action: 'account' },
  login_off: { status: 503, isOurs: true },
  login_denied: { status: 403, action: 'login' },
  login_stale: { status: 400, action: 'login' },
  login_refused: { status: 502, action: 'login', isOurs: true },
  discord_down: { status: 503, action: 'login', isOurs: true },
  being_deleted: { status: 409 },
  login_needed: { status: 401, action: 'login' },
  session_expired: { status: 401, action: 'login' },
  price_unknown: { status: 404 },
  stripe_down: { status: 503, action: 'again', isOurs: true },
  no_customer: { status: 404 },
  not_confirmed: { status: 400, action: 'confirm' },
} as const satisfies Readonly<Record<string, Fault>>;

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

export const isStripeError = (error: unknown): error is Stripe.errors.StripeError =>
  error instanceof Stripe.errors.StripeError;

/** Stripe cannot be reached or cannot answer now; any other error of its is ours. */
export const isStripeDown = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeConnectionError ||
  (isStripeError(error) && ((error.statusCode ?? 0) >= 500 || error.statusCode === 429 || error.statusCode === 409));

/** The same, of the customer that was named. */
export const isCustomerMissing = (error: unknown): boolean =>
  isMissing(error) && (error.param === 'customer' || error.param === 'id');
