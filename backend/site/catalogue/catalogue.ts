import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { fetchOffers, type Offer, type Price } from './fetch-offers.ts';

export interface Catalogue {
  /** What is for sale, from the lowest plan to the highest. @throws what the Stripe SDK throws, if it never answered. */
  offers(): Promise<readonly Offer[]>;
  find(priceId: string): Promise<{ readonly offer: Offer; readonly price: Price } | undefined>;
  /** Is this price configured? Asks nobody. */
  sells(priceId: string): boolean;
}

export interface CatalogueParts {
  readonly stripe: Stripe;
  readonly planPrices: ReadonlyMap<string, readonly string[]>;
  readonly log: Logger;
  readonly now: () => Date;
}

/** A price that is changed at Stripe shows here after this. */
const FRESH_MS = 60_000;
/** While Stripe does not answer, it is asked again only so often, and the last known prices stand. */
const RETRY_MS = 5_000;

/** Prices as Stripe has them, remembered briefly; any number of visitors cause one look. */
export function createCatalogue(parts: CatalogueParts): Catalogue {
  const { planPrices, log, now } = parts;
  let known: { readonly offers: readonly Offer[]; readonly untilMs: number } | undefined;
  let looking: Promise<readonly Offer[]> | undefined;
  const look = async (): Promise<readonly Offer[]> => {
    try {
      const offers = await fetchOffers(parts);
      known = { offers, untilMs: now().getTime() + FRESH_MS };
      return offers;
    } catch (error) {
      log.warn('the prices could not be fetched', { error });
      if (known === undefined) throw error;
      known = { offers: known.offers, untilMs: now().getTime() + RETRY_MS };
      return known.offers;
    } finally {
      looking = undefined;
    }
  };
  const offers = async () => {
    if (known !== undefined && now().getTime() < known.untilMs) return known.offers;
    looking ??= look();
    return looking;
  };
  const configured = new Set([...planPrices.values()].flat());
  return {
    offers,
    sells: (priceId) => configured.has(priceId),
    find: async (priceId) => {
      for (const offer of await offers()) {
        const price = offer.prices.find((each) => each.priceId === priceId);
        if (price !== undefined) return { offer, price };
      }
      return undefined;
    },
  };
}
