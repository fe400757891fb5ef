import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { customers, deliveries, discordEvents, sessions, subscriptions, users } from '../../database/schema.ts';
import type { Visitor } from '../site-app.ts';

/** Rows that are in memory at a time: somebody may have written many thousand messages. */
const PAGE = 500;

/**
 * Everything the database holds about one person (GDPR, articles 15 and 20), and nothing about anybody else, as the
 * pieces of one JSON text.
 */
export async function* exportAccount(
  db: Queryable,
  { userId, discordId }: Visitor,
  now: Date,
): AsyncGenerator<string, void, undefined> {
  const [account] = await db.select().from(users).where(eq(users.userId, userId));
  const ownCustomers = await db.select().from(customers).where(eq(customers.userId, userId));
  const customerIds = ['', ...ownCustomers.map(({ customerId }) => customerId)];
  const whole = {
    exportedAt: now,
    account,
    customers: ownCustomers.map(({ customerId, livemode, createdAt }) => ({ customerId, livemode, createdAt })),
    subscriptions: await db.select().from(subscriptions).where(inArray(subscriptions.customerId, customerIds)),
    sessions: await db
      .select({ name: sessions.name, createdAt: sessions.createdAt, expiresAt: sessions.expiresAt })
      .from(sessions)
      .where(eq(sessions.userId, userId)),
  };
  yield JSON.stringify(whole, null, 2).slice(0, -2);
  yield* list('messages', messagesOf(db, userId));
  yield* list('discordEvents', eventsOf(db, discordId));
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

async function* messagesOf(db: Queryable, userId: number) {
  for (let after = 0; ; ) {
    const page = await db
      .select({
        deliveryId: deliveries.deliveryId,
        kind: deliveries.kind,
        message: deliveries.message,
        outcome: deliveries.outcome,
        createdAt: deliveries.createdAt,
        settledAt: deliveries.settledAt,
      })
      .from(deliveries)
      .where(and(eq(deliveries.userId, userId), gt(deliveries.deliveryId, after)))
      .orderBy(asc(deliveries.deliveryId))
      .limit(PAGE);
    yield page.map(({ deliveryId, ...delivery }) => delivery);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.deliveryId;
  }
}

async function* eventsOf(db: Queryable, discordId: string) {
  for (let after = 0; ; ) {
    const page = await db
      .select({
        discordEventId: discordEvents.discordEventId,
        type: discordEvents.type,
        metadata: discordEvents.metadata,
        receivedAt: discordEvents.receivedAt,
      })
      .from(discordEvents)
      .where(and(eq(discordEvents.discordId, discordId), gt(discordEvents.discordEventId, after)))
      .orderBy(asc(discordEvents.discordEventId))
      .limit(PAGE);
    yield page.map(({ discordEventId, ...event }) => event);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.discordEventId;
  }
}
