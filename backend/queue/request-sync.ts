import type { Transaction } from '../database/database.ts';
import { type SQL, sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { notifying } from '../database/transaction.ts';

/** Postgres channel on which a transaction that requests a sync wakes the synchronizers of all replicas. */
export const CUSTOMERS_CHANNEL = 'customers';

export interface SyncRequest {
  readonly customerId: string;
  readonly livemode: boolean;
  /** The Discord id that the event named; the first one wins, and only until a user is linked. */
  readonly discordIdHint?: string | null;
}

/** One more sync is wanted; a customer that is waiting already keeps its waiting time. */
const REQUEST = {
  wanted: sql`${customers.wanted} + 1`,
  wantedAt: sql`case when ${customers.wanted} > ${customers.done} then coalesce(${customers.wantedAt}, now()) else now() end`,
} as const satisfies Record<string, SQL>;

/**
 * The same for a sync that no user waits for: it is claimed after syncs of users' actions, which have a null `retryAt`.
 * A customer that is waiting already keeps its place and its back-off.
 */
export const REQUEST_LATER = {
  ...REQUEST,
  retryAt: sql`case when ${customers.wanted} > ${customers.done} then ${customers.retryAt} else now() end`,
} as const satisfies Record<string, SQL>;

/** Requests a sync of this customer. Call it in the transaction that stores the reason. */
export async function requestSync(
  tx: Transaction,
  { customerId, livemode, discordIdHint }: SyncRequest,
): Promise<void> {
  const requested = tx
    .insert(customers)
    .values({ customerId, livemode, wanted: 1, wantedAt: sql`now()`, discordIdHint: discordIdHint ?? null })
    .onConflictDoUpdate({
      target: customers.customerId,
      set: {
        ...REQUEST,
        retryAt: null,
        // A linked customer needs no hint, and it would be the last trace of a user who is forgotten.
        discordIdHint: sql`case when ${customers.userId} is null then coalesce(${customers.discordIdHint}, excluded.discord_id_hint) else ${customers.discordIdHint} end`,
      },
    })
    .returning({ customerId: customers.customerId });
  await notifying(tx, CUSTOMERS_CHANNEL, requested);
}

/**
 * The same for many customers that a comparison found; behind those that an event or an operator requested.
 * @param adopting the next sync notifies nobody of its changes.
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
        ...REQUEST_LATER,
        adopting: sql`${customers.adopting} or excluded.adopting`,
      },
    })
    .returning({ customerId: customers.customerId });
  await notifying(tx, CUSTOMERS_CHANNEL, wishes);
}
