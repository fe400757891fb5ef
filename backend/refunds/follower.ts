import { backOffMs } from '@moddy/runtime/back-off';
import Stripe from 'stripe';
import type { Database } from '../database/database.ts';
import {
  claimRefunds,
  postponeRefund,
  REFUNDS_CHANNEL,
  type RefundClaim,
  renewRefunds,
  retryParkedRefunds,
  settleRefund,
} from '../queue/claim-refund.ts';
import { createWorker } from '../queue/worker.ts';
import { missingRight, REJECTION_BUDGET } from '../stripe-client.ts';
import { followRefund, type RefundDeps } from './follow-refund.ts';

export interface Follower {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CONCURRENCY = 2;
const POLL_MS = 2_000;
const RETRY = { firstMs: 1_000, longestMs: 5 * 60_000 } as const;

/** Follows refunds and disputes; any number of replicas may do so at once. */
export function createFollower(database: Database, deps: RefundDeps): Follower {
  const { db, log } = deps;
  const follow = async (claim: RefundClaim): Promise<void> => {
    try {
      await followRefund(deps, claim);
    } catch (error) {
      const right = missingRight(error);
      const detail = right ?? (error instanceof Error ? error.message.slice(0, 300) : 'unknown error');
      const fields = { eventId: claim.eventId, kind: claim.kind, error, ...(right && { detail }) };
      const settle = async () => {
        const rejected = isRejection(error);
        if (rejected && claim.rejections + 1 >= REJECTION_BUDGET) {
          log.error('a refund or dispute was parked', fields);
          await settleRefund(db, claim, { state: 'parked', outcome: 'failed', detail });
          return;
        }
        const retryInMs = backOffMs(claim.failures, RETRY.firstMs, RETRY.longestMs);
        log.warn('a refund or dispute could not be followed', { ...fields, retryInMs });
        await postponeRefund(db, claim, { retryInMs, detail, rejected });
      };
      await settle().catch((cause: unknown) => {
        // The database is unavailable: the lease ends, and another worker claims it.
        log.warn('a refund or dispute could not be given back', { ...fields, error: cause });
      });
    }
  };
  const worker = createWorker<RefundClaim>({
    name: 'reversals',
    pollMs: POLL_MS,
    concurrency: CONCURRENCY,
    log,
    take: (free) => claimRefunds(db, free),
    run: follow,
    renew: (claims) => renewRefunds(db, claims),
  });
  let unlisten: () => Promise<void> = async () => {};
  return {
    start: async () => {
      // The key may have been fixed before this start.
      await retryParkedRefunds(db);
      unlisten = await database.listen(REFUNDS_CHANNEL, worker.wake);
      worker.start();
    },
    stop: async () => {
      await unlisten();
      await worker.stop();
    },
  };
}

const isRejection = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError || missingRight(error) !== undefined;
