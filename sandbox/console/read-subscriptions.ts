import type Stripe from 'stripe';
import { ended } from '../stripe/billing/cancel.ts';
import { currentPeriod } from '../stripe/billing/period.ts';
import type { Ledger } from '../stripe/ledger.ts';
import type { PriceView, SubscriptionView } from './snapshot.ts';

export interface Held {
  readonly price: string;
  readonly view: SubscriptionView;
}

const OVER: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);
export const isOver = ({ view }: Held): boolean => OVER.has(view.status);

const productName = (ledger: Ledger, price: Stripe.Price): string =>
  ledger.products.get(String(price.product))?.name ?? price.id;

/** From the cheapest plan to the dearest, by the month. */
export const readPrices = (ledger: Ledger): PriceView[] =>
  ledger.prices
    .values()
    .filter(({ active }) => active)
    .map((price) => ({
      price: price.id,
      plan: productName(ledger, price),
      interval: price.recurring?.interval ?? 'once',
      amount: price.unit_amount ?? 0,
    }))
    .toSorted((a, b) => monthly(a) - monthly(b));

export const monthly = ({ interval, amount }: Pick<PriceView, 'interval' | 'amount'>): number =>
  interval === 'year' ? amount / 12 : amount;

/** By Discord id: of several subscriptions the newest that has not ended, as at Stripe's the scenarios mean it. */
export function readSubscriptions(ledger: Ledger): Map<string, Held> {
  const found = new Map<string, Held>();
  const newest = ledger.subscriptions.newest();
  for (const subscription of [...newest.filter((each) => !ended(each)), ...newest.filter(ended)]) {
    const discordId = discordIdOf(ledger, String(subscription.customer)) ?? subscription.metadata.discord_id;
    const price = subscription.items.data[0]?.price;
    if (discordId === undefined || price === undefined || found.has(discordId)) continue;
    const end = ended(subscription)
      ? subscription.ended_at
      : (subscription.cancel_at ?? currentPeriod(subscription).end);
    found.set(discordId, {
      price: price.id,
      view: {
        plan: productName(ledger, price),
        status: subscription.status,
        interval: price.recurring?.interval ?? 'once',
        periodEnd: end === null ? null : new Date(end * 1000).toISOString(),
        ends: subscription.cancel_at !== null,
      },
    });
  }
  return found;
}

export const discordIdOf = (ledger: Ledger, customerId: string): string | undefined =>
  ledger.customers.get(customerId)?.metadata.discord_id;
