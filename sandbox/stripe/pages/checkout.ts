import { Hono } from 'hono';
import { html } from 'hono/html';
import type Stripe from 'stripe';
import { complete } from '../billing/checkout.ts';
import type { Ledger } from '../ledger.ts';
import { money, page } from './layout.ts';

const closed = 'This Checkout session is over.';

function checkout(ledger: Ledger, session: Stripe.Checkout.Session, problem = '') {
  const customer = ledger.customers.get(String(session.customer));
  const lines = (session.line_items?.data ?? []).map(
    ({ description, price, amount_total: amount }) =>
      html`<dt>${description ?? ''}</dt><dd>${money(amount)} per ${price?.recurring?.interval ?? 'month'}</dd>`,
  );
  const email = customer?.email ?? session.customer_email;
  return page(
    'Checkout',
    html`
      ${problem ? html`<p role="alert">${problem}</p>` : ''}
      <dl>${lines}<dt>Total due today</dt><dd>${money(session.amount_total)}</dd></dl>
      <form method="post" action="/c/pay/${session.id}">
        <label>E-mail <input type="email" name="email" autocomplete="email" required value="${email ?? ''}" ${email ? 'readonly' : ''}></label>
        <button class="primary" name="action" value="pay">Pay by card</button>
        <button name="action" value="sepa">Pay by SEPA debit (settled later)</button>
        <button name="action" value="decline">Pay with a card that is declined</button>
      </form>
      ${session.cancel_url ? html`<p><a href="${session.cancel_url}">Back</a></p>` : ''}
    `,
  );
}

/** The page a Checkout session's `url` points to. */
export function checkoutPages(ledgers: () => Ledger[]): Hono {
  const app = new Hono();
  const find = (id: string) => {
    const ledger = ledgers().find(({ checkoutSessions }) => checkoutSessions.get(id));
    const session = ledger?.checkoutSessions.get(id);
    return ledger && session ? { ledger, session } : undefined;
  };
  app.get('/:session', (c) => {
    const found = find(c.req.param('session'));
    if (found?.session.status !== 'open')
      return c.html(page('Checkout', html`<p role="alert">${closed}</p>`), found ? 410 : 404);
    return c.html(checkout(found.ledger, found.session));
  });
  app.post('/:session', async (c) => {
    const found = find(c.req.param('session'));
    if (found?.session.status !== 'open')
      return c.html(page('Checkout', html`<p role="alert">${closed}</p>`), found ? 410 : 404);
    const { ledger, session } = found;
    const { action, email } = await c.req.parseBody();
    if (action === 'decline') return c.html(checkout(ledger, session, 'Your card was declined.'), 402);
    if (!session.customer && !session.customer_email && typeof email !== 'string') {
      return c.html(checkout(ledger, session, 'Enter an e-mail address.'), 400);
    }
    complete(ledger, session, { delayed: action === 'sepa', ...(typeof email === 'string' ? { email } : {}) });
    return c.redirect((session.success_url ?? '/').replace('{CHECKOUT_SESSION_ID}', session.id), 303);
  });
  return app;
}
