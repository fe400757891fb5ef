import type { Queryable } from '../../database/database.ts';
import { and, asc, eq, gt, inArray, or, type PgTable } from '../../database/drizzle.ts';
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
import { isCustomerOf } from '../checkout/customers.ts';
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
  const ownCustomers = await db
    .select(pick(customers, 'customerId', 'livemode', 'discordIdHint', 'parkedReason', 'parkedDetail', 'createdAt'))
    .from(customers)
    .where(isCustomerOf(userId));
  const customerIds = ['', ...ownCustomers.map(({ customerId }) => customerId)];
  const held = await db.select().from(subscriptions).where(inArray(subscriptions.customerId, customerIds));
  const subscriptionIds = ['', ...held.map(({ subscriptionId }) => subscriptionId)];
  const refunds = await db
    .select()
    .from(reversals)
    .where(or(inArray(reversals.customerId, customerIds), inArray(reversals.subscriptionId, subscriptionIds)))
    .orderBy(asc(reversals.reversalId));
  const whole = {
    exportedAt: now,
    account,
    customers: ownCustomers,
    subscriptions: held,
    grants: await db
      .select(pick(grants, 'plan', 'endsAt', 'reason', 'createdAt', 'revokedAt'))
      .from(grants)
      .where(eq(grants.userId, userId)),
    sessions: await db
      .select(pick(sessions, 'name', 'createdAt', 'expiresAt'))
      .from(sessions)
      .where(eq(sessions.userId, userId)),
    refunds: refunds.map(({ leaseUntil, fence, failures, rejections, dueAt, ...refund }) => refund),
  };
  yield JSON.stringify(whole, null, 2).slice(0, -2);
  const { deliveryId } = deliveries;
  yield* list('messages', 0, 'deliveryId', (after) =>
    db
      .select(pick(deliveries, 'deliveryId', 'kind', 'message', 'state', 'outcome', 'detail', 'createdAt', 'settledAt'))
      .from(deliveries)
      .where(and(eq(deliveries.userId, userId), gt(deliveryId, after)))
      .orderBy(asc(deliveryId))
      .limit(PAGE),
  );
  // A dispute names no customer.
  const eventIds = ['', ...refunds.map(({ eventId }) => eventId)];
  const isOwnEvent = or(inArray(stripeEvents.customerId, customerIds), inArray(stripeEvents.eventId, eventIds));
  yield* list('stripeEvents', '', 'eventId', (after) =>
    db
      .select()
      .from(stripeEvents)
      .where(and(isOwnEvent, gt(stripeEvents.eventId, after)))
      .orderBy(asc(stripeEvents.eventId))
      .limit(PAGE),
  );
  const { discordEventId } = discordEvents;
  yield* list('discordEvents', 0, 'discordEventId', (after) =>
    db
      .select(pick(discordEvents, 'discordEventId', 'type', 'metadata', 'receivedAt'))
      .from(discordEvents)
      .where(and(eq(discordEvents.discordId, discordId), gt(discordEventId, after)))
      .orderBy(asc(discordEventId))
      .limit(PAGE),
  );
  yield '\n}\n';
}

/** These columns of a table. */
const pick = <Table extends PgTable, Name extends keyof Table>(table: Table, ...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, table[name]])) as Pick<Table, Name>;

/**
 * A further member of the object: an array, a page at a time.
 * @param first before every id.
 * @param read the page of the rows after this id.
 */
async function* list<Name extends string, Id>(
  member: string,
  first: Id,
  idName: Name,
  read: (after: Id) => PromiseLike<readonly Readonly<Record<Name, Id>>[]>,
): AsyncGenerator<string, void, undefined> {
  yield `,\n  ${JSON.stringify(member)}: [`;
  let separator = '\n';
  let after = first;
  for (let isLast = false; !isLast; ) {
    const page = await read(after);
    for (const row of page) {
      yield `${separator}    ${JSON.stringify(row)}`;
      separator = ',\n';
      after = row[idName];
    }
    isLast = page.length < PAGE;
  }
  yield '\n  ]';
}
