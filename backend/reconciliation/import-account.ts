import { setTimeout as delay } from 'node:timers/promises';
import type { SyncDeps } from '../billing/sync-customer.ts';
import { syncOrPostpone } from '../billing/synchronizer.ts';
import { and, eq, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { claimCustomers, renewCustomers } from '../queue/claim-sync.ts';
import { createWorker } from '../queue/worker.ts';
import type { CompareDeps, CompareOptions, Comparison } from './compare-account.ts';
import { runComparison } from './reconcile.ts';

export interface ImportOptions extends Pick<CompareOptions, 'force'>, Pick<AdoptOptions, 'onProgress'> {
  readonly dry: boolean;
  readonly onCompared?: (comparison: Comparison) => void;
}

/** Not repeated by itself. */
const NEVER_MS = 365 * 24 * 60 * 60 * 1_000;

/**
 * Adopts a Stripe account: each difference is synced silently, with state and roles but without messages. A second run
 * finds nothing, or the rest of an interrupted one.
 * @returns the comparison, and how many customers still wait (0 when it is whole).
 */
export async function importAccount(
  deps: CompareDeps,
  { dry, force, onProgress, onCompared }: ImportOptions,
): Promise<{ readonly comparison: Comparison; readonly waiting: number }> {
  const comparison = await runComparison(deps, 'import', { dry, force, everyMs: NEVER_MS });
  onCompared?.(comparison);
  if (dry || comparison.stopped !== null) return { comparison, waiting: 0 };
  return { comparison, waiting: await adoptWaiting(deps, { signal: deps.signal, onProgress }) };
}

export interface AdoptOptions {
  readonly signal: AbortSignal;
  /** Told how many still wait. */
  readonly onProgress: (waiting: number) => void;
  readonly concurrency?: number;
  /** Gives up when for so long nothing moved: Stripe is unavailable, or rejects the key. */
  readonly patienceMs?: number;
}

const CONCURRENCY = 8;
const POLL_EVERY_MS = 200;
const PATIENCE_MS = 60_000;

/**
 * Syncs the customers of an import that still wait; a running service may do some of them meanwhile.
 * @returns how many are left: 0 unless it was stopped or nothing moved any more.
 */
export async function adoptWaiting(
  deps: SyncDeps,
  { signal, onProgress, concurrency = CONCURRENCY, patienceMs = PATIENCE_MS }: AdoptOptions,
): Promise<number> {
  const { db, log } = deps;
  const countWaiting = () =>
    db.$count(customers, and(eq(customers.adopting, true), sql`${customers.wanted} > ${customers.done}`));
  const worker = createWorker({
    name: 'import',
    pollMs: POLL_EVERY_MS,
    concurrency,
    log,
    take: (free) => claimCustomers(db, free, 'adopting'),
    run: (claim) => syncOrPostpone(deps, claim),
    renew: (claims) => renewCustomers(db, claims),
  });
  worker.start();
  try {
    let waiting = await countWaiting();
    let movedAt = Date.now();
    while (waiting > 0 && !signal.aborted && Date.now() - movedAt < patienceMs) {
      await delay(POLL_EVERY_MS, undefined, { signal }).catch(() => {});
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
