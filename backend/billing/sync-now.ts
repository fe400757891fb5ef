import { setTimeout as delay } from 'node:timers/promises';
import type { Orm } from '../database/database.ts';
import { inArray } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { requestSync } from '../queue/request-sync.ts';

export interface SyncNowOptions {
  readonly customerIds: readonly string[];
  /** The mode for customers that are not stored yet. */
  readonly livemode: boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** A service that runs takes a wanted sync up within a second. */
  readonly nobodyMs?: number;
}

/** `nobody`: no service took it up; it stays wanted. `late`: taken up, not done in time; it goes on. */
export type SyncNowOutcome = 'done' | 'late' | 'nobody';

const TIMEOUT_MS = 30_000;
const NOBODY_MS = 5_000;
const POLL_EVERY_MS = 50;

/** Wants a sync of these customers and waits until the running services have done it. */
export async function syncNow(
  db: Orm,
  { customerIds, livemode, signal, timeoutMs = TIMEOUT_MS, nobodyMs = NOBODY_MS }: SyncNowOptions,
): Promise<SyncNowOutcome> {
  const readCustomers = () =>
    db
      .select()
      .from(customers)
      .where(inArray(customers.customerId, [...customerIds]));
  const before = new Map((await readCustomers()).map((row) => [row.customerId, row.fence]));
  await transaction(db, async (tx) => {
    // In one order everywhere: two transactions that lock the same customers cannot wait for each other.
    for (const customerId of customerIds.toSorted()) await requestSync(tx, { customerId, livemode });
  });
  const goals = new Map((await readCustomers()).map((row) => [row.customerId, row.wanted]));
  const begunAt = Date.now();
  for (;;) {
    const rows = await readCustomers();
    if (rows.every(({ customerId, done }) => done >= (goals.get(customerId) ?? 0))) return 'done';
    const waitedMs = Date.now() - begunAt;
    const takenUp = rows.some(({ customerId, fence }) => fence !== (before.get(customerId) ?? 0));
    if (!takenUp && waitedMs > nobodyMs) return 'nobody';
    if (waitedMs > timeoutMs) return 'late';
    await delay(POLL_EVERY_MS, undefined, { signal });
  }
}
