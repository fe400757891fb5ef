import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

const moment = () => timestamp({ withTimezone: true });
const id = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey();

/** One person, known by their Discord id. `plan` and what stands beside it is the entitlement the user was told of. */
export const users = pgTable(
  'users',
  {
    userId: id(),
    discordId: text().notNull().unique(),
    email: text(),
    locale: text(),
    plan: text().notNull().default('free'),
    /** The subscription the plan comes from, kept after it ended: the same one again is a resumption. */
    subscriptionId: text(),
    interval: text(),
    cancelsAtPeriodEnd: boolean().notNull().default(false),
    paymentLate: boolean().notNull().default(false),
    /** Grows with every change of the plan; the bot refuses older ones. */
    revision: integer().notNull().default(0),
    /** The revision for which the bot said that the roles are as asked. */
    confirmedRevision: integer().notNull().default(0),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (users) => [index('users_unconfirmed').on(users.userId).where(sql`${users.confirmedRevision} < ${users.revision}`)],
);

/** One Stripe customer and the state of its sync: `wanted` counts reasons to look again, `done` those looked at. */
export const customers = pgTable(
  'customers',
  {
    customerId: text().primaryKey(),
    userId: bigint({ mode: 'number' }).references(() => users.userId),
    /** What an event said of the Discord id before the first sync linked a user. */
    discordIdHint: text(),
    livemode: boolean().notNull(),
    wanted: integer().notNull().default(0),
    done: integer().notNull().default(0),
    leaseUntil: moment(),
    fence: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    retryAt: moment(),
    /** When time alone may change the entitlement: end of grace or of a period. */
    nextCheckAt: moment(),
    /** Why this customer changes nothing at the moment. */
    parkedReason: text(),
    parkedDetail: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (customers) => [
    index('customers_user').on(customers.userId),
    index('customers_waiting').on(customers.retryAt).where(sql`${customers.wanted} > ${customers.done}`),
    index('customers_next_check').on(customers.nextCheckAt).where(sql`${customers.nextCheckAt} is not null`),
    index('customers_parked').on(customers.customerId).where(sql`${customers.parkedReason} is not null`),
  ],
);

/** A subscription as Stripe described it at the last sync. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    subscriptionId: text().primaryKey(),
    customerId: text()
      .notNull()
      .references(() => customers.customerId),
    status: text().notNull(),
    priceId: text(),
    /** Of `PLAN_PRICES`; null for a price that is not in it. */
    plan: text(),
    interval: text(),
    currentPeriodStart: moment(),
    currentPeriodEnd: moment(),
    cancelAtPeriodEnd: boolean().notNull(),
    createdAt: moment().notNull(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (subscriptions) => [index('subscriptions_customer').on(subscriptions.customerId)],
);

/** Which events of Stripe were received: ids and types, no payload. */
export const stripeEvents = pgTable(
  'stripe_events',
  {
    eventId: text().primaryKey(),
    type: text().notNull(),
    customerId: text(),
    createdAt: moment().notNull(),
    receivedAt: moment().notNull().defaultNow(),
  },
  (events) => [
    index('stripe_events_customer').on(events.customerId, events.receivedAt),
    index('stripe_events_received').on(events.receivedAt),
  ],
);

export const deliveryKind = pgEnum('delivery_kind', ['notify', 'roles']);
export const deliveryState = pgEnum('delivery_state', ['pending', 'done', 'parked']);

/** What a `notify` delivery says; `roles` deliveries read the user's plan when they are sent. */
export interface Message {
  readonly action:
    | 'subscription_created'
    | 'subscription_updated'
    | 'subscription_cancelled'
    | 'plan_upgraded'
    | 'plan_downgraded';
  readonly plan: string;
  readonly customerId: string | null;
  readonly interval: string | null;
  readonly change:
    | 'cancellation_scheduled'
    | 'cancellation_withdrawn'
    | 'interval_changed'
    | 'payment_late'
    | 'payment_recovered'
    | 'resumed'
    | null;
  /** ISO 8601. */
  readonly effectiveAt: string | null;
}

/** The outbox: calls owed to the bot. A lane is one user's deliveries of one kind; only its oldest pending one is sent. */
export const deliveries = pgTable(
  'deliveries',
  {
    deliveryId: id(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    kind: deliveryKind().notNull(),
    state: deliveryState().notNull().default('pending'),
    /** 0 is sent first; bulk work has higher numbers. */
    priority: integer().notNull().default(0),
    message: jsonb().$type<Message>(),
    idempotencyKey: text().notNull().default(sql`gen_random_uuid()`),
    /** Counts every claim, and fences its settling. */
    attempts: integer().notNull().default(0),
    /** What counts against the budget. */
    failures: integer().notNull().default(0),
    /** Grows when the same is owed again while an attempt is under way; that attempt then does not settle it. */
    wanted: integer().notNull().default(1),
    leaseUntil: moment(),
    dueAt: moment().notNull().defaultNow(),
    /** The bot's words, or why it is parked. */
    outcome: text(),
    detail: text(),
    createdAt: moment().notNull().defaultNow(),
    settledAt: moment(),
  },
  (deliveries) => [
    index('deliveries_due').on(deliveries.priority, deliveries.dueAt).where(sql`${deliveries.state} = 'pending'`),
    index('deliveries_lane')
      .on(deliveries.userId, deliveries.kind, deliveries.deliveryId)
      .where(sql`${deliveries.state} = 'pending'`),
    index('deliveries_user').on(deliveries.userId, deliveries.deliveryId),
    index('deliveries_parked').on(deliveries.deliveryId).where(sql`${deliveries.state} = 'parked'`),
    index('deliveries_settled').on(deliveries.settledAt).where(sql`${deliveries.state} = 'done'`),
    uniqueIndex('deliveries_one_role')
      .on(deliveries.userId)
      .where(sql`${deliveries.kind} = 'roles' and ${deliveries.state} = 'pending'`),
  ],
);

/** What happened on Discord, as the bot reported it. */
export const discordEvents = pgTable(
  'discord_events',
  {
    discordEventId: id(),
    type: text().notNull(),
    discordId: text().notNull(),
    metadata: jsonb().$type<Record<string, unknown>>(),
    /** The bot's `Idempotency-Key`; null from callers that send none. */
    idempotencyKey: text().unique(),
    /** SHA-256 of the request, to tell a repetition from another request under the same key. */
    requestHash: text().notNull(),
    receivedAt: moment().notNull().defaultNow(),
  },
  (events) => [
    index('discord_events_member').on(events.discordId, events.discordEventId),
    index('discord_events_received').on(events.receivedAt),
  ],
);
