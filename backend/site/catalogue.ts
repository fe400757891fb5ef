import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { isMissing } from '../stripe-client.ts';
import type { Language } from './language/language.ts';

interface CatalogueDeps {
  readonly stripe: Stripe;
  readonly planPrices: ReadonlyMap<string, readonly string[]>;
  readonly log: Logger;
  readonly now: () => Date;
}

/** A price that is changed at Stripe shows here after this. */
const FRESH_MS = 60_000;
/** While Stripe does not answer, it is asked again only so often, and the last known prices stand. */
const RETRY_MS = 5_000;

/** Prices as Stripe has them, remembered briefly; any number of visitors cause one request. */
export function createCatalogue(deps: CatalogueDeps) {
  const { planPrices, log, now } = deps;
  let known: { readonly offers: readonly Offer[]; readonly untilMs: number } | undefined;
  let loading: Promise<readonly Offer[]> | undefined;
  const load = async (): Promise<readonly Offer[]> => {
    try {
      const offers = await fetchOffers(deps);
      known = { offers, untilMs: now().getTime() + FRESH_MS };
      return offers;
    } catch (error) {
      log.warn('the prices could not be fetched', { error });
      if (known === undefined) throw error;
      known = { offers: known.offers, untilMs: now().getTime() + RETRY_MS };
      return known.offers;
    } finally {
      loading = undefined;
    }
  };
  const offers = async () => {
    if (known !== undefined && now().getTime() < known.untilMs) return known.offers;
    loading ??= load();
    return loading;
  };
  const configured = new Set([...planPrices.values()].flat());
  return {
    /** The offers, from the lowest plan to the highest. @throws what the Stripe SDK throws, if it never answered. */
    offers,
    /** The next visitor has Stripe asked again. */
    forget: () => {
      if (known !== undefined) known = { offers: known.offers, untilMs: 0 };
    },
    /** Is this price configured? Asks nobody. */
    sells: (priceId: string) => configured.has(priceId),
    find: async (priceId: string) => {
      for (const offer of await offers()) {
        const price = offer.prices.find((each) => each.priceId === priceId);
        if (price !== undefined) return { offer, price };
      }
      return undefined;
    },
  };
}

export interface Price {
  readonly priceId: string;
  /** In the currency's smallest unit, as Stripe counts. */
  readonly amount: number;
  readonly currency: string;
  /** `day`, `week`, `month`, `year`, and whatever Stripe adds. */
  readonly interval: string;
  readonly intervalCount: number;
}

/** A plan with what it costs; its name and words are those of its product at Stripe. */
export interface Offer {
  readonly plan: string;
  readonly words: Readonly<Record<Language, OfferWords>>;
  readonly prices: readonly Price[];
}

export interface OfferWords {
  readonly name: string;
  readonly description: string | null;
  readonly features: readonly string[];
}

const TIMEOUT_MS = 5_000;

/** Asks Stripe for every configured price. One that is gone, archived itself or with its product, or not a plain recurring price is not for sale. */
export async function fetchOffers({ stripe, planPrices, log }: CatalogueDeps): Promise<readonly Offer[]> {
  const fetchPrice = async (priceId: string): Promise<Stripe.Price | undefined> => {
    try {
      return await stripe.prices.retrieve(priceId, { expand: ['product'] }, { timeout: TIMEOUT_MS });
    } catch (error) {
      if (!isMissing(error)) throw error;
      log.warn('a price of PLAN_PRICES does not exist at Stripe', { detail: priceId });
      return undefined;
    }
  };
  const offers = await Promise.all(
    [...planPrices].map(async ([plan, priceIds]) => {
      const fetched = await Promise.all(priceIds.map(fetchPrice));
      return offerOf(
        plan,
        fetched.filter((price) => price !== undefined),
      );
    }),
  );
  return offers.filter((offer) => offer !== undefined);
}

function offerOf(plan: string, fetched: readonly Stripe.Price[]): Offer | undefined {
  const prices = fetched.map(priceOf).filter((price) => price !== undefined);
  const product = fetched.map((price) => price.product).find(isOnSale);
  if (prices.length === 0 || product === undefined) return undefined;
  return { plan, words: { en: wordsIn('en', product), fr: wordsIn('fr', product) }, prices };
}

/**
 * The product's own words, or those that its metadata has for a language: `name_fr`, `description_fr`, and `features_fr`
 * with `|` between them.
 */
function wordsIn(
  language: Language,
  { name, description, marketing_features: features, metadata }: Stripe.Product,
): OfferWords {
  const translated = metadata[`features_${language}`]?.split('|').map((feature) => feature.trim());
  return {
    name: metadata[`name_${language}`] || name,
    description: metadata[`description_${language}`] || description,
    features: (translated ?? features.map((feature) => feature.name ?? '')).filter((feature) => feature !== ''),
  };
}

const isOnSale = (product: Stripe.Price['product']): product is Stripe.Product =>
  typeof product === 'object' && !product.deleted && product.active;

function priceOf(price: Stripe.Price): Price | undefined {
  const { id, active, product, unit_amount: amount, currency, recurring } = price;
  if (!active || !isOnSale(product) || amount === null || recurring === null) return undefined;
  // Checkout rejects a quantity of what is metered, and a package rounds it: the amount would be another.
  if (recurring.usage_type === 'metered' || price.transform_quantity !== null) return undefined;
  const { interval, interval_count: intervalCount } = recurring;
  return { priceId: id, amount, currency, interval, intervalCount };
}
