/* Every table. After a change: `npx drizzle-kit generate --name <what>` in backend/. */

import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  sql,
  text,
  timestamp,
  uniqueIndex,
} from './drizzle.ts';

/** A moment with its time zone. */
const moment = () => timestamp({ withTimezone: true });
/** A primary key that the database counts up. */
const id = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity().primaryKey();

/** One user, known by their Discord id. `plan` and the columns beside it hold the entitlement last sent to the user. */
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
    /** Billed every so many intervals; null until a version that knows it looks. */
    intervalCount: integer(),
    cancelsAtPeriodEnd: boolean().notNull().default(false),
    paymentLate: boolean().notNull().default(false),
    /** The charge that the last reminder was about. */
    remindedOf: moment(),
    /** Grows with every change of the plan; the bot ignores older ones. */
    revision: integer().notNull().default(0),
    /** The revision for which the bot said that the roles are as asked. */
    confirmedRevision: integer().notNull().default(0),
    /** When the user asked to be forgotten; their Discord id goes when their roles have gone. Kept afterwards. */
    erasureRequestedAt: moment(),
    createdAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (users) => [
    // As an operator asks: of any case.
    index('users_email').on(sql`lower(${users.email})`),
    index('users_unconfirmed').on(users.userId).where(sql`${users.confirmedRevision} < ${users.revision}`),
    index('users_erasure').on(users.userId).where(sql`${users.erasureRequestedAt} is not null`),
  ],
);

