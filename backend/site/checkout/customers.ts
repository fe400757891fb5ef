import type Stripe from 'stripe';
import type { Queryable } from '../../database/database.ts';
import { and, desc, eq, isNull, or, sql } from '../../database/drizzle.ts';
import { lockUser } from '../../database/lock-user.ts';
import { customers, subscriptions, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import type { SiteDeps, Visitor } from '../context.ts';
import type { Language } from '../language/language.ts';
import { createOnce } from './create-once.ts';

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

/** The customers of a user: the linked ones, and those that only an event has assigned to them so far. */
export const isCustomerOf = (userId: number) =>
  or(
    eq(customers.userId, userId),
    and(
      isNull(customers.userId),
      sql`${customers.discordIdHint} = (select discord_id from users where user_id = ${userId})`,
    ),
  );

const KEY_LIFE_SECONDS = 24 * 60 * 60;
const MOST_RECENT = 1_000;

/**
 * Creates the Stripe customer of a user and links it before any payment, so that the owner of a payment is always known.
 * @param known customers the user has already, none of them usable: a repeated request creates one more, not two.
 */
export async function createCustomer(
  { db, stripe, now }: Pick<SiteDeps, 'db' | 'stripe' | 'now'>,
  { userId, discordId }: Visitor,
  language: Language,
  known: readonly string[],
): Promise<string> {
  const [user] = await db.select({ email: users.email }).from(users).where(eq(users.userId, userId));
  const params: Stripe.CustomerCreateParams = {
    metadata: { discord_id: discordId },
    preferred_locales: [language],
    ...(user?.email ? { email: user.email } : {}),
  };
  const { id: customerId, livemode } = await createOnce<Stripe.Customer>({
    of: ['customer', userId, known, params],
    create: (options) => stripe.customers.create(params, options),
    // A list, unlike a search, already contains a customer that was just created.
    find: async () => {
      const sinceSeconds = Math.floor(now().getTime() / 1000) - KEY_LIFE_SECONDS;
      const recent = stripe.customers.list({ created: { gte: sinceSeconds }, limit: 100 });
      for (const made of await recent.autoPagingToArray({ limit: MOST_RECENT })) {
        if (made.metadata.discord_id === discordId && !known.includes(made.id)) return made;
      }
      return undefined;
    },
  });
  return transaction(db, async (tx) => {
    // Locked before the user, as in a sync. The hint finds one that is not used when the account is deleted.
    await tx.insert(customers).values({ customerId, livemode, discordIdHint: discordId }).onConflictDoNothing();
    await lockUser(tx, { userId });
    // Parameters that differ, as another language does, share no key: the first that is stored counts.
    const other = (await customersOf(tx, userId, livemode)).find((id) => !known.includes(id));
    if (other !== undefined) return other;
    await tx
      .update(customers)
      .set({ userId, discordIdHint: null })
      .where(and(eq(customers.customerId, customerId), isNull(customers.userId)));
    return customerId;
  });
}
