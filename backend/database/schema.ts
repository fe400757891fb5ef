import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
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
    /** When the person asked to be forgotten; their Discord id goes when their roles have gone. Kept afterwards. */
    erasureRequestedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (users) => [
    index('users_unconfirmed').on(users.userId).where(sql`${users.confirmedRevision} < ${users.revision}`),
    index('users_erasure').on(users.userId).where(sql`${users.erasureRequestedAt} is not null`),
  ],
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
    /** An import brought them: their next state is stored and their roles are set, but nobody is told of it. */
    adopting: boolean().notNull().default(false),
    /** Why this customer changes nothing at the moment. */
    parkedReason: text(),
    parkedDetail: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (customers) => [
    index('customers_user').on(customers.userId),
    // In the order of claiming: an import may make everybody wait at once.
    index('customers_waiting')
      .on(customers.adopting, customers.retryAt.asc().nullsFirst(), customers.customerId)
      .where(sql`${customers.wanted} > ${customers.done}`),
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
    /** When Stripe last listed it. */
    seenAt: moment(),
  },
  (subscriptions) => [
    index('subscriptions_customer').on(subscriptions.customerId),
    index('subscriptions_live_seen')
      .on(subscriptions.seenAt)
      .where(sql`${subscriptions.status} not in ('canceled', 'incomplete_expired')`),
  ],
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
    /** When an operator took it out of the parked ones: its age counts from here. */
    redrivenAt: moment(),
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

/** Who is logged in to the site. The cookie holds a random token; here is only what recognises it. */
export const sessions = pgTable(
  'sessions',
  {
    /** HMAC-SHA-256 of the token under `SESSION_SECRET`: another secret ends every session. */
    tokenHash: text().primaryKey(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    /** What Discord calls the person, to greet them; forgotten with the session. */
    name: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (sessions) => [index('sessions_user').on(sessions.userId), index('sessions_expires').on(sessions.expiresAt)],
);

export const reversalKind = pgEnum('reversal_kind', [
  'refund',
  'partial_refund',
  'dispute',
  'dispute_won',
  'dispute_lost',
]);
export const reversalState = pgEnum('reversal_state', ['pending', 'done', 'parked']);

/** Money that went back: refunds and disputes, to be followed to the subscription that was paid with it. */
export const reversals = pgTable(
  'reversals',
  {
    reversalId: id(),
    eventId: text().notNull().unique(),
    kind: reversalKind().notNull(),
    state: reversalState().notNull().default('pending'),
    livemode: boolean().notNull(),
    chargeId: text().notNull(),
    paymentIntentId: text(),
    /** In the smallest unit of the currency. */
    amount: bigint({ mode: 'number' }).notNull(),
    currency: text().notNull(),
    customerId: text(),
    /** Found by way of payment intent and invoice. */
    subscriptionId: text(),
    leaseUntil: moment(),
    fence: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    dueAt: moment().notNull().defaultNow(),
    outcome: text(),
    detail: text(),
    createdAt: moment().notNull(),
    settledAt: moment(),
  },
  (reversals) => [
    index('reversals_due').on(reversals.dueAt).where(sql`${reversals.state} = 'pending'`),
    index('reversals_parked').on(reversals.reversalId).where(sql`${reversals.state} = 'parked'`),
    index('reversals_customer').on(reversals.customerId, reversals.reversalId),
    index('reversals_settled').on(reversals.settledAt).where(sql`${reversals.state} = 'done'`),
  ],
);

/** Regular work that one replica does at a time: whoever holds the lease; `fence` proves it. */
export const jobs = pgTable('jobs', {
  name: text().primaryKey(),
  dueAt: moment().notNull(),
  leaseUntil: moment(),
  fence: integer().notNull().default(0),
  /** How far it got; null between two runs. */
  state: jsonb().$type<unknown>(),
  startedAt: moment(),
  finishedAt: moment(),
  /** How the last run ended, in plain words. */
  outcome: text(),
  /** The last run wants an operator's attention. */
  alert: boolean().notNull().default(false),
});

/** What a comparison with the Stripe account found, until it is acted on. */
export const accountDifferences = pgTable(
  'account_differences',
  {
    job: text()
      .notNull()
      .references(() => jobs.name),
    customerId: text().notNull(),
    subscriptionId: text().notNull(),
    kind: text().$type<'unknown_customer' | 'unknown_subscription' | 'changed' | 'unlisted'>().notNull(),
    detail: text().notNull(),
    /** The subscription as Stripe has it; null when Stripe does not list it. */
    listed: jsonb().$type<ListedSubscription>(),
  },
  (differences) => [primaryKey({ columns: [differences.job, differences.customerId, differences.subscriptionId] })],
);

/** As much of a subscription as decides an entitlement; moments in ISO 8601. */
export interface ListedSubscription {
  readonly status: string;
  readonly priceId: string | null;
  readonly interval: string | null;
  readonly currentPeriodStart: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelAtPeriodEnd: boolean;
}
