import { money, regionOf } from '@moddy/runtime/money';
import type { Price } from '../catalogue.ts';
import type { Texts } from '../language/en.ts';

export const priceText = (price: Price, { code, plans }: Texts): string =>
  `${money(price, code)} ${plans.per(price.interval, price.intervalCount)}`;

/** How many percent a yearly price saves against a monthly one of the same plan; undefined when it saves nothing. */
export function savedPercent(price: Price, prices: readonly Price[]): number | undefined {
  const isMonthly = (each: Price) => each.interval === 'month' && each.intervalCount === 1;
  const monthly = prices.find((each) => isMonthly(each) && each.currency === price.currency);
  if (monthly === undefined || monthly.amount === 0 || price.interval !== 'year') return undefined;
  const percent = Math.floor(100 * (1 - price.amount / (12 * price.intervalCount * monthly.amount)));
  return percent > 0 ? percent : undefined;
}

export const day = (date: Date, language: string): string =>
  new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(date);

export const moment = (date: Date, language: string): string =>
  `${new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(date)} UTC`;

/** Formats `moddy_max` as "Moddy Max", for pages that do not load the product's name from Stripe. */
export const planName = (plan: string): string =>
  plan
    .split(/[ _-]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
