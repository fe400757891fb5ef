import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { liveSubscriptions } from '../../billing/live-subscriptions.ts';
import { discordIdIn, discordIdOfCheckout, isOurs, type ListedDeps, readListed } from '../../billing/ownership.ts';
import type { Queryable } from '../../database/database.ts';
import { and, eq, exists, isNull, sql } from '../../database/drizzle.ts';
import { customers, subscriptions, users } from '../../database/schema.ts';
import type { SiteDeps, Visitor } from '../context.ts';
import { isCustomerMissing, SiteFault } from '../faults.ts';
import type { Language } from '../language/language.ts';
import { createOnce } from './create-once.ts';
import { createCustomer, customersOf } from './customers.ts';

export interface Wish {
  readonly visitor: Visitor;
  readonly priceId: string;
  readonly language: Language;
  /** The id of the rendered form: sending the form twice opens one Checkout. */
  readonly attempt: string;
}

/** Stripe ends a Checkout after a day. */
const MOST_OPEN = 1_000;

type Deps = Pick<SiteDeps, 'db' | 'stripe' | 'livemode' | 'plans' | 'site' | 'log' | 'now'>;

/**
 * Opens a Checkout and answers its address; undefined when the customer turns out to have paid already. The
 * known customer is used again; one that this account and mode does not have is replaced by a new one.
 * @throws what the Stripe SDK and the database throw.
 */
export async function openCheckout(deps: Deps, wish: Wish): Promise<string | undefined> {
  const { db, livemode, log } = deps;
  const known = await customersOf(db, wish.visitor.userId, livemode);
  for (const customerId of known) {
    try {
      return await openFor(deps, wish, customerId);
    } catch (error) {
      if (!isCustomerMissing(error)) throw error;
      log.warn('a customer is not in this Stripe account and mode', { customerId });
    }
  }
  return openFor(deps, wish, await createCustomer(deps, wish.visitor, wish.language, known));
}

async function openFor(deps: Deps, wish: Wish, customerId: string): Promise<string | undefined> {
  const { db, stripe, site, log } = deps;
  const { visitor, priceId, language, attempt } = wish;
  // From Stripe: a new payment may not be in the database yet. Foreign subscriptions do not prevent a Checkout.
  const goesOn = async () => (await liveSubscriptions(deps, customerId)).some(({ owner }) => owner !== 'foreign');
  if (await goesOn()) return undefined;
  const { promotionCodes, automaticTax } = site.checkout;
  const trialDays = await trialDaysFor(deps, visitor);
  const metadata = { discord_id: visitor.discordId };
  const params: Stripe.Checkout.SessionCreateParams = {
    mode: 'subscription',
    customer: customerId,
    client_reference_id: visitor.discordId,
    line_items: [{ price: priceId, quantity: 1 }],
    // Stripe does not copy a session's metadata to its subscription.
    metadata,
    subscription_data: { metadata, ...(trialDays && { trial_period_days: trialDays }) },
    ...(promotionCodes && { allow_promotion_codes: true }),
    // The address that the tax depends on is stored with the customer.
    ...(automaticTax && { automatic_tax: { enabled: true }, customer_update: { address: 'auto' as const } }),
    success_url: `${site.url}/checkout/success`,
    cancel_url: `${site.url}/checkout/cancelled`,
    locale: language,
  };
  const create = (key: string) =>
    createOnce({
      of: ['checkout', key, params],
      create: (options) => stripe.checkout.sessions.create(params, options),
      // One that was made all the same is an older one below.
      find: () => Promise.resolve(undefined),
    });
  const listOpen = () => openCheckoutsOf(deps, customerId);
  const expire = ({ id }: { readonly id: string }) => stripe.checkout.sessions.expire(id);

  const { id } = await create(attempt);
  let open = await listOpen();
  if (!open.some((session) => session.id === id)) {
    // The form was sent before: Stripe repeated its old answer, and that session has ended since.
    const { status } = await stripe.checkout.sessions.retrieve(id);
    if (status === 'complete' && (await goesOn())) return undefined;
    await create(randomUUID());
    open = await listOpen();
  }
  // One open Checkout per customer: two could both be paid. Stripe lists the newest first, to every tab alike.
  const [newest, ...others] = open;
  const expired = await Promise.allSettled(others.map(expire));
  const left = expired.find((outcome) => outcome.status === 'rejected');
  if (left !== undefined) {
    log.warn('an older checkout stays open', { customerId, error: left.reason });
    if (newest !== undefined && (await goesOn())) {
      // That one was paid meanwhile.
      await expire(newest);
      return undefined;
    }
  }
  if (newest?.url == null) throw new Error('Stripe opened a checkout without an address');
  if (!(await isCurrent(db, visitor))) {
    await expire(newest);
    throw new SiteFault('session_expired');
  }
  return newest.url;
}

/** Our open Checkouts of a customer, the newest first: those that name a user or sell a price of ours. */
export async function openCheckoutsOf(deps: ListedDeps, customer: string): Promise<readonly Stripe.Checkout.Session[]> {
  const open = await deps.stripe.checkout.sessions
    .list({ customer, status: 'open', limit: 100, expand: ['data.line_items'] })
    .autoPagingToArray({ limit: MOST_OPEN });
  const soldBy = ({ line_items: lines }: Stripe.Checkout.Session) =>
    (lines?.data ?? []).flatMap(({ price }) => (price === null ? [] : [{ price }]));
  const listed = await readListed(deps, [{ items: { data: open.flatMap(soldBy) } }]);
  return open.filter(
    (session) => discordIdOfCheckout(session) !== null || soldBy(session).some(({ price }) => isOurs(price, listed)),
  );
}

/** Whether the user still has an account, and does not want it to be deleted: another tab may have asked for that. */
async function isCurrent(db: Queryable, { userId, discordId }: Visitor): Promise<boolean> {
  const stays = and(eq(users.userId, userId), eq(users.discordId, discordId), isNull(users.erasureRequestedAt));
  return (await db.$count(users, stays)) > 0;
}

/**
 * The free days of a user who has never had a subscription of ours, at any of their customers; undefined if there are none.
 * @throws what the Stripe SDK and the database throw.
 */
export async function trialDaysFor(
  { db, stripe, livemode, site }: Deps,
  { userId }: Visitor,
): Promise<number | undefined> {
  const { trialDays } = site.checkout;
  if (trialDays === undefined) return undefined;
  const known = db
    .select({ one: sql`1` })
    .from(customers)
    .where(and(eq(customers.customerId, subscriptions.customerId), eq(customers.userId, userId)));
  if ((await db.$count(subscriptions, exists(known))) > 0) return undefined;
  // Stripe knows of one whose event is still on its way.
  for (const customer of await customersOf(db, userId, livemode)) {
    const { data } = await stripe.subscriptions
      .list({ customer, status: 'all', limit: 100 })
      .catch((error: unknown) => {
        if (isCustomerMissing(error)) return { data: [] };
        throw error;
      });
    if (data.some(({ metadata }) => discordIdIn(metadata) !== null)) return undefined;
  }
  return trialDays;
}
