import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import type { SyncClaim } from '../customers/claim.ts';
import { parkCustomer } from '../customers/settle.ts';
import type { Queryable } from '../database/database.ts';
import type { EntitlementRules } from './entitlement.ts';
import { fetchFromStripe, UnknownCustomer } from './fetch-from-stripe.ts';
import { storeFetched } from './store-fetched.ts';

export interface SyncParts {
  readonly db: Queryable;
  readonly stripe: Stripe;
  /** Of the key: live or test. */
  readonly livemode: boolean;
  readonly rules: EntitlementRules;
  readonly now: () => Date;
  readonly log: Logger;
}

/**
 * Brings one claimed customer's state up to what Stripe has now, and owes the user what differs. No transaction is
 * open while Stripe is asked; the fence discards the result of a worker that took too long.
 * @throws what the Stripe SDK and the database throw; nothing is stored then.
 */
export async function syncCustomer(parts: SyncParts, claim: SyncClaim): Promise<void> {
  const { db, stripe, rules, livemode, log } = parts;
  const fetched = await fetchFromStripe(stripe, claim.customerId, rules.plans).catch((error: unknown) => {
    if (error instanceof UnknownCustomer) return error;
    throw error;
  });
  if (fetched instanceof UnknownCustomer || (fetched.livemode ?? livemode) !== livemode) {
    const detail = `not in the ${livemode ? 'live' : 'test'} mode of the account of STRIPE_API_KEY`;
    await parkCustomer(db, claim, 'other_account_or_mode', detail);
    log.warn('customer parked', { customerId: claim.customerId, reason: 'other_account_or_mode', detail });
    return;
  }
  await db.transaction((tx) => storeFetched(tx, claim, fetched, parts));
}
