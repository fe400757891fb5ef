import type { Metrics } from '@moddy/runtime/metrics';
import type Stripe from 'stripe';
import type { Database } from '../database/database.ts';
import { and, eq, lt, min } from '../database/drizzle.ts';
import { customers, deliveries, jobs, PRIORITY, reversalKind, reversals, users } from '../database/schema.ts';
import type { Deliverer } from '../outbox/deliverer.ts';
import { writeProbe } from './check-health.ts';
import {
  COUNT_LIMIT,
  countUpTo,
  isErasureOverdue,
  isFailing,
  isParked,
  isStuck,
  oldestWaitingSeconds,
  unconfirmedRoles,
} from './stuck.ts';

export interface MeasuredDeps {
  readonly database: Pick<Database, 'orm' | 'pool'>;
  readonly deliverer: Pick<Deliverer, 'breaker' | 'paused'>;
  readonly stripe: Stripe;
}

/** Adds the backend's metrics to `/metrics`. Each scrape queries the database for its part. */
export function measureBackend(metrics: Metrics, { database, deliverer, stripe }: MeasuredDeps): void {
  const db = database.orm;
  // First: the questions below take connections themselves.
  measurePool(metrics, database);
  metrics.gauge(
    'moddy_deliveries',
    `Deliveries that are not done, by state and kind; each counted up to ${COUNT_LIMIT}.`,
    () =>
      Promise.all(
        EVERY_STATE.map(async (labels) => {
          const { state, kind } = labels;
          const which = and(eq(deliveries.state, state), eq(deliveries.kind, kind));
          return { labels, value: await countUpTo(db, deliveries, which) };
        }),
      ),
    ['state', 'kind'],
  );
  metrics.gauge(
    'moddy_deliveries_oldest_pending_seconds',
    'Age of the oldest pending delivery of a payment or an event; 0 if none. Bulk deliveries are not counted.',
    async () => {
      const some = db
        .select({ createdAt: deliveries.createdAt })
        .from(deliveries)
        .where(and(eq(deliveries.state, 'pending'), eq(deliveries.priority, PRIORITY.live)))
        .limit(COUNT_LIMIT)
        .as('some');
      const [row] = await db.select({ oldest: min(some.createdAt) }).from(some);
      return row?.oldest ? Math.max(0, (Date.now() - row.oldest.getTime()) / 1_000) : 0;
    },
  );
  metrics.gauge('moddy_roles_unconfirmed', 'Users whose roles the bot has not confirmed yet.', () =>
    countUpTo(db, users, lt(users.confirmedRevision, users.revision)),
  );
  metrics.gauge(
    'moddy_roles_unconfirmed_by_reason',
    "The same users by the bot's last verdict; up to 1,000 of them.",
    async () => {
      const rows = await unconfirmedRoles(db);
      return [...Map.groupBy(rows, ({ reason }) => reason)].map(([reason, { length }]) => ({
        labels: { reason },
        value: length,
      }));
    },
    ['reason'],
  );
  metrics.gauge(
    'moddy_refunds_waiting',
    'Refunds and disputes that wait for an operator, by kind.',
    () =>
      Promise.all(
        reversalKind.enumValues.map(async (kind) => ({
          labels: { kind },
          value: await countUpTo(db, reversals, and(eq(reversals.state, 'parked'), eq(reversals.kind, kind))),
        })),
      ),
    ['kind'],
  );
  metrics.gauge('moddy_customers_parked', 'Customers that wait for an operator.', () =>
    countUpTo(db, customers, isParked()),
  );
  metrics.gauge(
    'moddy_syncs_oldest_waiting_seconds',
    'Age of the oldest sync of a customer that waits, imports aside; 0 if none.',
    () => oldestWaitingSeconds(db),
  );
  metrics.gauge('moddy_syncs_failing', 'Customers whose sync failed five times or more in a row.', () =>
    countUpTo(db, customers, isFailing()),
  );
  metrics.gauge('moddy_erasures_overdue', 'Deletions of accounts that take longer than 24 hours.', () =>
    countUpTo(db, users, isErasureOverdue()),
  );
  metrics.gauge('moddy_jobs_stuck', 'Scheduled jobs that wait for an operator, or have not finished in time.', () =>
    countUpTo(db, jobs, isStuck()),
  );
  metrics.gauge(
    'moddy_database_writable',
    '1 while the database takes writes, 0 while it is read-only or full; absent while it does not answer.',
    async () => ((await writeProbe(db)) === undefined ? 1 : 0),
  );
  metrics.gauge(
    'moddy_deliveries_paused',
    '1 for what DELIVERIES_PAUSED holds back.',
    () => [
      { labels: { kind: 'notify' }, value: deliverer.paused === 'none' ? 0 : 1 },
      { labels: { kind: 'roles' }, value: deliverer.paused === 'all' ? 1 : 0 },
    ],
    ['kind'],
  );
  metrics.gauge(
    'moddy_breaker_open',
    '1 while nothing is sent to the bot, by cause.',
    () =>
      (['unreachable', 'misconfigured'] as const).map((cause) => ({
        labels: { cause },
        value: deliverer.breaker.opened?.cause === cause ? 1 : 0,
      })),
    ['cause'],
  );
  countStripe(metrics, stripe);
}

function measurePool(metrics: Metrics, { pool }: Pick<Database, 'pool'>): void {
  metrics.gauge(
    'moddy_database_pool',
    'Connections to the database, in total and idle, and callers that wait for one.',
    () => {
      const { total, idle, waiting } = pool();
      return Object.entries({ total, idle, waiting }).map(([state, value]) => ({ labels: { state }, value }));
    },
    ['state'],
  );
  metrics.gauge(
    'moddy_database_pool_stuck_seconds',
    'How long no caller has been given a connection although some wait; 0 while none does.',
    () => pool().stuckMs / 1_000,
  );
  metrics.gauge(
    'moddy_database_oldest_transaction_seconds',
    'Age of the oldest open transaction; 0 if none.',
    () => pool().oldestTransactionMs / 1_000,
  );
  metrics.gauge(
    'moddy_database_deadlocks_retried',
    'Transactions of this process that were repeated after a deadlock.',
    () => pool().retriedDeadlocks,
  );
}

const EVERY_STATE = (['pending', 'parked', 'waiting'] as const).flatMap((state) =>
  (['notify', 'roles'] as const).map((kind) => ({ state, kind })),
);

/** The SDK reports requests, and of responses; the difference never got one. */
function countStripe(metrics: Metrics, stripe: Stripe): void {
  const requests = metrics.counter('moddy_stripe_requests_total', 'Requests sent to Stripe.');
  const responses = metrics.counter('moddy_stripe_responses_total', 'Answers of Stripe by outcome.', [
    { outcome: 'ok' },
    { outcome: 'throttled' },
    { outcome: 'refused' },
    { outcome: 'failed' },
  ]);
  stripe.on('request', () => requests.inc());
  stripe.on('response', ({ status }: Stripe.ResponseEvent) => responses.inc({ outcome: outcomeOf(status) }));
}

const outcomeOf = (status: number): string =>
  status < 300 ? 'ok' : status === 429 ? 'throttled' : status < 500 ? 'refused' : 'failed';
