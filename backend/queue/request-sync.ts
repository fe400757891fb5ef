import type { Transaction } from '../database/database.ts';
import { type SQL, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { notifying } from '../database/transaction.ts';

/** Postgres channel on which a transaction that wants a sync wakes the synchronizers of all replicas. */
export const CUSTOMERS_CHANNEL = 'customers';

export interface SyncWish {
  readonly customerId: string;
  readonly livemode: boolean;
  /** What the event said; the first to say so wins, and only until a user is linked. */
  readonly discordIdHint?: string | null;
}

/** One reason more to sync; the clock of one that waits already goes on. */
const ONCE_MORE = {
  wanted: sql`${customers.wanted} + 1`,
  wantedAt: sql`case when ${customers.wanted} > ${customers.done} then coalesce(${customers.wantedAt}, now()) else now() end`,
} as const satisfies Record<string, SQL>;

/**
 * The same for what nobody waits for: claimed after everything that a user does, for which `retryAt` is null. One
 * that waits already keeps its place, and its back-off.
 */
export const ONCE_MORE_WITHOUT_HASTE = {
  ...ONCE_MORE,
  retryAt: sql`case when ${customers.wanted} > ${customers.done} then ${customers.retryAt} else now() end`,
} as const satisfies Record<string, SQL>;

/** There is a reason to sync this customer again. Call it in the transaction that stores the reason. */
export async function requestSync(tx: Transaction, { customerId, livemode, discordIdHint }: SyncWish): Promise<void> {
  const wish = tx
    .insert(customers)
    .values({ customerId, livemode, wanted: 1, wantedAt: sql`now()`, discordIdHint: discordIdHint ?? null })
    .onConflictDoUpdate({
      target: customers.customerId,
      set: {
        ...ONCE_MORE,
        retryAt: null,
        // Once linked, a hint tells nothing new; of a user who is forgotten it would be the last trace.
        discordIdHint: sql`case when ${customers.userId} is null then coalesce(${customers.discordIdHint}, excluded.discord_id_hint) else ${customers.discordIdHint} end`,
      },
    })
    .returning({ customerId: customers.customerId });
  await notifying(tx, CUSTOMERS_CHANNEL, wish);
}

/**
 * The same for many customers at once, which a comparison found; behind those that an event or an operator wants.
 * @param adopting nobody is notified of what their next sync changes.
 */
export async function requestSyncs(
  tx: Transaction,
  customerIds: readonly string[],
  { livemode, adopting }: { readonly livemode: boolean; readonly adopting: boolean },
): Promise<void> {
  if (customerIds.length === 0) return;
  const wishes = tx
    .insert(customers)
    .values(
      // The order in which the rows are locked.
      customerIds.toSorted().map((customerId) => ({
        customerId,
        livemode,
        adopting,
        wanted: 1,
        wantedAt: sql`now()`,
        retryAt: sql`now()`,
      })),
    )
    .onConflictDoUpdate({
      target: customers.customerId,
      set: {
        ...ONCE_MORE_WITHOUT_HASTE,
        adopting: sql`${customers.adopting} or excluded.adopting`,
      },
    })
    .returning({ customerId: customers.customerId });
  await notifying(tx, CUSTOMERS_CHANNEL, wishes);
}
