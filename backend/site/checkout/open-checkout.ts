import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { Language } from '../language/language.ts';
import type { Visitor } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';
import { isCustomerMissing } from '../stripe-faults.ts';
import { createCustomer } from './create-customer.ts';
import { customersOf } from './customers-of.ts';
import { isLiveAtStripe } from './live-subscription.ts';
import { requestKey } from './request-key.ts';

export interface Wish {
  readonly visitor: Visitor;
  readonly priceId: string;
  readonly language: Language;
  /** Of the page that was sent: sending it twice opens one Checkout. */
  readonly attempt: string;
}

type Deps = Pick<SiteDeps, 'db' | 'stripe' | 'livemode' | 'site' | 'log'>;

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
  const { stripe, site, log } = deps;
  const { visitor, priceId, language, attempt } = wish;
  if (await isLiveAtStripe(stripe, customerId)) return undefined;
  const metadata = { discord_id: visitor.discordId };
  const params: Stripe.Checkout.SessionCreateParams = {
    mode: 'subscription',
    customer: customerId,
    client_reference_id: visitor.discordId,
    line_items: [{ price: priceId, quantity: 1 }],
    // Stripe does not copy a session's metadata to its subscription.
    metadata,
    subscription_data: { metadata },
    success_url: `${site.url}/checkout/success`,
    cancel_url: `${site.url}/checkout/cancelled`,
    locale: language,
  };
  const create = (key: string) =>
    stripe.checkout.sessions.create(params, { idempotencyKey: requestKey('checkout', key, params) });
  let session = await create(attempt);
  const open = await stripe.checkout.sessions.list({ customer: customerId, status: 'open', limit: 20 });
  const others = open.data.filter(({ id }) => id !== session.id);
  if (others.length === open.data.length) {
    // Of a page that was sent before: Stripe repeats its answer of that time, the session has ended since.
    const { status } = await stripe.checkout.sessions.retrieve(session.id);
    if (status === 'complete' && (await isLiveAtStripe(stripe, customerId))) return undefined;
    if (status !== 'open') session = await create(randomUUID());
  }
  // One open Checkout per customer: two could both be paid.
  await Promise.all(others.map(({ id }) => stripe.checkout.sessions.expire(id))).catch((error: unknown) => {
    log.warn('an older checkout stays open', { customerId, error });
  });
  if (session.url === null) throw new Error('Stripe opened a checkout without an address');
  return session.url;
}
