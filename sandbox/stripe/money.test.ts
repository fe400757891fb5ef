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

const types = async (): Promise<string[]> => {
  await sandbox.deliveries.idle();
  return setup.inbox.events(secret).map(({ type }) => type);
};

let members = 2_000;
const subscribed = (price = 'price_moddy_max_month') =>
  sandbox.subscribe({ discordId: String(members++), price }).subscription;

const day = 86_400_000;

describe('a payment', () => {
  it('fails, is retried and succeeds', async () => {
    const id = subscribed();
    expect(sandbox.failPayment(id).status).toBe('past_due');
    const latest = String((await stripe.subscriptions.retrieve(id)).latest_invoice);
    expect(await stripe.invoices.retrieve(latest)).toMatchObject({ status: 'open', attempt_count: 1 });
    sandbox.advance(3 * day);
    expect(await stripe.invoices.retrieve(latest)).toMatchObject({ status: 'open', attempt_count: 2 });
    expect(sandbox.recoverPayment(id).status).toBe('active');
    expect(await stripe.invoices.retrieve(latest)).toMatchObject({ status: 'paid' });
  });

  it('ends the subscription when every retry fails', async () => {
    const id = subscribed();
    sandbox.failPayment(id);
    sandbox.advance(16 * day);
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
    });
  });

  it('is refunded, and its payment intent leads to the invoice', async () => {
    const id = subscribed();
    const refunded = sandbox.refund(id);
    const intent = String(refunded.payment_intent);
    const payments = await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent } });
    const invoice = await stripe.invoices.retrieve(String(payments.data[0]?.invoice));
    expect(invoice.parent?.subscription_details?.subscription).toBe(id);
    expect(await stripe.charges.retrieve(String(refunded.charge))).toMatchObject({ refunded: true });
    await expect(stripe.refunds.create({ payment_intent: intent })).rejects.toMatchObject({
      code: 'charge_already_refunded',
    });
    expect(await types()).toContain('charge.refunded');
  });

  it('is disputed, and the dispute is lost', async () => {
    const id = subscribed();
    sandbox.dispute(id);
    expect(sandbox.closeDispute(id)).toMatchObject({ status: 'lost' });
    expect(await types()).toEqual(expect.arrayContaining(['charge.dispute.created', 'charge.dispute.closed']));
  });

  it('applies a pending update when it succeeds', async () => {
    const id = subscribed('price_moddy_pro_month');
    const item = (await stripe.subscriptions.retrieve(id)).items.data[0]?.id ?? '';
    sandbox.setCard(id, false);
    const items = [{ id: item, price: 'price_moddy_max_month' }];
    const pending = await stripe.subscriptions.update(id, { items, payment_behavior: 'pending_if_incomplete' });
    expect(pending.items.data[0]?.price.id).toBe('price_moddy_pro_month');
    expect(pending.pending_update?.subscription_items?.[0]?.price.id).toBe('price_moddy_max_month');
    expect(sandbox.recoverPayment(id).items.data[0]?.price.id).toBe('price_moddy_max_month');
    expect(await types()).toContain('customer.subscription.pending_update_applied');
  });
});
