import { backOffMs } from '@moddy/runtime/back-off';
import { isNotNull, sql } from 'drizzle-orm';
import type { Database } from '../database/database.ts';
import { customers } from '../database/schema.ts';
import {
  claimCustomers,
  releaseCustomer,
  renewCustomers,
  requestDueSyncs,
  type SyncClaim,
} from '../queue/claim-sync.ts';
import { CUSTOMERS_CHANNEL } from '../queue/request-sync.ts';
import { createWorker } from '../queue/worker.ts';
import { missingRight } from '../stripe-client.ts';
import { type SyncDeps, syncCustomer } from './sync-customer.ts';

export interface Synchronizer {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CONCURRENCY = 4;
const POLL_MS = 1_000;
const RETRY = { firstMs: 1_000, longestMs: 5 * 60_000 } as const;

/** Syncs customers that an event, a moment or an operator wants looked at; any number of replicas may do so at once. */
export function createSynchronizer(database: Database, deps: SyncDeps): Synchronizer {
  const { db, log } = deps;
  let clockSeenAtMs = Number.NEGATIVE_INFINITY;
  const worker = createWorker<SyncClaim>({
    name: 'customers',
    pollMs: POLL_MS,
    concurrency: CONCURRENCY,
    log,
    take: async (free) => {
      // Whoever just paid does not wait until it is known whose time has come.
      if (performance.now() - clockSeenAtMs >= POLL_MS) {
        await requestDueSyncs(db);
        clockSeenAtMs = performance.now();
      }
      return claimCustomers(db, free);
    },
    run: (claim) => syncOrPostpone(deps, claim),
    renew: (claims) => renewCustomers(db, claims),
  });
  let unlisten: () => Promise<void> = async () => {};
  return {
    start: async () => {
      // Whoever starts us may have mended a price, a key or a link.
      await db.update(customers).set({ nextCheckAt: sql`now()` }).where(isNotNull(customers.parkedReason));
      unlisten = await database.listen(CUSTOMERS_CHANNEL, worker.wake);
      worker.start();
    },
    stop: async () => {
      await unlisten();
      await worker.stop();
    },
  };
}

/** Syncs a claimed customer; a failure is written down and the customer looked at again later. Does not throw. */
export async function syncOrPostpone(deps: SyncDeps, claim: SyncClaim): Promise<void> {
  const { db, log } = deps;
  try {
    await syncCustomer(deps, claim);
  } catch (error) {
    const retryInMs = backOffMs(claim.failures, RETRY.firstMs, RETRY.longestMs);
    const right = missingRight(error);
    const detail = right && `STRIPE_API_KEY lacks the right ${right}`;
    log.warn('sync failed', { customerId: claim.customerId, error, detail, retryInMs });
    await releaseCustomer(db, claim, retryInMs).catch((cause: unknown) => {
      // The database is away: the lease ends and somebody claims it again.
      log.warn('a sync could not be given back', { customerId: claim.customerId, error: cause });
    });
  }
}
