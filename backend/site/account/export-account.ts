import type { Queryable } from '../../database/database.ts';
import { and, asc, eq, gt, inArray, isNull, or } from '../../database/drizzle.ts';
import {
  customers,
  deliveries,
  discordEvents,
  grants,
  reversals,
  sessions,
  stripeEvents,
  subscriptions,
  users,
} from '../../database/schema.ts';
import type { Visitor } from '../context.ts';

/** Rows that are in memory at a time: a member may have written many thousand messages. */
const PAGE = 500;

/**
 * Everything the database holds about one user (GDPR, articles 15 and 20), and nothing about anybody else, as the
 * pieces of one JSON text.
 */
export async function* exportAccount(
  db: Queryable,
  { userId, discordId }: Visitor,
  now: Date,
): AsyncGenerator<string, void, undefined> {
  const [account] = await db.select().from(users).where(eq(users.userId, userId));
  // Those that no sync has linked yet are known by the Discord id that their checkout named.
  const isOwn = or(eq(customers.userId, userId), and(isNull(customers.userId), eq(customers.discordIdHint, discordId)));
  const ownCustomers = await db.select().from(customers).where(isOwn);
  const customerIds = ['', ...ownCustomers.map(({ customerId }) => customerId)];
  const held = await db.select().from(subscriptions).where(inArray(subscriptions.customerId, customerIds));
  const subscriptionIds = ['', ...held.map(({ subscriptionId }) => subscriptionId)];
  const whole = {
    exportedAt: now,
    account,
    customers: ownCustomers.map(({ customerId, livemode, discordIdHint, parkedReason, parkedDetail, createdAt }) => {
      return { customerId, livemode, discordIdHint, parkedReason, parkedDetail, createdAt };
    }),
    subscriptions: held,
    grants: await db
      .select({
        plan: grants.plan,
        endsAt: grants.endsAt,
        reason: grants.reason,
        createdAt: grants.createdAt,
        revokedAt: grants.revokedAt,
      })
      .from(grants)
      .where(eq(grants.userId, userId)),
    sessions: await db
      .select({ name: sessions.name, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt })
      .from(sessions)
      .where(eq(sessions.userId, userId)),
    refunds: (
      await db
        .select()
        .from(reversals)
        .where(or(inArray(reversals.customerId, customerIds), inArray(reversals.subscriptionId, subscriptionIds)))
        .orderBy(asc(reversals.reversalId))
    ).map(({ leaseUntil, fence, failures, rejections, dueAt, ...refund }) => refund),
  };
  yield JSON.stringify(whole, null, 2).slice(0, -2);
  yield* list(
    'messages',
    pages(
      0,
      ({ deliveryId }) => deliveryId,
      (after: number) =>
        db
          .select({
            deliveryId: deliveries.deliveryId,
            kind: deliveries.kind,
            message: deliveries.message,
            state: deliveries.state,
            outcome: deliveries.outcome,
            detail: deliveries.detail,
            createdAt: deliveries.createdAt,
            settledAt: deliveries.settledAt,
          })
          .from(deliveries)
          .where(and(eq(deliveries.userId, userId), gt(deliveries.deliveryId, after)))
          .orderBy(asc(deliveries.deliveryId))
          .limit(PAGE),
    ),
  );
  const eventIds = ['', ...whole.refunds.map(({ eventId }) => eventId)];
  yield* list(
    'stripeEvents',
    pages(
      '',
      ({ eventId }) => eventId,
      (after: string) =>
        db
          .select()
          .from(stripeEvents)
          .where(
            and(
              // A dispute names no customer.
              or(inArray(stripeEvents.customerId, customerIds), inArray(stripeEvents.eventId, eventIds)),
              gt(stripeEvents.eventId, after),
            ),
          )
          .orderBy(asc(stripeEvents.eventId))
          .limit(PAGE),
    ),
  );
  yield* list(
    'discordEvents',
    pages(
      0,
      ({ discordEventId }) => discordEventId,
      (after: number) =>
        db
          .select({
            discordEventId: discordEvents.discordEventId,
            type: discordEvents.type,
            metadata: discordEvents.metadata,
            receivedAt: discordEvents.receivedAt,
          })
          .from(discordEvents)
          .where(and(eq(discordEvents.discordId, discordId), gt(discordEvents.discordEventId, after)))
          .orderBy(asc(discordEvents.discordEventId))
          .limit(PAGE),
    ),
  );
  yield '\n}\n';
}

/** A further member of the object: an array, a page at a time. */
async function* list(name: string, pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string, void, undefined> {
  yield `,\n  ${JSON.stringify(name)}: [`;
  let separator = '\n';
  for await (const page of pages) {
    for (const row of page) {
      yield `${separator}    ${JSON.stringify(row)}`;
      separator = ',\n';
    }
  }
  yield '\n  ]';
}

/** @param read the page of the rows after this id. */
async function* pages<Id, Row>(
  first: Id,
  idOf: (row: Row) => Id,
  read: (after: Id) => PromiseLike<readonly Row[]>,
): AsyncGenerator<readonly Row[], void, undefined> {
  for (let after = first; ; ) {
    const page = await read(after);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = idOf(last);
  }
}
