import type { Orm, Queryable, Transaction } from '../database/database.ts';
import { inArray, sql } from '../database/drizzle.ts';
import { lockUsers } from '../database/lock-user.ts';
import { discordEvents, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { enqueueRoles } from '../outbox/enqueue.ts';
import { releaseWaiting } from '../outbox/waiting.ts';

/** An event of Discord as the bot reported it. */
export interface DiscordEvent {
  readonly type: string;
  readonly discordId: string;
  readonly metadata: Record<string, unknown> | null;
  /** Null from a caller that sends no `Idempotency-Key`: such an event is stored each time. */
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
}

/** `conflict`: the key was used before for another request. */
export type Stored = 'stored' | 'repeated' | 'conflict';

/** Stores events and enqueues the deliveries that they cause, all in one transaction. */
export async function storeEvents(db: Orm, events: readonly DiscordEvent[]): Promise<readonly Stored[]> {
  return transaction(db, async (tx) => {
    const firstOfKey = new Map<string, DiscordEvent>();
    for (const event of events) {
      if (event.idempotencyKey !== null && !firstOfKey.has(event.idempotencyKey))
        firstOfKey.set(event.idempotencyKey, event);
    }
    const candidates = events.filter(({ idempotencyKey }, index) =>
      idempotencyKey === null ? true : events[index] === firstOfKey.get(idempotencyKey),
    );
    const inserted = await tx
      .insert(discordEvents)
      .values([...candidates])
      .onConflictDoNothing({ target: discordEvents.idempotencyKey })
      .returning({ key: discordEvents.idempotencyKey });
    const fresh = new Set(inserted.map(({ key }) => key));
    const hashes = await storedHashes(
      tx,
      [...firstOfKey.keys()].filter((key) => !fresh.has(key)),
    );
    const results = events.map((event): Stored => {
      const { idempotencyKey: key } = event;
      if (key === null || (fresh.has(key) && firstOfKey.get(key) === event)) return 'stored';
      const hash = fresh.has(key) ? firstOfKey.get(key)?.requestHash : hashes.get(key);
      return hash === event.requestHash ? 'repeated' : 'conflict';
    });
    await giveRolesToJoined(
      tx,
      events.filter((event, index) => event.type === 'member_joined' && results[index] === 'stored'),
    );
    return results;
  });
}

async function storedHashes(tx: Queryable, keys: readonly string[]): Promise<ReadonlyMap<string | null, string>> {
  if (keys.length === 0) return new Map();
  const rows = await tx
    .select({ key: discordEvents.idempotencyKey, hash: discordEvents.requestHash })
    .from(discordEvents)
    .where(inArray(discordEvents.idempotencyKey, [...keys]));
  return new Map(rows.map(({ key, hash }) => [key, hash]));
}

/** A member loses all roles on leaving: rejoined members who ever had a plan get them again, and their waiting messages. */
async function giveRolesToJoined(tx: Transaction, joined: readonly DiscordEvent[]): Promise<void> {
  if (joined.length === 0) return;
  const ids = joined.map(({ discordId }) => discordId);
  const known = await lockUsers(tx, inArray(users.discordId, ids));
  await releaseWaiting(tx, known);
  const subscribers = known.filter(({ revision }) => revision > 0);
  if (subscribers.length === 0) return;
  await tx
    .update(users)
    .set({ confirmedRevision: sql`least(${users.confirmedRevision}, ${users.revision} - 1)` })
    .where(
      inArray(
        users.userId,
        subscribers.map(({ userId }) => userId),
      ),
    );
  await enqueueRoles(tx, subscribers);
}
