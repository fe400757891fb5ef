import { eq, isNull } from 'drizzle-orm';
import type Stripe from 'stripe';
import { customers, users } from '../../database/schema.ts';
import type { Language } from '../language/language.ts';
import type { Visitor } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { requestKey } from './request-key.ts';

/**
 * Makes the Stripe customer of a user and links it, before any payment: what is paid later needs no guessing whose it is.
 * @param known customers the user has already, none of them usable: a repeated request makes one more, not two.
 */
export async function createCustomer(
  { db, stripe }: Pick<SiteDeps, 'db' | 'stripe'>,
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
  const { id: customerId, livemode } = await stripe.customers.create(params, {
    idempotencyKey: requestKey('customer', userId, known, params),
  });
  await db
    .insert(customers)
    .values({ customerId, livemode, userId })
    .onConflictDoUpdate({ target: customers.customerId, set: { userId }, setWhere: isNull(customers.userId) });
  return customerId;
}
