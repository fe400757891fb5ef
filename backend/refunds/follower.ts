import { backOffMs } from '@moddy/runtime/back-off';
import Stripe from 'stripe';
import type { Database } from '../database/database.ts';
import {
  claimReversals,
  postponeReversal,
  REVERSALS_CHANNEL,
  type ReversalClaim,
  renewReversals,
  retryParkedReversals,
  settleReversal,
} from '../queue/claim-refund.ts';
import { createWorker } from '../queue/worker.ts';
import { followReversal, type ReversalParts } from './follow-refund.ts';

export interface Follower {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CONCURRENCY = 2;
const POLL_MS = 2_000;
const RETRY = { firstMs: 1_000, longestMs: 5 * 60_000 } as const;
/** Refusals of Stripe, which waiting seldom mends; an outage costs nothing. */
const REFUSAL_BUDGET = 5;

/** Follows refunds and disputes; any number of replicas may do so at once. */
export function createFollower(database: Database, parts: ReversalParts): Follower {
  const { db, log } = parts;
  const follow = async (claim: ReversalClaim): Promise<void> => {
    try {
      await followReversal(parts, claim);
    } catch (error) {
      const detail = error instanceof Error ? error.message.slice(0, 300) : 'unknown error';
      const fields = { eventId: claim.eventId, kind: claim.kind, error };
      const settle = async () => {
        if (isRefusal(error) && claim.failures + 1 >= REFUSAL_BUDGET) {
          log.error('a refund or dispute was parked', fields);
          await settleReversal(db, claim, { state: 'parked', outcome: 'failed', detail });
          return;
        }
        const retryInMs = backOffMs(claim.failures, RETRY.firstMs, RETRY.longestMs);
        log.warn('a refund or dispute could not be followed', { ...fields, retryInMs });
        await postponeReversal(db, claim, { retryInMs, detail });
      };
      await settle().catch((cause: unknown) => {
        // The database is away: the lease ends and somebody claims it again.
        log.warn('a refund or dispute could not be given back', { ...fields, error: cause });
      });
    }
  };
  const worker = createWorker<ReversalClaim>({
    name: 'reversals',
    pollMs: POLL_MS,
    concurrency: CONCURRENCY,
    log,
    take: (free) => claimReversals(db, free),
    run: follow,
    renew: (claims) => renewReversals(db, claims),
  });
  let unlisten: () => Promise<void> = async () => {};
  return {
    start: async () => {
      // Whoever starts us may have mended the key.
      await retryParkedReversals(db);
      unlisten = await database.listen(REVERSALS_CHANNEL, worker.wake);
      worker.start();
    },
    stop: async () => {
      await unlisten();
      await worker.stop();
    },
  };
}

const isRefusal = (error: unknown): boolean => error instanceof Stripe.errors.StripeInvalidRequestError;
