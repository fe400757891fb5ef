import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { secret, withReceiver } from './testing.ts';

type Setup = Awaited<ReturnType<typeof withReceiver>>;
let setup: Setup;
let sandbox: SandboxStripe;
let stripe: Stripe;

beforeAll(async () => {
  setup = await withReceiver();
  ({ sandbox, stripe } = setup);
});
afterAll(() => setup.close());
beforeEach(async () => {
  await sandbox.deliveries.idle();
  setup.inbox.received.length = 0;
});

/** The types the receiver got since the test began, each signature verified by the SDK. */
const types = async (): Promise<string[]> => {
  await sandbox.deliveries.idle();
  return setup.inbox.events(secret).map(({ type }) => type);
};

let members = 1_000;
const subscribed = (price = 'price_moddy_max_month') =>
  sandbox.subscribe({ discordId: String(members++), price }).subscription;

describe('a subscription', () => {
  it('starts from a session, which keeps its own metadata', async () => {
    const customer = await stripe.customers.create({ email: 'm@example.com', metadata: { discord_id: '77' } });
    const session = await stripe.checkout.sessions.create({
      mode: 'subscription',
      customer: customer.id,
      line_items: [{ price: 'price_moddy_max_year', quantity: 1 }],
      client_reference_id: '77',
      metadata: { from: 'session' },
      subscription_data: { metadata: { discord_id: '77' } },
      success_url: 'http://site.test/thanks?session={CHECKOUT_SESSION_ID}',
    });
    expect(session).toMatchObject({ status: 'open', subscription: null, metadata: { from: 'session' } });
    sandbox.payCheckout(session.id);
    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'line_items'] });
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      subscription: { metadata: { discord_id: '77' }, status: 'active' },
      line_items: { data: [{ price: { id: 'price_moddy_max_year' } }] },
    });
    expect((await types()).sort()).toEqual([
      'charge.succeeded',
      'checkout.session.completed',
      'customer.created',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
      'payment_intent.succeeded',
    ]);
  });

  it('changes price, with the previous price in the event', async () => {
    const id = subscribed('price_moddy_pro_month');
    const item = (await stripe.subscriptions.retrieve(id)).items.data[0]?.id ?? '';
    setup.inbox.received.length = 0;
    await stripe.subscriptions.update(
      id,
      { items: [{ id: item, price: 'price_moddy_max_month' }] },
      { idempotencyKey: 'up' },
    );
    await sandbox.deliveries.idle();
    const updated = setup.inbox.events(secret).find(({ type }) => type === 'customer.subscription.updated');
    expect(updated).toMatchObject({
      data: {
        object: { id, items: { data: [{ price: { id: 'price_moddy_max_month' } }] } },
        previous_attributes: { items: { data: [{ price: { id: 'price_moddy_pro_month' } }] } },
      },
      request: { id: expect.stringMatching(/^req_/), idempotency_key: 'up' },
      livemode: false,
    });
  });

  it('starts a new period and is billed at once when its interval changes', async () => {
    const id = subscribed();
    const before = await stripe.subscriptions.retrieve(id);
    const after = sandbox.changePrice(id, 'price_moddy_max_year');
    const days = (period?: Stripe.SubscriptionItem) =>
      ((period?.current_period_end ?? 0) - (period?.current_period_start ?? 0)) / 86_400;
    expect(days(before.items.data[0])).toBeLessThan(32);
    expect(days(after.items.data[0])).toBeGreaterThan(364);
    const [invoice] = (await stripe.invoices.list({ subscription: id })).data;
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid' });
  });

  it('is cancelled at period end, kept, then cancelled at once', async () => {
    const id = subscribed();
    const scheduled = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(scheduled).toMatchObject({
      cancel_at_period_end: true,
      cancel_at: scheduled.items.data[0]?.current_period_end,
    });
    expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject({
      cancel_at: null,
      canceled_at: null,
    });
    expect(await stripe.subscriptions.cancel(id)).toMatchObject({ status: 'canceled' });
    await expect(stripe.subscriptions.cancel(id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
    await expect(stripe.subscriptions.update(id, { cancel_at_period_end: true })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect((await types()).filter((type) => type.startsWith('customer.subscription')).sort()).toEqual([
      'customer.subscription.created',
      'customer.subscription.deleted',
      'customer.subscription.updated',
      'customer.subscription.updated',
    ]);
  });

  it('is paused and resumed, by pause_collection and by pause', async () => {
    const id = subscribed();
    const behavior = { behavior: 'void' } as const;
    expect(await stripe.subscriptions.update(id, { pause_collection: behavior })).toMatchObject({
      status: 'active',
      pause_collection: behavior,
    });
    expect(await stripe.subscriptions.update(id, { pause_collection: '' })).toMatchObject({ pause_collection: null });
    expect(sandbox.pause(id).status).toBe('paused');
    expect(await stripe.subscriptions.resume(id)).toMatchObject({ status: 'active' });
    expect(await types()).toEqual(
      expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']),
    );
  });

  it('ends when its customer is deleted', async () => {
    const { customer, subscription } = sandbox.subscribe({ discordId: '9', price: 'price_moddy_max_month' });
    await stripe.customers.del(customer);
    expect((await stripe.subscriptions.retrieve(subscription)).status).toBe('canceled');
    await expect(stripe.subscriptions.list({ customer })).resolves.toMatchObject({ data: [] });
  });
});
