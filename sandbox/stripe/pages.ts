import { Hono } from 'hono';
import type { Books } from './books.ts';
import { checkoutPages } from './pages/checkout.ts';
import { portalPages } from './pages/portal.ts';

/** Stripe's hosted pages: Checkout and the customer portal, plain forms without scripts. */
export function pages(books: Books): Hono {
  const app = new Hono();
  const ledgers = () => books.all.map(({ ledger }) => ledger);
  app.route('/c/pay', checkoutPages(ledgers));
  app.route('/p/session', portalPages(ledgers));
  return app;
}
