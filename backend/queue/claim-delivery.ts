import type { Queryable } from '../database/database.ts';
import { alias, and, asc, eq, exists, inArray, isNull, lt, lte, notInArray, sql } from '../database/drizzle.ts';
import { deliveries, PRIORITY, type Priority, users } from '../database/schema.ts';
import { isFree, LEASE, renewLeases } from './lease.ts';

export type Kind = (typeof deliveries.$inferSelect)['kind'];
type Delivery = typeof deliveries.$inferSelect;

/** The right to make one attempt. `attempts` fences its settling, `wanted` tells whether more was asked meanwhile. */
export interface Claim
  extends Pick<
    Delivery,
    | 'deliveryId'
    | 'kind'
    | 'message'
    | 'idempotencyKey'
    | 'attempts'
    | 'wanted'
    | 'failures'
    | 'createdAt'
    | 'redrivenAt'
  > {
  readonly user: Pick<typeof users.$inferSelect, 'userId' | 'discordId' | 'plan' | 'revision' | 'locale'>;
}

/**
 * Claims due deliveries that head their lane. The user is read by a second statement: its snapshot is then at least
 * as new as the delivery's, so an attempt never carries an older plan than the `wanted` it settles.
 */
export async function claimDeliveries(
  db: Queryable,
  kinds: readonly Kind[],
  limit: number,
  priorities: readonly Priority[] = Object.values(PRIORITY),
): Promise<readonly Claim[]> {
  if (kinds.length === 0) return [];
  const earlier = alias(deliveries, 'earlier');
  const waitsForEarlier = exists(
    db
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(
          eq(earlier.state, 'pending'),
          eq(earlier.userId, deliveries.userId),
          eq(earlier.kind, deliveries.kind),
          lt(earlier.deliveryId, deliveries.deliveryId),
        ),
      ),
  );
  const ready = db
    .select({
      id: deliveries.deliveryId,
      priority: deliveries.priority,
      dueAt: deliveries.dueAt,
      // An earlier attempt that outlived its lease may reach the bot after this one and undo it: one more follows.
      outlived: sql<number>`case when ${deliveries.leaseUntil} is null then 0 else 1 end`.as('outlived'),
    })
    .from(deliveries)
    .where(
      and(
        // The condition of the index `deliveries_ready`, word for word: Postgres uses it then.
        isNull(deliveries.settledAt),
        notInArray(deliveries.state, ['done', 'parked']),
        eq(deliveries.kind, sql`class.kind`),
        eq(deliveries.priority, sql`class.priority`),
        lte(deliveries.dueAt, sql`now()`),
        isFree(deliveries),
        // `is not true` keeps it from being planned as a join, which would compare everything with everything while the
        // statistics do not know yet that anything is pending.
        sql`(${waitsForEarlier}) is not true`,
      ),
    )
    .orderBy(asc(deliveries.dueAt))
    .limit(limit)
    .for('update', { skipLocked: true })
    .as('ready');
  const due = db
    .$with('due')
    .as(
      db
        .select({ id: ready.id, outlived: ready.outlived })
        .from(classesOf(kinds, priorities))
        .crossJoinLateral(ready)
        .orderBy(asc(ready.priority), asc(ready.dueAt))
        .limit(limit),
    );
  const claimed = await db
    .with(due)
    .update(deliveries)
    .set({
      leaseUntil: LEASE,
      attempts: sql`${deliveries.attempts} + 1`,
      wanted: sql`${deliveries.wanted} + ${due.outlived}`,
    })
    .from(due)
    .where(eq(deliveries.deliveryId, due.id))
    .returning({
      deliveryId: deliveries.deliveryId,
      userId: deliveries.userId,
      kind: deliveries.kind,
      message: deliveries.message,
      idempotencyKey: deliveries.idempotencyKey,
      attempts: deliveries.attempts,
      wanted: sql<number>`${deliveries.wanted} - ${due.outlived}`,
      failures: deliveries.failures,
      createdAt: deliveries.createdAt,
      redrivenAt: deliveries.redrivenAt,
    });
  if (claimed.length === 0) return [];
  const owners = await db
    .select({
      userId: users.userId,
      discordId: users.discordId,
      plan: users.plan,
      revision: users.revision,
      locale: users.locale,
    })
    .from(users)
    .where(
      inArray(
        users.userId,
        claimed.map(({ userId }) => userId),
      ),
    );
  const ownerOf = new Map(owners.map((owner) => [owner.userId, owner]));
  // In the order in which they were enqueued: a user's message starts before their roles, which do not wait for it.
  const inOrder = claimed.toSorted((a, b) => a.deliveryId - b.deliveryId);
  return inOrder.flatMap((delivery) => {
    const user = ownerOf.get(delivery.userId);
    return user === undefined ? [] : [{ ...delivery, user }];
  });
}

/**
 * Every kind with every priority, as a table. A query for one pair at a time finds its due rows by the index, past all held
 * back rows of another kind or priority.
 */
const classesOf = (kinds: readonly Kind[], priorities: readonly Priority[]) => {
  const rows = kinds.flatMap((kind) =>
    priorities.map((priority) => sql`(${kind}::delivery_kind, ${priority}::integer)`),
  );
  return sql`(values ${sql.join(rows, sql`, `)}) as class(kind, priority)`;
};

/** Only the attempt that holds the claim may settle it. */
export const ofClaim = ({ deliveryId, attempts }: Claim) =>
  and(eq(deliveries.deliveryId, deliveryId), eq(deliveries.attempts, attempts), eq(deliveries.state, 'pending'));

export const renewDeliveries = (db: Queryable, claims: readonly Claim[]): Promise<void> =>
  renewLeases(db, deliveries, deliveries.deliveryId, claims.map(ofClaim));
