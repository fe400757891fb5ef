import type { components } from '@moddy/generated/backend-internal/types';
import { withDeadline } from '@moddy/runtime/deadline';
import type { Skew } from '@moddy/runtime/skew';
import { and, count, eq, isNotNull, ne, or, sql } from 'drizzle-orm';
import { COUNT_LIMIT, countUpTo } from '../database/count-up-to.ts';
import type { Queryable } from '../database/database.ts';
import { customers, deliveries, jobs, reversals } from '../database/schema.ts';
import type { Deliverer } from '../outbox/deliverer.ts';
import type { Plans } from '../plans.ts';
import { isFailing, isLate } from './stuck.ts';

type Check = components['schemas']['HealthCheck'];

/** A database that takes longer to say anything is not well. */
const DATABASE_TIMEOUT_MS = 2_000;

/** What is not as it should be, with its cause; never throws, and answers within the time of one query. */
export async function checkHealth({
  db,
  deliverer,
  plans,
  skew,
}: {
  readonly db: Queryable;
  readonly deliverer: Deliverer;
  readonly plans: Plans;
  readonly skew: Pick<Skew, 'check'>;
}): Promise<Check[]> {
  const database = await withDeadline(DATABASE_TIMEOUT_MS, () => parkedCounts(db)).catch(() => null);
  const differs = skew.check();
  return [
    check('database', database === null && 'no answer'),
    check(
      'bot',
      deliverer.breaker.opening && `${deliverer.breaker.opening.cause}: ${deliverer.breaker.opening.detail}`,
    ),
    check('deliveries', deliverer.paused !== 'none' && `paused by DELIVERIES_PAUSED=${deliverer.paused}`),
    ...(differs ? [differs] : []),
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
          check('parked', database.deliveries > 0 && `${database.deliveries} deliveries parked; see make parked`),
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

function check(name: string, problem: string | false | undefined): Check {
  return problem ? { name, status: 'unhealthy', detail: problem } : { name, status: 'healthy' };
}

async function parkedCounts(db: Queryable) {
  const parked = db
    .select({ reason: customers.parkedReason })
    .from(customers)
    .where(isNotNull(customers.parkedReason))
    .limit(COUNT_LIMIT)
    .as('parked');
  const [parkedCustomers, failing, parkedDeliveries, parkedRefunds, alerts] = await Promise.all([
    db.select({ reason: parked.reason, count: count() }).from(parked).groupBy(parked.reason),
    countUpTo(db, customers, isFailing()),
    countUpTo(db, deliveries, eq(deliveries.state, 'parked')),
    // What only wants to be seen by somebody is no fault of the service.
    countUpTo(db, reversals, and(eq(reversals.state, 'parked'), ne(reversals.outcome, 'needs_attention'))),
    db
      .select({ name: jobs.name, outcome: jobs.outcome, late: sql<boolean>`coalesce(${isLate()}, false)` })
      .from(jobs)
      .where(or(eq(jobs.alert, true), isLate())),
  ]);
  return {
    customers: parkedCustomers,
    failing,
    deliveries: parkedDeliveries,
    reversals: parkedRefunds,
    jobs: alerts,
  };
}
