import { customersOf } from '../checkout/customers-of.ts';
import type { SiteDeps } from '../site-deps.ts';
import { isMissing, isStripeError } from '../stripe-faults.ts';
import { liveSubscriptions } from './end-at-stripe.ts';

/**
 * The names of what a user pays for in the same Stripe account that is not ours: a deletion leaves it alone.
 * @returns undefined when Stripe does not answer, or it is not known whose something is.
 */
export async function foreignProducts(
  deps: Pick<SiteDeps, 'db' | 'stripe' | 'livemode' | 'plans' | 'log'>,
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
      for (const { subscription } of live.filter(({ owner }) => owner === 'foreign')) {
        for (const { price } of subscription.items.data) {
          productIds.add(typeof price.product === 'string' ? price.product : price.product.id);
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
