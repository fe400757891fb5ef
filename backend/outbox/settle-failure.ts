import { BotClientError } from '@moddy/generated/bot-internal/client';
import { backOffMs } from '@moddy/runtime/back-off';
import type { Logger } from '@moddy/runtime/log';
import type { Orm } from '../database/database.ts';
import type { Claim } from '../queue/claim-delivery.ts';
import type { Breaker } from './breaker.ts';
import { park, postpone } from './settle.ts';
import { parkRoles } from './settle-roles.ts';

/** After so many faults of the bot a delivery is parked. */
const FAILURE_BUDGET = 8;
const RETRY = { firstMs: 1_000, longestMs: 5 * 60_000 } as const;
const MISCONFIGURED_LONGEST_MS = 60_000;
/** How soon a delivery that waits for the bot is tried again once the breaker closes. */
const AFTER_OUTAGE_MS = 100;

/** Settles an attempt without a verdict, by its outcome. */
export async function settleFailure(
  { db, breaker, log }: { readonly db: Orm; readonly breaker: Breaker; readonly log: Logger },
  claim: Claim,
  error: unknown,
): Promise<void> {
  const detail = error instanceof Error ? error.message : 'unknown error';
  const fields = { deliveryId: claim.deliveryId, kind: claim.kind, attempt: claim.attempts };
  const outcome = error instanceof BotClientError ? error.outcome : 'failed';
  const parkDelivery = claim.kind === 'roles' ? parkRoles : park;
  if (outcome === 'rejected') {
    log.error('delivery parked', { ...fields, outcome, detail });
    return parkDelivery(db, claim, outcome, detail);
  }
  if (error instanceof BotClientError && outcome === 'not-now') {
    const retryInMs = Math.ceil((error.retryAfterSeconds ?? 5) * 1_000 * (1 + Math.random() / 10));
    log.info('delivery postponed', { ...fields, outcome, detail, retryInMs });
    return postpone(db, claim, { retryInMs, consumed: false, detail });
  }
  const blamesTheBot = outcome === 'unreachable' || outcome === 'misconfigured';
  if (blamesTheBot && (await breaker.suspect())) {
    return postpone(db, claim, { retryInMs: AFTER_OUTAGE_MS, consumed: false, detail });
  }
  if (outcome === 'misconfigured') {
    // The bot is well but lacks this operation: of another version. Kept until an operator deploys.
    log.error('the bot does not know this call', { ...fields, outcome, detail });
    return postpone(db, claim, {
      retryInMs: backOffMs(claim.attempts, RETRY.firstMs, MISCONFIGURED_LONGEST_MS),
      consumed: false,
      detail,
    });
  }
  // The bot is healthy, so the fault is in this delivery.
  if (claim.failures + 1 >= FAILURE_BUDGET) {
    log.error('delivery parked', { ...fields, outcome, detail, error });
    return parkDelivery(db, claim, outcome, detail);
  }
  const retryInMs = backOffMs(claim.failures, RETRY.firstMs, RETRY.longestMs);
  log.warn('delivery failed', { ...fields, outcome, detail, retryInMs });
  return postpone(db, claim, { retryInMs, consumed: true, detail });
}
