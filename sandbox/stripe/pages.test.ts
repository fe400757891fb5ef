import type Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { startStripe } from './start.ts';
import { sdk } from './testing.ts';

let sandbox: SandboxStripe;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await startStripe();
  stripe = sdk(sandbox);
});
afterEach(() => sandbox.close());

const session = (params: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: 'price_moddy_max_month', quantity: 1 }],
    success_url: 'http://site.test/thanks?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://site.test/plans',
    subscription_data: { metadata: { discord_id: '5' } },
    ...params,
  });
const post = (url: string | null, form: Record<string, string>) =>
  fetch(url ?? '', { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

describe('the Checkout page', () => {
  it('accepts the payment and redirects the customer', async () => {
    const { id, url } = await session();
    const shown = await (await fetch(url ?? '')).text();
    expect(shown).toContain('Moddy Max');
    expect(shown).toContain('href="http://site.test/plans"');
    const answer = await post(url, { action: 'pay', email: 'new@example.com' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`http://site.test/thanks?session=${id}`);
    const done = await stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] });
    expect(done).toMatchObject({ status: 'complete', customer_details: { email: 'new@example.com' } });
    expect(done.subscription).toMatchObject({ metadata: { discord_id: '5' }, status: 'active' });
    expect((await fetch(url ?? '')).status).toBe(410);
  });

  it('stays open after a declined card', async () => {
    const { id, url } = await session({ customer: 'cus_ABC123' });
    const answer = await post(url, { action: 'decline', email: 'user@example.com' });
    expect(answer.status).toBe(402);
    expect(await answer.text()).toContain('Your card was declined.');
    expect((await stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  });

  it.each([true, false])('completes unpaid by SEPA debit and settles later, paid: %s', async (paid) => {
    const { id, url } = await session({ customer: 'cus_ABC123' });
    await post(url, { action: 'sepa' });
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    sandbox.settleCheckout(id, paid);
    const type = paid ? 'checkout.session.async_payment_succeeded' : 'checkout.session.async_payment_failed';
    expect((await stripe.events.list({ type })).data).toHaveLength(1);
    const done = await stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] });
    expect(done).toMatchObject({ subscription: { status: paid ? 'active' : 'past_due' } });
  });

  it('404 for an unknown session', async () => {
    expect((await fetch(`${sandbox.url}/c/pay/cs_test_nothing`)).status).toBe(404);
  });
});

describe('the customer portal', () => {
  it('switches the plan, cancels at period end, keeps, changes the card and cancels at once', async () => {
    const { subscription } = sandbox.subscribe({
      discordId: '6',
      customer: 'cus_ABC123',
      price: 'price_moddy_pro_month',
    });
    const { url } = await stripe.billingPortal.sessions.create({
      customer: 'cus_ABC123',
      return_url: 'http://site.test/account',
    });
    const act = async (form: Record<string, string>) => {
      expect((await post(url, { subscription, ...form })).status).toBe(303);
      return stripe.subscriptions.retrieve(subscription);
    };
    expect(await (await fetch(url)).text()).toContain('href="http://site.test/account"');
    expect((await act({ action: 'switch', price: 'price_moddy_max_month' })).items.data[0]?.price.id).toBe(
      'price_moddy_max_month',
    );
    expect((await act({ action: 'cancel-at-period-end' })).cancel_at_period_end).toBe(true);
    expect(await (await fetch(url)).text()).toContain('Don&#39;t cancel');
    expect((await act({ action: 'keep' })).cancel_at_period_end).toBe(false);
    await act({ action: 'bad-card' });
    expect(sandbox.failPayment(subscription).status).toBe('past_due');
    expect((await act({ action: 'new-card' })).status).toBe('active');
    expect((await act({ action: 'cancel-now' })).status).toBe('canceled');
    expect(await (await fetch(url)).text()).toContain('You have no subscription.');
  });
});
