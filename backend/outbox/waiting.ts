import type { Orm, Queryable, Transaction } from '../database/database.ts';
import { alias, and, asc, desc, eq, exists, gt, inArray, lt, ne, notInArray, sql } from '../database/drizzle.ts';
import { type LockedUser, lockUser } from '../database/lock-user.ts';
import { deliveries, discordEvents } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { type Claim, ofClaim } from '../queue/claim-delivery.ts';
import { DELIVERIES_CHANNEL } from './enqueue.ts';
import { inMs } from './settle.ts';

/** The bot's reason for a user whom it shares no server with. */
export const NO_MUTUAL_GUILD = 'no_mutual_guild';
/** A join that was reported this recently may be newer than the bot's verdict: an attempt ends after 10 s. */
const RECENT_JOIN_MS = 15_000;
const AGAIN_MS = 5_000;

/** With the condition of the index `deliveries_waiting`, word for word: Postgres uses it then. */
const isWaiting = and(notInArray(deliveries.state, ['pending', 'done', 'parked']), eq(deliveries.state, 'waiting'));

/** Keeps a message for a user who is not in the server, outside the lane, until they join. */
export async function waitForMember(db: Orm, claim: Claim, detail: string): Promise<void> {
  await transaction(db, async (tx) => {
    // A join locks the user, too: the later of the two transactions sees what the earlier one wrote.
    const { discordId } = await lockUser(tx, { userId: claim.user.userId });
    const recentJoins = await tx.$count(
      discordEvents,
      and(
        eq(discordEvents.discordId, discordId),
        eq(discordEvents.type, 'member_joined'),
        gt(discordEvents.receivedAt, inMs(-RECENT_JOIN_MS)),
      ),
    );
    await tx
      .update(deliveries)
      .set(
        recentJoins > 0
          ? { leaseUntil: null, dueAt: inMs(AGAIN_MS), detail }
          : { state: 'waiting', leaseUntil: null, settledAt: sql`now()`, outcome: NO_MUTUAL_GUILD, detail },
      )
      .where(ofClaim(claim));
  });
}

/**
 * The newest waiting message of each user is sent, unless a later one has made it untrue; their others are done.
 */
export async function releaseWaiting(tx: Transaction, locked: readonly LockedUser[]): Promise<number> {
  if (locked.length === 0) return 0;
  const userIds = locked.map(({ userId }) => userId);
  const later = alias(deliveries, 'later');
  const isSuperseded = exists(
    tx
      .select({ one: sql`1` })
      .from(later)
      .where(
        and(
          eq(later.userId, deliveries.userId),
          eq(later.kind, 'notify'),
          ne(later.state, 'parked'),
          gt(later.deliveryId, deliveries.deliveryId),
        ),
      ),
  );
  const waiting = await tx
    .select({ deliveryId: deliveries.deliveryId, superseded: isSuperseded.mapWith(Boolean) })
    .from(deliveries)
    .where(and(isWaiting, inArray(deliveries.userId, userIds)))
    .orderBy(desc(deliveries.deliveryId));
  if (waiting.length === 0) return 0;
  const idsOf = (superseded: boolean) => [
    0,
    ...waiting.filter((each) => each.superseded === superseded).map(({ deliveryId }) => deliveryId),
  ];
  await tx
    .update(deliveries)
    .set({ state: 'done', outcome: 'superseded', detail: 'a later message says what is true now' })
    .where(inArray(deliveries.deliveryId, idsOf(true)));
  const released = await tx
    .update(deliveries)
    .set({ state: 'pending', settledAt: null, outcome: null, failures: 0, dueAt: sql`now()` })
    .where(inArray(deliveries.deliveryId, idsOf(false)))
    .returning({ deliveryId: deliveries.deliveryId });
  await tx.execute(sql`select pg_notify(${DELIVERIES_CHANNEL}, '')`);
  return released.length;
}

/** The same for every user: the bot is back in the server, or may have missed joins. */
export async function releaseAllWaiting(db: Orm): Promise<number> {
  const owners = await db
    .selectDistinct({ userId: deliveries.userId })
    .from(deliveries)
    .where(isWaiting)
    .orderBy(asc(deliveries.userId));
  let released = 0;
  for (const { userId } of owners) {
    released += await transaction(db, async (tx) => {
      return releaseWaiting(tx, [await lockUser(tx, { userId })]);
    });
  }
  return released;
}

/** Messages that have waited too long are done, with the verdict they have. */
export async function endWaiting(db: Queryable, maxAgeMs: number): Promise<void> {
  await db
    .update(deliveries)
    .set({ state: 'done' })
    .where(and(isWaiting, lt(deliveries.createdAt, inMs(-maxAgeMs))));
}
