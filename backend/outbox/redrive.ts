import type { Orm, Queryable, Transaction } from '../database/database.ts';
import { alias, and, asc, eq, exists, gt, inArray, sql } from '../database/drizzle.ts';
import { type LockedUser, lockUser } from '../database/lock-user.ts';
import { deliveries } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { DELIVERIES_CHANNEL } from './enqueue.ts';

/** Which parked deliveries. */
export type Which = { readonly deliveryId: number } | { readonly userIds: readonly number[] } | 'all';

export interface RedriveOptions {
  readonly which: Which;
  /** Also messages that a later one made untrue. */
  readonly force: boolean;
  /** Changes nothing; returns the rows that would change. */
  readonly dry: boolean;
}

/** The result of a redrive for one parked delivery. */
export interface Redriven {
  readonly delivery: typeof deliveries.$inferSelect;
  /** `pending`: it is sent again; `superseded`: it stays parked; `replaced`: newer roles of the user are pending already. */
  readonly becomes: 'pending' | 'superseded' | 'replaced';
}

/** Parked deliveries become pending again, user by user, each user in one transaction with its order kept. */
export async function redrive(db: Orm, { which, force, dry }: RedriveOptions): Promise<readonly Redriven[]> {
  const owners = await db
    .selectDistinct({ userId: deliveries.userId })
    .from(deliveries)
    .where(and(eq(deliveries.state, 'parked'), chosen(which)))
    .orderBy(asc(deliveries.userId));
  const all: Redriven[] = [];
  for (const { userId } of owners) {
    const ofUser = { userId, which, force };
    const decided = dry
      ? await decide(db, ofUser)
      : await transaction(db, async (tx) => {
          // Users are locked before deliveries everywhere, or two transactions could wait for each other.
          const user = await lockUser(tx, { userId });
          const chosen = await decide(tx, ofUser);
          await carryOut(tx, user, chosen);
          return chosen;
        });
    all.push(...decided);
  }
  return all;
}

function chosen(which: Which) {
  if (which === 'all') return undefined;
  if ('deliveryId' in which) return eq(deliveries.deliveryId, which.deliveryId);
  return inArray(deliveries.userId, [0, ...which.userIds]);
}

async function decide(
  db: Queryable,
  { userId, which, force }: { readonly userId: number } & Pick<RedriveOptions, 'which' | 'force'>,
): Promise<readonly Redriven[]> {
  const later = alias(deliveries, 'later');
  const parked = await db
    .select({
      delivery: deliveries,
      // A later one that is parked itself has told nobody anything.
      superseded: exists(
        db
          .select({ one: sql`1` })
          .from(later)
          .where(
            and(
              eq(later.userId, deliveries.userId),
              eq(later.kind, 'notify'),
              inArray(later.state, ['pending', 'done', 'waiting']),
              gt(later.deliveryId, deliveries.deliveryId),
            ),
          ),
      ).mapWith(Boolean),
    })
    .from(deliveries)
    .where(and(eq(deliveries.userId, userId), eq(deliveries.state, 'parked'), chosen(which)))
    .orderBy(asc(deliveries.deliveryId));
  // Roles carry the plan of the moment they are sent: one pending row says all that any number of parked ones would.
  let rolesPending =
    (await db.$count(
      deliveries,
      and(eq(deliveries.userId, userId), eq(deliveries.kind, 'roles'), eq(deliveries.state, 'pending')),
    )) > 0;
  return parked.map(({ delivery, superseded }) => {
    if (delivery.kind === 'notify') return { delivery, becomes: superseded && !force ? 'superseded' : 'pending' };
    const becomes = rolesPending ? 'replaced' : 'pending';
    rolesPending = true;
    return { delivery, becomes };
  });
}

async function carryOut(tx: Transaction, { userId }: LockedUser, decided: readonly Redriven[]): Promise<void> {
  const which = (becomes: Redriven['becomes']) =>
    and(
      eq(deliveries.userId, userId),
      inArray(deliveries.deliveryId, [
        0,
        ...decided.filter((each) => each.becomes === becomes).map(({ delivery }) => delivery.deliveryId),
      ]),
    );
  await tx
    .update(deliveries)
    .set({
      state: 'pending',
      failures: 0,
      dueAt: sql`now()`,
      redrivenAt: sql`now()`,
      settledAt: null,
      outcome: null,
    })
    .where(which('pending'));
  await tx
    .update(deliveries)
    .set({
      state: 'done',
      outcome: 'replaced',
      detail: 'newer roles of this user were pending already',
      settledAt: sql`now()`,
    })
    .where(which('replaced'));
  await tx.execute(sql`select pg_notify(${DELIVERIES_CHANNEL}, '')`);
}
