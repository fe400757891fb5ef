import { backOffMs } from '@moddy/runtime/back-off';
import type { Database } from '../database/database.ts';
import { isNotNull, sql } from '../database/drizzle.ts';
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
import { missingRight, REJECTION_BUDGET } from '../stripe-client.ts';
import { parkCustomer } from './settle-sync.ts';
import { type SyncDeps, syncCustomer } from './sync-customer.ts';

export interface Synchronizer {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const CONCURRENCY = 4;
const POLL_MS = 1_000;
const RETRY = { firstMs: 1_000, longestMs: 5 * 60_000 } as const;

/** Syncs customers that an event, a moment or an operator wants synced; any number of replicas may do so at once. */
export function createSynchronizer(database: Database, deps: SyncDeps): Synchronizer {
  const { db, log } = deps;
  let clockSeenAtMs = Number.NEGATIVE_INFINITY;
  const worker = createWorker<SyncClaim>({
    name: 'customers',
    pollMs: POLL_MS,
    concurrency: CONCURRENCY,
    log,
    take: async (free) => {
      // A payment does not wait for the query for due customers.
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
      // The price, the key or the link may have been fixed before this start.
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

/**
 * Syncs a claimed customer. A failure is stored, and the sync is repeated later; after a right that the key lacks only
 * within its budget. Does not throw.
 */
export async function syncOrPostpone(deps: SyncDeps, claim: SyncClaim): Promise<void> {
  const { db, log } = deps;
  const { customerId, failures, rejections } = claim;
  try {
    await syncCustomer(deps, claim);
  } catch (error) {
    const detail = missingRight(error);
    const settle = async () => {
      if (detail !== undefined && rejections + 1 >= REJECTION_BUDGET) {
        log.error('customer parked', { customerId, reason: 'key_lacks_right', detail });
        return parkCustomer(db, claim, 'key_lacks_right', detail);
      }
      const retryInMs = backOffMs(failures, RETRY.firstMs, RETRY.longestMs);
      log.warn('sync failed', { customerId, error, detail, retryInMs });
      return releaseCustomer(db, claim, { retryInMs, rejected: detail !== undefined });
    };
    await settle().catch((cause: unknown) => {
      // The database is unavailable: the lease ends, and another worker claims the customer.
      log.warn('a sync could not be given back', { customerId, error: cause });
    });
  }
}
