import { complete, settings } from '../billing/checkout.ts';
import { subscribe as subscribeNow } from '../billing/subscribe.ts';
import type { Ledger } from '../ledger.ts';
import { checkoutSession } from '../objects/checkout-session.ts';
import { customer as newCustomer } from '../objects/customer.ts';

export interface SubscribeOptions {
  discordId: string;
  /** An existing customer; else one with this Discord id is looked for, else made. */
  customer?: string;
  email?: string;
  phone?: string;
  price: string;
  trialDays?: number;
  /** Through a Checkout session, as the website does it (the default), or straight through the API. */
  viaCheckout?: boolean;
  /** Leave out the metadata a website would set: a subscription nobody can be found for. */
  anonymous?: boolean;
}

export interface Subscribed {
  customer: string;
  session: string | null;
  subscription: string;
}

function owner(ledger: Ledger, options: SubscribeOptions) {
  const { discordId, email, phone } = options;
  if (options.customer) return ledger.need(ledger.customers, options.customer, 'customer');
  const known = ledger.customers.filter(({ metadata }) => !options.anonymous && metadata.discord_id === discordId)[0];
  if (known) return known;
  const metadata: Record<string, string> = options.anonymous ? {} : { discord_id: discordId };
  const created = newCustomer(ledger, { email: email ?? `${discordId}@example.com`, phone: phone ?? null, metadata });
  ledger.customers.add(created);
  ledger.emit('customer.created', created);
  return created;
}

/** Does what a website does for a member who buys: customer, session and subscription, each with the Discord id. */
export function subscribe(ledger: Ledger, origin: string, options: SubscribeOptions): Subscribed {
  const price = ledger.need(ledger.prices, options.price, 'price');
  const customer = owner(ledger, options);
  const metadata: Record<string, string> = options.anonymous ? {} : { discord_id: options.discordId };
  const items = [{ price, quantity: 1 }];
  const now = ledger.clock.seconds();
  if (options.viaCheckout === false) {
    const trialEnd = options.trialDays ? now + options.trialDays * 86_400 : undefined;
    const { id } = subscribeNow(ledger, { customer, items, metadata, trialEnd });
    return { customer: customer.id, session: null, subscription: id };
  }
  const session = checkoutSession(ledger, {
    origin,
    customer: customer.id,
    customerEmail: null,
    clientReferenceId: options.anonymous ? null : options.discordId,
    metadata,
    lineItems: items,
    successUrl: 'https://example.com/thanks',
    cancelUrl: 'https://example.com/plans',
    locale: null,
    expiresAt: now + 86_400,
  });
  settings.set(session, { metadata, trialDays: options.trialDays });
  ledger.checkoutSessions.add(session);
  const subscription = complete(ledger, session);
  return { customer: customer.id, session: session.id, subscription: subscription.id };
}
