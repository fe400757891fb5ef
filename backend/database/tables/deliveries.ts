import { bigint, index, integer, jsonb, pgEnum, pgTable, sql, text, uniqueIndex } from '../drizzle.ts';
import { id, moment } from './columns.ts';
import { users } from './users.ts';

export const deliveryKind = pgEnum('delivery_kind', ['notify', 'roles']);
/** `waiting`: a message to a user whom the bot shares no server with; sent when they join. */
export const deliveryState = pgEnum('delivery_state', ['pending', 'done', 'parked', 'waiting']);

/** Values of `priority`: a bulk delivery is sent only when no live one is due. */
export const PRIORITY = { live: 0, bulk: 10 } as const;
export type Priority = (typeof PRIORITY)[keyof typeof PRIORITY];

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
  /** Absent in older rows, as are the other optional ones. */
  readonly intervalCount?: number | null;
  /** With `payment_late`: the bank wants the customer to confirm the payment. */
  readonly actionRequired?: boolean;
  /** What will be charged, in the smallest unit of `currency`. */
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
    /** What counts against the budget. */
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
