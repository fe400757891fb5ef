import { bigint, boolean, index, integer, pgEnum, pgTable, sql, text } from '../drizzle.ts';
import { id, moment } from './columns.ts';

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
    /** Of the failures, the last ones in a row that were rejections by Stripe. */
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
