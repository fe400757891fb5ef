import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { customers, stripeEvents } from '../database/schema.ts';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const MAX = 'price_moddy_max_month';

/** Each of the sandbox's events alone: nothing else may have been the reason for the sync. */
describe('a sync requested by one event type alone', () => {
  let system: TestBackend;
  let next = 300;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );
  const subscribed = () => {
    next += 1;
    const discordId = String(next);
    return { discordId, ...system.stripe.subscribe({ discordId, price: MAX }) };
  };
  const trial = () => {
    next += 1;
    return {
      discordId: String(next),
      ...system.stripe.subscribe({ discordId: String(next), price: MAX, trialDays: 7 }),
    };
  };
  type Subscribed = ReturnType<typeof subscribed>;
  const scenarios: readonly [string, () => Subscribed, (who: Subscribed) => unknown][] = [
    ['checkout.session.completed', subscribed, () => {}],
    [
      'customer.updated',
      subscribed,
      async ({ customer }) => {
        // Known from before: of a stranger this event is no reason.
        await system.backend.database.orm.insert(customers).values({ customerId: customer, livemode: false });
        const stripe = createStripe(system.stripe.apiKey, system.stripe.url);
        await stripe.customers.update(customer, { email: 'new@example.com' });
      },
    ],
    ['customer.subscription.created', subscribed, () => {}],
    ['invoice.paid', subscribed, () => {}],
    [
      'invoice.payment_action_required',
      subscribed,
      ({ customer }) => [system.stripe.setCard(customer, 'confirm'), system.stripe.renew(customer)],
    ],
    ['customer.subscription.updated', subscribed, ({ discordId }) => system.stripe.cancelAtPeriodEnd(discordId)],
    ['customer.subscription.deleted', subscribed, ({ discordId }) => system.stripe.cancelNow(discordId)],
    ['customer.subscription.paused', trial, ({ discordId }) => system.stripe.pause(discordId)],
    [
      'customer.subscription.resumed',
      trial,
      ({ discordId }) => [system.stripe.pause(discordId), system.stripe.resume(discordId)],
    ],
    [
      'customer.subscription.pending_update_applied',
      subscribed,
      async ({ subscription }) => {
        const stripe = createStripe(system.stripe.apiKey, system.stripe.url);
        const id = (await stripe.subscriptions.retrieve(subscription)).items.data[0]?.id ?? '';
        system.stripe.setCard(subscription, false);
        const items = [{ id, price: 'price_moddy_max_year' }];
        await stripe.subscriptions.update(subscription, { items, payment_behavior: 'pending_if_incomplete' });
        system.stripe.recoverPayment(subscription);
      },
    ],
    ['invoice.payment_failed', subscribed, ({ discordId }) => system.stripe.failPayment(discordId)],
  ];
  it.each(scenarios)('%s', async (type, begin, happen) => {
    const { stripe } = system;
    const [endpoint] = stripe.deliveries.endpoints;
    if (!endpoint) throw new Error('no endpoint');
    stripe.setWebhooks([{ ...endpoint, events: [type] }]);
    const who = begin();
    await happen(who);
    const rows = await eventually(
      () => system.backend.database.orm.select().from(customers).where(eq(customers.customerId, who.customer)),
      ([row]) => row !== undefined && row.done === row.wanted && row.done > 0,
    );
    expect(rows).toMatchObject([{ parkedReason: null }]);
    const stored = await system.backend.database.orm
      .select()
      .from(stripeEvents)
      .where(eq(stripeEvents.customerId, who.customer));
    expect(new Set(stored.map((row) => row.type))).toEqual(new Set([type]));
  });

  it('checkout.session.async_payment_succeeded, with the Discord id of the session', async () => {
    const { stripe } = system;
    const type = 'checkout.session.async_payment_succeeded';
    stripe.setWebhooks(stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, events: [type] })));
    const session = await createStripe(stripe.apiKey, stripe.url).checkout.sessions.create({
      mode: 'subscription',
      customer: 'cus_ABC123',
      client_reference_id: '399',
      line_items: [{ price: MAX, quantity: 1 }],
      success_url: 'https://example.com/thanks',
    });
    stripe.payCheckout(session.id, { delayed: true });
    stripe.settleCheckout(session.id, true);
    const rows = await eventually(
      () => system.backend.database.orm.select().from(customers).where(eq(customers.customerId, 'cus_ABC123')),
      ([row]) => row !== undefined && row.done === row.wanted && row.done > 0,
    );
    expect(rows).toMatchObject([{ parkedReason: null, discordIdHint: '399' }]);
  });
});
