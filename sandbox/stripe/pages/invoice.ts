import { Hono } from 'hono';
import { html } from 'hono/html';
import { settle } from '../billing/pay.ts';
import type { Ledger } from '../ledger.ts';
import { subscriptionIdOf } from '../objects/invoice.ts';
import { money, page } from './layout.ts';

/** The page an invoice's `hosted_invoice_url` points to: an open one is paid with a new card. */
export function invoicePages(ledgers: () => Ledger[]): Hono {
  const app = new Hono();
  const find = (id: string) => {
    const ledger = ledgers().find(({ invoices }) => invoices.get(id));
    const invoice = ledger?.invoices.get(id);
    return ledger && invoice ? { ledger, invoice } : undefined;
  };
  const unknown = page('Invoice', html`<p role="alert">This link is no longer valid.</p>`);
  app.get('/:invoice', (c) => {
    const found = find(c.req.param('invoice'));
    if (!found) return c.html(unknown, 404);
    const { status, amount_remaining: amount, currency } = found.invoice;
    const pay = html`<form method="post"><button class="primary" name="action" value="pay">Pay with a new card</button></form>`;
    return c.html(page('Invoice', html`<p>${money(amount, currency)}, ${status}</p>${status === 'open' ? pay : ''}`));
  });
  app.post('/:invoice', (c) => {
    const found = find(c.req.param('invoice'));
    if (!found) return c.html(unknown, 404);
    const { ledger, invoice } = found;
    const subscription = ledger.subscriptions.get(subscriptionIdOf(invoice) ?? '');
    ledger.declining.delete(String(invoice.customer));
    if (subscription && invoice.status === 'open') settle(ledger, subscription);
    return c.redirect(c.req.path, 303);
  });
  return app;
}