/** The sessions of the site. The cookie holds a random token; the table holds only its hash. */
export const sessions = pgTable(
  'sessions',
  {
    /** HMAC-SHA-256 of the token under `SESSION_SECRET`: another secret ends every session. */
    tokenHash: text().primaryKey(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    /** The user's name on Discord, to greet them; deleted with the session. */
    name: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (sessions) => [index('sessions_user').on(sessions.userId), index('sessions_expires').on(sessions.expiresAt)],
);

/** One Stripe customer and the state of its sync: `wanted` counts reasons to sync again, `done` those that were synced. */
export const customers = pgTable(
  'customers',
  {
    customerId: text().primaryKey(),
    userId: bigint({ mode: 'number' }).references(() => users.userId),
    /** The Discord id that an event named before the first sync linked a user. */
    discordIdHint: text(),
    livemode: boolean().notNull(),
    wanted: integer().notNull().default(0),
    done: integer().notNull().default(0),
    /** Since when the sync that waits is wanted; means nothing while none does. */
    wantedAt: moment(),
    leaseUntil: moment(),
    fence: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    /** The number of latest failures in a row that were rejections by Stripe. */
    rejections: integer().notNull().default(0),
    retryAt: moment(),
    /** When time alone may change the entitlement: end of grace or of a period. */
    nextCheckAt: moment(),
    /** An import brought them: their next state is stored and their roles are set, but nobody is notified. */
    adopting: boolean().notNull().default(false),
    /** Why this customer changes nothing at the moment. */
    parkedReason: text(),
    parkedDetail: text(),
    /** An operator has seen that it is parked for this reason: no longer listed, until the reason changes. */
    acknowledgedReason: text(),
    createdAt: moment().notNull().defaultNow(),
  },
  (customers) => [
    index('customers_user').on(customers.userId),
    index('customers_hint').on(customers.discordIdHint).where(sql`${customers.discordIdHint} is not null`),
    // In the order of claiming: an import may make everybody wait at once.
    index('customers_waiting')
      .on(customers.adopting, customers.retryAt.asc().nullsFirst(), customers.customerId)
      .where(sql`${customers.wanted} > ${customers.done}`),
    // For health and metrics. Customers of an import are left out: their wait is normal.
    index('customers_waiting_since')
      .on(customers.wantedAt)
      .where(sql`${customers.wanted} > ${customers.done} and not ${customers.adopting}`),
    index('customers_failing')
      .on(customers.customerId)
      .where(sql`${customers.wanted} > ${customers.done} and ${customers.failures} >= 5`),
    index('customers_next_check').on(customers.nextCheckAt).where(sql`${customers.nextCheckAt} is not null`),
    index('customers_parked').on(customers.customerId).where(sql`${customers.parkedReason} is not null`),
  ],
);

export type Customer = typeof customers.$inferSelect;

/** A subscription of ours as Stripe described it at the last sync; foreign ones are not stored. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    subscriptionId: text().primaryKey(),
    customerId: text()
      .notNull()
      .references(() => customers.customerId),
    status: text().notNull(),
    priceId: text(),
    /** A plan of `PLAN_PRICES`. An unlisted price keeps the plan that was stored before; null if there was none. */
    plan: text(),
    interval: text(),
    /** Billed every so many intervals; null of one that an older version stored. */
    intervalCount: integer(),
    /** The price of a period in the currency's smallest unit; null if a discount, a tax or metered usage changes it. */
    amount: bigint({ mode: 'number' }),
    currency: text(),
    /** The unpaid amount of its newest invoice while that is open. */
    amountDue: bigint({ mode: 'number' }),
    currentPeriodStart: moment(),
    currentPeriodEnd: moment(),
    cancelAtPeriodEnd: boolean().notNull(),
    /** Since when a payment is late: unlike the period it does not move while nothing is paid. */
    pastDueSince: moment(),
    /** Its plan and the end of its period when it was last active or trialing: a late payment keeps these. */
    paidPlan: text(),
    paidUntil: moment(),
    /** The bank wants the customer to confirm the late payment. */
    actionRequired: boolean().notNull().default(false),
    /** Stripe's `pause_collection`: the plan is kept and nothing is charged. */
    collectionPaused: boolean().notNull().default(false),
    collectionResumesAt: moment(),
    endedAt: moment(),
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

/** The product of each listed price, so that Stripe is asked for it once. */
export const listedPrices = pgTable('listed_prices', {
  priceId: text().primaryKey(),
  productId: text().notNull(),
});

export const deliveryKind = pgEnum('delivery_kind', ['notify', 'roles']);
/** `waiting`: a message to a user whom the bot shares no server with; sent when they join. */
export const deliveryState = pgEnum('delivery_state', ['pending', 'done', 'parked', 'waiting']);

/** Values of `priority`: a bulk delivery is sent only when no live one is due. */
export const PRIORITY = { live: 0, bulk: 10 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

/** The content of a `notify` delivery; a `roles` delivery reads the user's plan when it is sent. */
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
  /** Absent in older rows, as are the other optional ones. */
  readonly intervalCount?: number | null;
  /** With `payment_late`: the bank wants the customer to confirm the payment. */
  readonly actionRequired?: boolean;
  /** The next charge, in the smallest unit of `currency`. */
  readonly amount?: number | null;
  readonly currency?: string | null;
  readonly change:
    | 'cancellation_scheduled'
    | 'cancellation_withdrawn'
    | 'interval_changed'
    | 'payment_late'
    | 'payment_recovered'
    | 'resumed'
    | 'renewal_soon'
    | 'trial_ending'
    | 'granted'
    | 'grant_ended'
    | null;
  /** ISO 8601. */
  readonly effectiveAt: string | null;
  /**
   * The user's when the message was enqueued: an attempt that is made again must say the same. Absent in older rows.
   */
  readonly locale?: string | null;
}

/** The outbox: pending calls to the bot. A lane is one user's deliveries of one kind; only its oldest pending one is sent. */
export const deliveries = pgTable(
  'deliveries',
  {
    deliveryId: id(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    kind: deliveryKind().notNull(),
    state: deliveryState().notNull().default('pending'),
    /** One of `PRIORITY`: a claim looks for each of them. */
    priority: integer().notNull().default(0),
    message: jsonb().$type<Message>(),
    idempotencyKey: text().notNull().default(sql`gen_random_uuid()`),
    /** Counts every claim, and fences its settling. */
    attempts: integer().notNull().default(0),
    /** The number of attempts that count against the budget. */
    failures: integer().notNull().default(0),
    /** Grows when the same is enqueued again while an attempt is in flight; that attempt then does not settle it. */
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
    // Only replicas of the version before ask by it, while they are replaced: to be dropped one release later.
    index('deliveries_due').on(deliveries.priority, deliveries.dueAt).where(sql`${deliveries.state} = 'pending'`),
    // Pending in other words than the lanes' index: each of a claim's two questions then fits one index only, and cannot
    // take the other's while the statistics do not know yet that anything is pending.
    index('deliveries_ready')
      .on(deliveries.kind, deliveries.priority, deliveries.dueAt)
      .where(sql`${deliveries.settledAt} is null`),
    index('deliveries_lane')
      .on(deliveries.userId, deliveries.kind, deliveries.deliveryId)
      .where(sql`${deliveries.state} = 'pending'`),
    index('deliveries_user').on(deliveries.userId, deliveries.deliveryId),
    index('deliveries_parked').on(deliveries.deliveryId).where(sql`${deliveries.state} = 'parked'`),
    // Without naming the state: the migration that adds a value cannot use it.
    index('deliveries_waiting')
      .on(deliveries.userId, deliveries.deliveryId)
      .where(sql`${deliveries.state} not in ('pending', 'done', 'parked')`),
    index('deliveries_settled').on(deliveries.settledAt).where(sql`${deliveries.state} = 'done'`),
    uniqueIndex('deliveries_one_role')
      .on(deliveries.userId)
      .where(sql`${deliveries.kind} = 'roles' and ${deliveries.state} = 'pending'`),
  ],
);

export const reversalKind = pgEnum('reversal_kind', [
  'refund',
  'partial_refund',
  'dispute',
  'dispute_won',
  'dispute_lost',
  'refund_failed',
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
    /** The number of latest failures in a row that were rejections by Stripe. */
    rejections: integer().notNull().default(0),
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
    index('reversals_charge').on(reversals.chargeId),
    index('reversals_subscription').on(reversals.subscriptionId, reversals.reversalId),
    index('reversals_settled').on(reversals.settledAt).where(sql`${reversals.state} = 'done'`),
  ],
);

/** The events on Discord, as the bot reported them. */
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

/** A plan that an operator gave to a user: a second source of the entitlement, beside the subscriptions. */
export const grants = pgTable(
  'grants',
  {
    grantId: id(),
    userId: bigint({ mode: 'number' })
      .notNull()
      .references(() => users.userId),
    plan: text().notNull(),
    endsAt: moment().notNull(),
    /** The account name of the operator who gave it. */
    author: text().notNull(),
    reason: text().notNull(),
    createdAt: moment().notNull().defaultNow(),
    /** When an operator ended it before its end. */
    revokedAt: moment(),
    /** Null until its end was acted on. */
    endedAt: moment(),
  },
  (grants) => [
    index('grants_user').on(grants.userId),
    index('grants_open').on(grants.endsAt).where(sql`${grants.endedAt} is null`),
  ],
);

/** Regular work that one replica does at a time, the holder of the lease; `fence` proves it. */
export const jobs = pgTable('jobs', {
  name: text().primaryKey(),
  dueAt: moment().notNull(),
  leaseUntil: moment(),
  fence: integer().notNull().default(0),
  /** How far it got; null between two runs. */
  state: jsonb().$type<unknown>(),
  startedAt: moment(),
  finishedAt: moment(),
  /** The time by which it should have finished again; null for a job that runs only on request. */
  lateAt: moment(),
  /** How the last run ended, in plain words. */
  outcome: text(),
  /** The last run wants an operator's attention. */
  alert: boolean().notNull().default(false),
});

/** A cause that was posted to the operator's channel and is not over yet. */
export const announcements = pgTable('announcements', {
  cause: text().primaryKey(),
  detail: text().notNull(),
  firstSeenAt: moment().notNull().defaultNow(),
  /** When it was posted last. */
  postedAt: moment().notNull().defaultNow(),
});

/** The differences that a comparison with the Stripe account found, until they are synced. */
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
  /** Absent in older rows. */
  readonly plan?: string | null;
  readonly interval: string | null;
  /** Absent in older rows. */
  readonly intervalCount?: number | null;
  readonly currentPeriodStart: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelAtPeriodEnd: boolean;
}
