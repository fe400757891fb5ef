import type { Queryable } from '../database/database.ts';
import { asc, eq, or, sql } from '../database/drizzle.ts';
import { customers, deliveries, jobs, reversals, users } from '../database/schema.ts';
import { isFailing, isLate, isParked, MISCONFIGURED, unconfirmedRoles } from '../health/stuck.ts';

/** Most rows of each kind that are read; the rest is counted. */
const LIMIT = 500;

export type Parked = Awaited<ReturnType<typeof listParked>>;

/** Everything that waits for an operator. */
export async function listParked(db: Queryable) {
  const parkedCustomers = await db
    .select({ customer: customers, discordId: users.discordId })
    .from(customers)
    .leftJoin(users, eq(users.userId, customers.userId))
    .where(isParked())
    .orderBy(asc(customers.customerId))
    .limit(LIMIT);
  const parkedDeliveries = await db
    .select({ delivery: deliveries, discordId: users.discordId })
    .from(deliveries)
    .innerJoin(users, eq(users.userId, deliveries.userId))
    .where(eq(deliveries.state, 'parked'))
    .orderBy(asc(deliveries.deliveryId))
    .limit(LIMIT);
  const parkedRefunds = await db
    .select()
    .from(reversals)
    .where(eq(reversals.state, 'parked'))
    .orderBy(asc(reversals.reversalId))
    .limit(LIMIT);
  const roles = (await unconfirmedRoles(db)).filter(({ reason }) => MISCONFIGURED.includes(reason)).slice(0, LIMIT);
  const failing = await db.select().from(customers).where(isFailing()).orderBy(asc(customers.customerId)).limit(LIMIT);
  const alerts = await db
    .select({ job: jobs, late: sql<boolean>`coalesce(${isLate()}, false)` })
    .from(jobs)
    .where(or(eq(jobs.alert, true), isLate()))
    .orderBy(asc(jobs.name));
  const all =
    (await db.$count(customers, isParked())) +
    (await db.$count(customers, isFailing())) +
    (await db.$count(deliveries, eq(deliveries.state, 'parked'))) +
    (await db.$count(reversals, eq(reversals.state, 'parked')));
  return {
    customers: parkedCustomers,
    deliveries: parkedDeliveries,
    reversals: parkedRefunds,
    failing,
    roles,
    alerts,
    notShown: all - parkedCustomers.length - failing.length - parkedDeliveries.length - parkedRefunds.length,
  };
}
