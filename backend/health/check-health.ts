import type { components } from '@moddy/generated/backend-internal/types';
import { withDeadline } from '@moddy/runtime/deadline';
import type { Skew } from '@moddy/runtime/skew';
import type { WebhookOutcomes } from '../billing/webhook.ts';
import type { Database, Queryable } from '../database/database.ts';
import { and, count, eq, ne, sql } from '../database/drizzle.ts';
import type { PoolState } from '../database/pool.ts';
import { customers, deliveries, jobs, reversals } from '../database/schema.ts';
import { hasCode } from '../database/unavailable.ts';
import type { Deliverer } from '../outbox/deliverer.ts';
import type { Plans } from '../plans.ts';
import {
  COUNT_LIMIT,
  countUpTo,
  isFailing,
  isLate,
  isParked,
  isStuck,
  MISCONFIGURED,
  unconfirmedRoles,
} from './stuck.ts';

type Check = components['schemas']['HealthCheck'];

/** A database that takes longer to answer is not well. */
const DATABASE_TIMEOUT_MS = 2_000;
/** A caller gives up after five seconds; a transaction is ended by its limits. */
const STUCK = { poolMs: 10_000, transactionMs: 60_000 } as const;

/** The unhealthy checks, each with its cause; never throws, and answers within the time of one query. */
export async function checkHealth({
  database: { orm, pool },
  deliverer,
  plans,
  skew,
  webhooks,
}: {
  readonly database: Pick<Database, 'orm' | 'pool'>;
  readonly deliverer: Deliverer;
  readonly plans: Plans;
  readonly skew: Pick<Skew, 'check'>;
  readonly webhooks: Pick<WebhookOutcomes, 'refused' | 'acceptedAt'>;
}): Promise<Check[]> {
  // Before our own question waits for a connection, too.
  const stuck = stuckPool(pool());
  const database = await withDeadline(DATABASE_TIMEOUT_MS, () => parkedCounts(orm)).catch(() => null);
  const differs = skew.check();
  return [
    check('database', stuck ?? (database === null ? 'no answer' : database.notWritable)),
    check('bot', deliverer.breaker.opened && `${deliverer.breaker.opened.cause}: ${deliverer.breaker.opened.detail}`),
    check('deliveries', deliverer.paused !== 'none' && `paused by DELIVERIES_PAUSED=${deliverer.paused}`),
    ...(differs ? [differs] : []),
    check('webhook', refusedWebhooks(webhooks)),
    check('plans', plans.isEmpty && 'PLAN_PRICES is empty: every customer is parked'),
    ...(database
      ? [
          check(
            'customers',
            database.customers.length > 0 &&
              database.customers.map(({ reason, count }) => `${count} parked: ${reason}`).join(', '),
          ),
          check(
            'syncs',
            database.failing > 0 && `${database.failing} customers cannot be synced with Stripe; see make parked`,
          ),
          check('parked', database.deliveries > 0 && `deliveries parked: ${database.deliveries}; see make parked`),
          check('roles', database.roles),
          check(
            'refunds',
            database.reversals > 0 &&
              `${database.reversals} refunds or disputes could not be followed; see make parked`,
          ),
          check(
            'jobs',
            database.jobs.length > 0 &&
              database.jobs
                .map(({ name, outcome, late }) => `${name}: ${late ? 'does not finish; see the log' : outcome}`)
                .join(', '),
          ),
        ]
      : []),
  ];
}

/** A few rejected requests may be anybody's: the webhook is public. */
const REFUSED_IN_A_ROW = 3;

function refusedWebhooks({ refused, acceptedAt }: Pick<WebhookOutcomes, 'refused' | 'acceptedAt'>): string | undefined {
  if (refused === undefined || refused.count < REFUSED_IN_A_ROW) return undefined;
  const accepted =
    acceptedAt === undefined ? 'none accepted since the start' : `last accepted ${acceptedAt.toISOString()}`;
  return `${refused.count} refused (${refused.reason}), ${accepted}: is STRIPE_WEBHOOK_SECRET the one of the endpoint?`;
}

/** Says why the database takes no writes, if it does not: a disk that is full answers every query. */
export async function writeProbe(db: Queryable): Promise<string | undefined> {
  try {
    await db
      .insert(jobs)
      .values({ name: 'probe', dueAt: sql`'infinity'` })
      .onConflictDoUpdate({ target: jobs.name, set: { finishedAt: sql`now()` } });
    return undefined;
  } catch (error) {
    if (hasCode(error, /^25006$/)) return 'read-only: a standby, or a failover';
    if (hasCode(error, /^53100$/)) return 'its disk is full: nothing can be stored';
    throw error;
  }
}

function misconfiguredRoles(rows: Awaited<ReturnType<typeof unconfirmedRoles>>): string | undefined {
  const found = rows.filter(({ reason }) => MISCONFIGURED.includes(reason));
  const [first] = found;
  const who = found.length === 1 ? '1 member does' : `${found.length} members do`;
  return first && `${who} not have their role: ${first.reason} (${first.detail}); see make parked`;
}

function stuckPool({ stuckMs, waiting, idle, total, oldestTransactionMs }: PoolState): string | undefined {
  const seconds = (ms: number) => `${Math.floor(ms / 1_000)} s`;
  if (stuckMs >= STUCK.poolMs)
    return `${waiting} callers have waited for a connection for ${seconds(stuckMs)}, ${total - idle} of ${total} in use`;
  if (oldestTransactionMs >= STUCK.transactionMs) return `a transaction is open for ${seconds(oldestTransactionMs)}`;
  return undefined;
}

function check(name: string, problem: string | false | undefined): Check {
  return problem ? { name, status: 'unhealthy', detail: problem } : { name, status: 'healthy' };
}

async function parkedCounts(db: Queryable) {
  const parked = db
    .select({ reason: customers.parkedReason })
    .from(customers)
    .where(isParked())
    .limit(COUNT_LIMIT)
    .as('parked');
  const [notWritable, roles, parkedCustomers, failing, parkedDeliveries, parkedRefunds, alerts] = await Promise.all([
    writeProbe(db),
    unconfirmedRoles(db).then(misconfiguredRoles),
    db.select({ reason: parked.reason, count: count() }).from(parked).groupBy(parked.reason),
    countUpTo(db, customers, isFailing()),
    countUpTo(db, deliveries, eq(deliveries.state, 'parked')),
    // A refund or dispute that only needs an operator's attention is not a fault of the service.
    countUpTo(db, reversals, and(eq(reversals.state, 'parked'), ne(reversals.outcome, 'needs_attention'))),
    db
      .select({ name: jobs.name, outcome: jobs.outcome, late: sql<boolean>`coalesce(${isLate()}, false)` })
      .from(jobs)
      .where(isStuck()),
  ]);
  return {
    notWritable,
    roles,
    customers: parkedCustomers,
    failing,
    deliveries: parkedDeliveries,
    reversals: parkedRefunds,
    jobs: alerts,
  };
}
