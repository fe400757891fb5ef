import type { Logger } from '@moddy/runtime/log';
import Stripe from 'stripe';
import type { Queryable } from '../database/database.ts';
import { inArray } from '../database/drizzle.ts';
import { listedPrices } from '../database/schema.ts';
import type { Plans } from '../plans.ts';

/** The listed prices, and the products that they belong to. */
export interface Listed {
  readonly plans: Plans;
  readonly products: ReadonlySet<string>;
  /** False while Stripe could not be asked for the product of some listed price. */
  readonly complete: boolean;
  /** Why Stripe could not be asked. */
  readonly error?: unknown;
}

/**
 * The owner of a subscription. `listed`: ours, and a listed price gives its plan. `unlisted`: ours, and only the plan that
 * was stored before is known. `undecided`: nothing is known yet. `item` is the one that the plan comes from.
 */
export type Ownership =
  | { readonly owner: 'listed'; readonly plan: string; readonly item: Stripe.SubscriptionItem }
  | {
      readonly owner: 'unlisted';
      readonly plan: string | null;
      readonly item: Stripe.SubscriptionItem | undefined;
    }
  | { readonly owner: 'foreign' }
  | { readonly owner: 'undecided' };

/** In the metadata of a subscription whose items of ours were removed: the foreign ones that are left make it foreign. */
export const LEFT_OVER = 'moddy_ended';

type Sold = { readonly price: Pick<Stripe.Price, 'id' | 'product'> };

/**
 * Whose subscription is it? The one place that decides it. Ours has a listed price, or a product of a listed price, or
 * our metadata `discord_id`, or was ever stored with a plan. Everything else is foreign: never stored, never touched.
 * @param storedPlan the plan that it is stored with; null if it is not.
 */
export function ownershipOf(
  { items, metadata }: Pick<Stripe.Subscription, 'items' | 'metadata'>,
  storedPlan: string | null,
  listed: Listed,
): Ownership {
  const { plans, complete } = listed;
  const ranked = items.data
    .flatMap((item) => {
      const plan = plans.planOf(item.price.id);
      return plan === null ? [] : [{ plan, item, rank: plans.worthOf(plan) }];
    })
    .toSorted((a, b) => b.rank - a.rank);
  const best = ranked[0];
  const unlisted = items.data.find(({ price }) => plans.planOf(price.id) === null && isOurs(price, listed));
  // A new price of ours beside a lower listed one: it may be worth the plan that is stored.
  const mayBeHigher = unlisted !== undefined && storedPlan !== null && plans.worthOf(storedPlan) > (best?.rank ?? 0);
  if (best !== undefined && !mayBeHigher) return { owner: 'listed', plan: best.plan, item: best.item };
  const isLeftOver = metadata[LEFT_OVER] !== undefined;
  if (unlisted !== undefined || (!isLeftOver && (storedPlan !== null || discordIdIn(metadata) !== null)))
    return { owner: 'unlisted', plan: storedPlan, item: unlisted ?? items.data[0] };
  return { owner: complete ? 'foreign' : 'undecided' };
}

/** The price is listed, or its product is that of a listed price. */
export const isOurs = (price: Sold['price'], { plans, products }: Pick<Listed, 'plans' | 'products'>): boolean =>
  plans.planOf(price.id) !== null || products.has(productOf(price));

/**
 * The items that are ours, of a subscription of ours: all of them, unless some are foreign beside ours.
 * @returns undefined while it is not known of which product one of several is.
 */
export function ownItems<Item extends Sold>(items: readonly Item[], listed: Listed): readonly Item[] | undefined {
  const own = items.filter(({ price }) => isOurs(price, listed));
  if (own.length === items.length || items.length === 1) return items;
  if (!listed.complete) return undefined;
  return own.length === 0 ? items : own;
}

/** The first usable Discord id in these metadata. */
export function discordIdIn(...metadata: readonly (Stripe.Metadata | null | undefined)[]): string | null {
  return metadata.map((entry) => entry?.discord_id).find((value) => value !== undefined && isDiscordId(value)) ?? null;
}

/** The Discord id that a Checkout names. A one-time payment is another shop's, and its reference may be an order number. */
export function discordIdOfCheckout({
  metadata,
  mode,
  client_reference_id: reference,
}: Pick<Stripe.Checkout.Session, 'metadata' | 'mode' | 'client_reference_id'>): string | null {
  if (mode !== 'subscription') return null;
  return discordIdIn(metadata) ?? (reference !== null && isDiscordId(reference) ? reference : null);
}

export const isDiscordId = (text: string): boolean => /^[0-9]{1,20}$/.test(text);

export interface ListedDeps {
  readonly db: Queryable;
  readonly stripe: Stripe;
  readonly plans: Plans;
  readonly log: Logger;
  /** Stores nothing. */
  readonly dry?: boolean;
}

/**
 * The listed prices with their products. Products are stored; Stripe is asked for a missing one when one of these
 * subscriptions has a price that is not listed.
 */
export async function readListed(
  { db, stripe, plans, log, dry = false }: ListedDeps,
  subscriptions: readonly { readonly items: { readonly data: readonly Sold[] } }[],
): Promise<Listed> {
  const needed = subscriptions.some(({ items }) => items.data.some(({ price }) => plans.planOf(price.id) === null));
  if (!needed) return { plans, products: new Set(), complete: true };
  if (plans.isEmpty) return { plans, products: new Set(), complete: false, error: new Error('PLAN_PRICES is empty') };
  const stored = await db
    .select()
    .from(listedPrices)
    .where(inArray(listedPrices.priceId, [...plans.priceIds]));
  const known = new Set(stored.map(({ priceId }) => priceId));
  const products = new Set(stored.map(({ productId }) => productId));
  for (const priceId of plans.priceIds.filter((id) => !known.has(id))) {
    let productId: string;
    try {
      productId = productOf(await stripe.prices.retrieve(priceId));
    } catch (error) {
      // A price that does not exist has no product, and the doctor names it.
      if (error instanceof Stripe.errors.StripeInvalidRequestError) continue;
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      log.warn('a listed price could not be read', { detail: priceId, error });
      return { plans, products, complete: false, error };
    }
    if (!dry) await db.insert(listedPrices).values({ priceId, productId }).onConflictDoNothing();
    products.add(productId);
  }
  return { plans, products, complete: true };
}

export const productOf = ({ product }: Pick<Stripe.Price, 'product'>): string =>
  typeof product === 'string' ? product : product.id;
