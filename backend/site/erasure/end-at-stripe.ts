import type Stripe from 'stripe';
import { endOurs } from '../../billing/end-ours.ts';
import { liveSubscriptions } from '../../billing/live-subscriptions.ts';
import { isOurs, type ListedDeps, productOf, readListed } from '../../billing/ownership.ts';
import { isMissing } from '../../stripe-client.ts';
import { customersOf } from '../checkout/customers.ts';
import { openCheckoutsOf } from '../checkout/open-checkout.ts';
import { isStripeError } from '../faults.ts';

/**
 * The names of foreign products that a user pays for in the same Stripe account: a deletion leaves them alone.
 * @returns undefined when Stripe does not answer, or the owner of a subscription is undecided.
 */
export async function foreignProducts(
  deps: ListedDeps & { readonly livemode: boolean },
  userId: number,
): Promise<readonly string[] | undefined> {
  const { db, stripe, livemode, log } = deps;
  const productIds = new Set<string>();
  try {
    for (const customerId of await customersOf(db, userId, livemode)) {
      const live = await liveSubscriptions(deps, customerId).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      if (live.some(({ owner }) => owner === 'undecided')) return undefined;
      for (const { subscription, own } of live) {
        for (const { price } of subscription.items.data.filter((item) => !own.includes(item))) {
          productIds.add(productOf(price));
        }
      }
    }
    const products = await Promise.all([...productIds].map((id) => stripe.products.retrieve(id)));
    return products.map(({ name }) => name);
  } catch (error) {
    if (!isStripeError(error)) throw error;
    log.warn('the other products of a user cannot be listed', { error });
    return undefined;
  }
}

/** The number of rounds in one attempt; each round lists the remaining objects at Stripe anew. */
const ROUNDS = 3;

/** An object of ours at a customer, and the call that ends it, or why there is none. */
interface Left {
  readonly what: string;
  readonly end: (() => Promise<unknown>) | string;
}

const UNDECIDED = 'nobody knows whose it is';

/**
 * Ends all that a customer has of ours at Stripe: open Checkouts, subscriptions, schedules, and the Discord id. Each step is
 * judged alone, and not by its answer, which may be lost or be a 404 of a repetition, but by what Stripe lists next.
 * @param step called before every request.
 * @returns what Stripe has not confirmed as ended, with the reason; empty when nothing of ours is left.
 * @throws what the Stripe SDK throws when it cannot be asked.
 */
export async function endAtStripe(
  deps: ListedDeps,
  customerId: string,
  step: () => Promise<void>,
): Promise<readonly string[]> {
  const reasons = new Map<string, string>();
  for (let round = 0; ; round += 1) {
    const left = await listLeft(deps, customerId, step);
    if (left.length === 0 || round === ROUNDS) {
      return left.map(
        ({ what, end }) => `${what}: ${typeof end === 'string' ? end : (reasons.get(what) ?? 'goes on')}`,
      );
    }
    for (const { what, end } of left) {
      if (typeof end === 'string') continue;
      await step();
      try {
        await end();
      } catch (error) {
        reasons.set(what, reasonOf(error));
        deps.log.warn('a step of a deletion failed', { customerId, detail: what, error });
      }
    }
  }
}

async function listLeft(deps: ListedDeps, customerId: string, step: () => Promise<void>): Promise<readonly Left[]> {
  const { stripe } = deps;
  await step();
  const customer = await stripe.customers.retrieve(customerId);
  // Its subscriptions ended with it.
  if (customer.deleted) return [];
  const left: Left[] = [];
  await step();
  for (const { id } of await openCheckoutsOf(deps, customerId))
    left.push({ what: id, end: () => stripe.checkout.sessions.expire(id) });
  await step();
  for (const { subscription, owner, own } of await liveSubscriptions(deps, customerId)) {
    const what = `${subscription.id} (${subscription.status})`;
    if (owner === 'undecided') left.push({ what, end: UNDECIDED });
    else if (owner !== 'foreign') left.push({ what, end: () => endOurs(stripe, subscription, own, 'account deleted') });
  }
  await step();
  left.push(...(await schedulesLeft(deps, customerId)));
  if (customer.metadata.discord_id !== undefined) {
    left.push({
      what: `discord_id of ${customerId}`,
      end: () => stripe.customers.update(customerId, { metadata: { discord_id: '' } }),
    });
  }
  return left;
}

/** Schedules with a phase of ours to come: they would begin a subscription, or bring our plan back into one. */
async function schedulesLeft(deps: ListedDeps, customer: string): Promise<readonly Left[]> {
  const { stripe } = deps;
  const left: Left[] = [];
  const all = stripe.subscriptionSchedules.list({ customer, limit: 100, expand: ['data.phases.items.price'] });
  for await (const { id, status, phases, current_phase: current } of all) {
    if (status !== 'not_started' && status !== 'active') continue;
    const coming = phases.filter((phase) => current === null || phase.start_date >= current.end_date);
    const data = coming.flatMap(({ items }) => items.flatMap(({ price }) => (isPrice(price) ? [{ price }] : [])));
    const listed = await readListed(deps, [{ items: { data } }]);
    const own = data.filter(({ price }) => isOurs(price, listed));
    const what = `${id} (${status})`;
    if (own.length === 0) {
      if (!listed.complete) left.push({ what, end: UNDECIDED });
    } else if (own.length === data.length && status === 'not_started') {
      left.push({ what, end: () => stripe.subscriptionSchedules.cancel(id) });
    } else left.push({ what, end: 'sells a foreign product beside ours: take ours out of it at Stripe' });
  }
  return left;
}

const isPrice = (price: string | Stripe.Price | Stripe.DeletedPrice): price is Stripe.Price =>
  typeof price === 'object' && !price.deleted;

/** Without Stripe's own words, which may name a customer. */
export function reasonOf(error: unknown): string {
  if (!isStripeError(error)) return error instanceof Error ? error.name : 'unknown';
  return `${error.type}${error.statusCode === undefined ? '' : ` ${error.statusCode}`}`;
}
