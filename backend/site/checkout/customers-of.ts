import type { Queryable } from '../../database/database.ts';
import { and, desc, eq, sql } from '../../database/drizzle.ts';
import { customers, subscriptions, users } from '../../database/schema.ts';

/** A user's Stripe customers in the mode of our key: first the one their subscription belongs to, then the newest. */
export async function customersOf(db: Queryable, userId: number, livemode: boolean): Promise<readonly string[]> {
  const rows = await db
    .select({ customerId: customers.customerId })
    .from(customers)
    .innerJoin(users, eq(users.userId, customers.userId))
    .leftJoin(subscriptions, eq(subscriptions.subscriptionId, users.subscriptionId))
    .where(and(eq(customers.userId, userId), eq(customers.livemode, livemode)))
    .orderBy(sql`(${subscriptions.customerId} = ${customers.customerId}) desc nulls last`, desc(customers.createdAt));
  return rows.map(({ customerId }) => customerId);
}
