import { Hono } from 'hono';
import { html } from 'hono/html';
import type Stripe from 'stripe';
import { cancelNow, ended, scheduleEnd } from '../billing/cancel.ts';
import { changeItems } from '../billing/change.ts';
import { settle } from '../billing/pay.ts';
import { currentPeriod } from '../billing/period.ts';
import type { Ledger } from '../ledger.ts';
import { date, money, page } from './layout.ts';

const button = (action: string, label: string, subscription: string) =>
  html`<form method="post">
    <input type="hidden" name="subscription" value="${subscription}">
    <button name="action" value="${action}">${label}</button>
  </form>`;

const priceName = (ledger: Ledger, price: Stripe.Price): string =>
  `${ledger.products.get(String(price.product))?.name ?? price.id}, ${money(price.unit_amount)} per ${price.recurring?.interval ?? 'month'}`;

function section(ledger: Ledger, subscription: Stripe.Subscription) {
  const current = subscription.items.data[0]?.price;
  const options = ledger.prices
    .filter(({ active }) => active)
    .map(
      (price) =>
        html`<option value="${price.id}" ${price.id === current?.id ? 'selected' : ''}>${priceName(ledger, price)}</option>`,
    );
  const end = subscription.cancel_at ?? currentPeriod(subscription).end;
  return html`<section aria-label="Subscription">
    <h2>${current ? priceName(ledger, current) : subscription.id}</h2>
    <p>Status: ${subscription.status}. ${subscription.cancel_at === null ? 'Renews' : 'Ends'} on ${date(end)}.</p>
    <form method="post">
      <input type="hidden" name="subscription" value="${subscription.id}">
      <label>Plan <select name="price">${options}</select></label>
      <button class="primary" name="action" value="switch">Switch plan</button>
    </form>
    ${
      subscription.cancel_at === null
        ? button('cancel-at-period-end', 'Cancel at the end of the period', subscription.id)
        : button('keep', "Don't cancel", subscription.id)
    }
    ${button('cancel-now', 'Cancel now', subscription.id)}
  </section>`;
}

function portal(ledger: Ledger, session: Stripe.BillingPortal.Session) {
  const customer = ledger.customers.get(session.customer);
  const live = ledger.subscriptions.filter((entry) => entry.customer === session.customer && !ended(entry));
  const card = ledger.declining.has(session.customer) ? 'The card on file is declined.' : 'The card on file works.';
  return page(
    'Your subscription',
    html`
      <p>${customer?.email ?? session.customer}</p>
      ${live.length === 0 ? html`<p>You have no subscription.</p>` : live.map((entry) => section(ledger, entry))}
      <section aria-label="Payment method">
        <h2>Payment method</h2>
        <p>${card}</p>
        ${button('new-card', 'Use a new card that works', '')} ${button('bad-card', 'Use a card that is declined', '')}
      </section>
      ${session.return_url ? html`<p><a href="${session.return_url}">Back to the site</a></p>` : ''}
    `,
  );
}

function act(ledger: Ledger, customer: string, form: Record<string, unknown>): void {
  const { action } = form;
  if (action === 'bad-card') ledger.declining.add(customer);
  const own = ledger.subscriptions.filter((entry) => entry.customer === customer && !ended(entry));
  if (action === 'new-card') {
    ledger.declining.delete(customer);
    for (const subscription of own) settle(ledger, subscription);
  }
  const subscription = own.find(({ id }) => id === form.subscription);
  if (!subscription) return;
  if (action === 'cancel-now') {
    cancelNow(ledger, subscription);
    return;
  }
  ledger.update('customer.subscription.updated', subscription, () => {
    if (action === 'cancel-at-period-end') scheduleEnd(ledger, subscription, 'period_end');
    if (action === 'keep') scheduleEnd(ledger, subscription, null);
    const price = ledger.prices.get(String(form.price));
    if (action === 'switch' && price) {
      const changes = [{ id: subscription.items.data[0]?.id, price }];
      changeItems(ledger, subscription, { changes, proration: 'always_invoice', behavior: 'allow_incomplete' });
    }
  });
}

/** The page a portal session's `url` points to. */
export function portalPages(ledgers: () => Ledger[]): Hono {
  const app = new Hono();
  const find = (id: string) => {
    const ledger = ledgers().find(({ portalSessions }) => portalSessions.get(id));
    const session = ledger?.portalSessions.get(id);
    return ledger && session ? { ledger, session } : undefined;
  };
  const unknown = page('Your subscription', html`<p role="alert">This link is no longer valid.</p>`);
  app.get('/:session', (c) => {
    const found = find(c.req.param('session'));
    return found ? c.html(portal(found.ledger, found.session)) : c.html(unknown, 404);
  });
  app.post('/:session', async (c) => {
    const found = find(c.req.param('session'));
    if (!found) return c.html(unknown, 404);
    act(found.ledger, found.session.customer, await c.req.parseBody());
    return c.redirect(c.req.path, 303);
  });
  return app;
}
