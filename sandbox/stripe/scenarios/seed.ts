import { periodFrom } from '../billing/period.ts';
import type { Ledger } from '../ledger.ts';
import { customer } from '../objects/customer.ts';
import { type ProductWords, price, product } from '../objects/price.ts';
import { subscription } from '../objects/subscription.ts';

const catalogue = [
  { id: 'price_moddy_max_month', product: 'prod_moddy_max', interval: 'month', amount: 999 },
  { id: 'price_moddy_max_year', product: 'prod_moddy_max', interval: 'year', amount: 9990 },
  { id: 'price_moddy_pro_month', product: 'prod_moddy_pro', interval: 'month', amount: 499 },
] as const;

/** In a second language the metadata has the words, as the site reads them. */
const products: Record<string, ProductWords> = {
  prod_moddy_pro: {
    name: 'Moddy Pro',
    description: 'The smaller plan',
    features: ['The Pro role', '10 custom commands', 'Statistics for 30 days'],
    metadata: {
      description_fr: 'La petite formule',
      features_fr: 'Le rôle Pro | 10 commandes personnalisées | Statistiques sur 30 jours',
    },
  },
  prod_moddy_max: {
    name: 'Moddy Max',
    description: 'Everything Moddy can do',
    features: ['The Max role', 'Unlimited custom commands', 'Statistics without a limit', 'Support within a day'],
    metadata: {
      description_fr: 'Tout ce que Moddy sait faire',
      features_fr:
        'Le rôle Max | Commandes personnalisées illimitées | Statistiques sans limite | Assistance sous 24 heures',
    },
  },
};

/** The catalogue everywhere, and in test mode the customer of the project's document, who has no subscription yet. */
export function seed(ledger: Ledger, book: 'live' | 'other' | 'test'): void {
  for (const [id, words] of Object.entries(products)) ledger.products.add(product(ledger, id, words));
  // Another account sells other things: its price ids are not ours.
  for (const entry of catalogue) {
    ledger.prices.add(price(ledger, book === 'other' ? { ...entry, id: `${entry.id}_other` } : entry));
  }
  if (book !== 'test') return;
  ledger.customers.add(
    customer(ledger, {
      id: 'cus_ABC123',
      email: 'user@example.com',
      phone: '+33612345678',
      name: 'Document User',
      metadata: { discord_id: '123456789012345678' },
    }),
  );
}

export interface Bulk {
  count: number;
  price?: string;
  /** The first member's Discord id; the others count up from it. */
  firstDiscordId?: bigint;
}

/** Existing subscribers of an account that is adopted: no events, no invoices, as if they had been there for years. */
export function seedSubscribers(
  ledger: Ledger,
  bulk: Bulk,
): { discordId: string; customer: string; subscription: string }[] {
  const of = ledger.need(ledger.prices, bulk.price ?? 'price_moddy_max_month', 'price');
  const first = bulk.firstDiscordId ?? 200_000_000_000_000_000n;
  const period = periodFrom(ledger.clock.seconds(), of);
  return Array.from({ length: bulk.count }, (_, at) => {
    const discordId = String(first + BigInt(at));
    const metadata = { discord_id: discordId };
    const owner = ledger.customers.add(customer(ledger, { email: `member-${discordId}@example.com`, metadata }));
    const items = [{ price: of, quantity: 1 }];
    const created = subscription(ledger, { customer: owner.id, items, period, metadata, status: 'active' });
    ledger.subscriptions.add(created);
    return { discordId, customer: owner.id, subscription: created.id };
  });
}
