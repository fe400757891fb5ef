import Stripe from 'stripe';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { secret, withReceiver } from './testing.ts';

let setup: Awaited<ReturnType<typeof withReceiver>>;

beforeEach(async () => {
  setup = await withReceiver();
});
afterEach(() => setup.close());

const create = (email = 'w@example.com') => setup.stripe.customers.create({ email });
const arrived = () => setup.inbox.events(secret);

it('a webhook is signed and has the object as it was at the event', async () => {
  const { sandbox, stripe } = setup;
  sandbox.hold();
  const { id } = await create('before@example.com');
  await stripe.customers.update(id, { email: 'after@example.com' });
  await sandbox.release();
  await sandbox.deliveries.idle();
  expect(arrived()).toMatchObject([
    {
      type: 'customer.created',
      api_version: Stripe.API_VERSION,
      data: { object: { id, email: 'before@example.com' } },
    },
    { type: 'customer.updated', data: { object: { id, email: 'after@example.com' } } },
  ]);
  const [first] = arrived();
  expect((await stripe.events.retrieve(first?.id ?? '')).data.object).toMatchObject({ email: 'before@example.com' });
});

it('a delivery is retried until a 2xx', async () => {
  setup.inbox.answers.push(500, 503);
  await create();
  await setup.sandbox.deliveries.idle();
  const [delivery] = setup.sandbox.deliveries.records;
  expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 503, 200]);
  expect(delivery?.state).toBe('delivered');
  expect(new Set(arrived().map(({ id }) => id)).size).toBe(1);
});

it('a delivery fails after five attempts and is sent again by resend', async () => {
  setup.inbox.answers.push(...Array<number>(5).fill(400));
  await create();
  await setup.sandbox.deliveries.idle();
  const [delivery] = setup.sandbox.deliveries.records;
  expect(delivery?.state).toBe('failed');
  setup.sandbox.resend(delivery?.event.id ?? '');
  await setup.sandbox.deliveries.idle();
  expect(setup.sandbox.deliveries.records.at(-1)?.state).toBe('delivered');
});

it('events are delivered in reverse order, twice or not at all, as set', async () => {
  const { sandbox, inbox } = setup;
  const emails = ['1@example.com', '2@example.com', '3@example.com'];
  sandbox.hold();
  for (const email of emails) await create(email);
  await sandbox.release('reverse');
  const got = () => arrived().map(({ data }) => ('email' in data.object ? data.object.email : null));
  expect(got()).toEqual([...emails].reverse());

  inbox.received.length = 0;
  sandbox.deliveries.copies = 2;
  await create('twice@example.com');
  await sandbox.deliveries.idle();
  expect(got()).toEqual(['twice@example.com', 'twice@example.com']);

  inbox.received.length = 0;
  sandbox.deliveries.copies = 1;
  sandbox.deliveries.drop(1);
  await create('never@example.com');
  await create('next@example.com');
  await sandbox.deliveries.idle();
  expect(got()).toEqual(['next@example.com']);
});

it.each(['wrong', 'stale', 'absent'] as const)('the signature is %s when set', async (signing) => {
  setup.sandbox.deliveries.signing = signing;
  await create();
  await setup.sandbox.deliveries.idle();
  expect(arrived).toThrow(Stripe.errors.StripeSignatureVerificationError);
});

it('events of live mode and of another account are delivered too', async () => {
  setup.sandbox.live.subscribe({ discordId: '1', price: 'price_moddy_max_month' });
  setup.sandbox.other.subscribe({ discordId: '1', price: 'price_moddy_max_month_other' });
  await setup.sandbox.deliveries.idle();
  const created = arrived().filter(({ type }) => type === 'customer.subscription.created');
  expect(created.map(({ livemode }) => livemode).sort()).toEqual([false, true]);
});

it('an endpoint gets only its enabled events and is listed without its secret', async () => {
  const { sandbox, inbox, stripe } = setup;
  sandbox.setWebhooks([{ url: inbox.url, secret, events: ['customer.subscription.*'] }]);
  sandbox.subscribe({ discordId: '2', price: 'price_moddy_max_month' });
  await sandbox.deliveries.idle();
  expect(arrived().map(({ type }) => type)).toEqual(['customer.subscription.created']);
  const { data } = await stripe.webhookEndpoints.list();
  expect(data).toMatchObject([{ url: inbox.url, enabled_events: ['customer.subscription.*'] }]);
  expect(data[0]).not.toHaveProperty('secret');
});

it('a disabled endpoint gets no event and is listed as disabled', async () => {
  const { sandbox, inbox, stripe } = setup;
  sandbox.setWebhooks([{ url: inbox.url, secret, disabled: true }]);
  sandbox.subscribe({ discordId: '3', price: 'price_moddy_max_month' });
  await sandbox.deliveries.idle();
  expect(inbox.received).toEqual([]);
  const { data } = await stripe.webhookEndpoints.list();
  expect(data).toMatchObject([{ url: inbox.url, status: 'disabled' }]);
});

it('seeded subscribers cause no event', async () => {
  expect(setup.sandbox.seedSubscribers({ count: 1_000 })).toHaveLength(1_000);
  await setup.sandbox.deliveries.idle();
  expect(setup.inbox.received).toEqual([]);
});
