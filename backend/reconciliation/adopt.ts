import { setTimeout as delay } from 'node:timers/promises';
import { and, eq, sql } from 'drizzle-orm';
import { claimCustomers, renewCustomers } from '../customers/claim.ts';
import { customers } from '../database/schema.ts';
import type { SyncParts } from '../subscriptions/sync-customer.ts';
import { syncOrPostpone } from '../subscriptions/synchronizer.ts';
import { createWorker } from '../worker.ts';

export interface AdoptOptions {
  readonly signal: AbortSignal;
  /** Told how many still wait. */
  readonly onProgress: (waiting: number) => void;
  readonly concurrency?: number;
  /** Gives up when for so long nothing moved: Stripe is away, or refuses. */
  readonly patienceMs?: number;
}

const CONCURRENCY = 8;
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 60_000;

/**
 * Syncs the customers of an import that still wait; a running service may do some of them meanwhile.
 * @returns how many are left: 0 unless it was stopped or nothing moved any more.
 */
export async function adoptWaiting(
  parts: SyncParts,
  { signal, onProgress, concurrency = CONCURRENCY, patienceMs = PATIENCE_MS }: AdoptOptions,
): Promise<number> {
  const { db, log } = parts;
  const countWaiting = () =>
    db.$count(customers, and(eq(customers.adopting, true), sql`${customers.wanted} > ${customers.done}`));
  const worker = createWorker({
    name: 'import',
    pollMs: LOOK_EVERY_MS,
    concurrency,
    log,
    take: (free) => claimCustomers(db, free, 'adopting'),
    run: (claim) => syncOrPostpone(parts, claim),
    renew: (claims) => renewCustomers(db, claims),
  });
  worker.start();
  try {
    let waiting = await countWaiting();
    let movedAt = Date.now();
    while (waiting > 0 && !signal.aborted && Date.now() - movedAt < patienceMs) {
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
      const left = await countWaiting();
      if (left !== waiting) movedAt = Date.now();
      waiting = left;
      onProgress(waiting);
    }
    return waiting;
  } finally {
    await worker.stop();
  }
}
