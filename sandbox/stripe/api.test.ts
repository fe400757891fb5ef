import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { startStripe } from './start.ts';
import { sdk } from './testing.ts';

let sandbox: SandboxStripe;
let stripe: Stripe;

beforeAll(async () => {
  sandbox = await startStripe();
  stripe = sdk(sandbox);
});
afterAll(() => sandbox.close());

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('was not refused'),
    (error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
      return error;
    },
  );

describe('keys and modes', () => {
  it('return the account of the key', async () => {
    expect(await stripe.accounts.retrieveCurrent()).toMatchObject({ id: 'acct_1ModdySandbox', object: 'account' });
    expect(await sdk(sandbox, sandbox.otherApiKey).accounts.retrieveCurrent()).toMatchObject({
      id: 'acct_1SomebodyElse',
    });
  });

  it('401 for an unknown key, masked in the message', async () => {
    const error = await rejection(sdk(sandbox, 'sk_test_somethingelse').customers.list());
    expect(error).toMatchObject({ statusCode: 401, type: 'StripeAuthenticationError' });
    expect(error.message).toContain('sk_test_');
    expect(error.message).not.toContain('something');
  });

  it('403 for a restricted key, with the missing permission; write includes read', async () => {
    const key = sandbox.books.restrict('test', ['rak_customer_write', 'rak_plan_read']);
    const restricted = sdk(sandbox, key);
    await restricted.customers.list();
    await restricted.prices.list();
    for (const [call, right] of [
      [restricted.subscriptions.list(), 'rak_subscription_read'],
      [restricted.subscriptions.cancel('sub_any'), 'rak_subscription_write'],
      [restricted.checkout.sessions.expire('cs_any'), 'rak_checkout_session_write'],
      [restricted.webhookEndpoints.list(), 'rak_webhook_read'],
    ] as const) {
      const error = await rejection(call);
      expect(error).toMatchObject({ statusCode: 403, type: 'StripePermissionError' });
      expect(error.message).toContain(`Having the '${right}' permission would allow this request to continue.`);
      expect(error.message).not.toContain(key);
    }
  });

  it('404 for an object of the other mode, which the message mentions', async () => {
    const live = sdk(sandbox, sandbox.liveApiKey);
    const error = await rejection(live.customers.retrieve('cus_ABC123'));
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'id' });
    expect(error.message).toBe(
      "No such customer: 'cus_ABC123'; a similar object exists in test mode, but a live mode key was used to make this request.",
    );
    expect((await live.customers.create({})).livemode).toBe(true);
  });

  it('have the customer of the document without a subscription', async () => {
    const expected = {
      email: 'user@example.com',
      phone: '+33612345678',
      metadata: { discord_id: '123456789012345678' },
    };
    expect(await stripe.customers.retrieve('cus_ABC123')).toMatchObject(expected);
    expect((await stripe.subscriptions.list({ customer: 'cus_ABC123', status: 'all' })).data).toEqual([]);
  });
});

describe('requests', () => {
  it.each([
    ['a parameter', () => stripe.customers.create({ tax: { ip_address: '192.0.2.1' } }), 'tax[ip_address]'],
    [
      'a nested parameter',
      () =>
        stripe.checkout.sessions.create({
          mode: 'subscription',
          success_url: 'http://127.0.0.1/',
          line_items: [{ price: 'price_moddy_max_month', quantity: 1 }],
          subscription_data: {
            description: 'known',
            trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
          },
        }),
      'subscription_data[trial_settings][end_behavior][missing_payment_method]',
    ],
    ['a filter', () => stripe.subscriptions.list({ automatic_tax: { enabled: true } }), 'automatic_tax[enabled]'],
  ])('501 sandbox_not_modelled for %s that would be ignored', async (_name, call, named) => {
    expect(await rejection(call())).toMatchObject({
      statusCode: 501,
      code: 'sandbox_not_modelled',
      message: expect.stringContaining(named),
    });
  });

  it('400 for an unknown and for a missing parameter', async () => {
    const unknown: Stripe.CustomerCreateParams & { nickname: string } = { nickname: 'x' };
    expect(await rejection(stripe.customers.create(unknown))).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'nickname',
    });
    const error = await rejection(stripe.billingPortal.sessions.create({}));
    expect(error).toMatchObject({ statusCode: 400, code: 'parameter_missing', param: 'customer' });
  });

  it('501 sandbox_not_modelled for an unknown route', async () => {
    expect((await rejection(stripe.coupons.list())).message).toContain('Not modelled: GET /v1/coupons');
  });

  it('get a Request-Id and the API version of the request', async () => {
    const { lastResponse } = await stripe.customers.retrieve('cus_ABC123');
    expect(lastResponse.requestId).toMatch(/^req_/);
    expect(lastResponse.headers['stripe-version']).toBe(Stripe.API_VERSION);
  });

  it('merge metadata and unset an empty value', async () => {
    const { id } = await stripe.customers.create({ name: 'A', metadata: { a: '1', b: '2', '3': 'three' } });
    const updated = await stripe.customers.update(id, { name: '', metadata: { a: '', c: '4' } });
    expect(updated).toMatchObject({ name: null, metadata: { '3': 'three', b: '2', c: '4' } });
    await stripe.customers.del(id);
    expect(await stripe.customers.retrieve(id)).toEqual(expect.objectContaining({ id, deleted: true }));
  });

  it('expand ids, lists of ids and fields that are hidden by default', async () => {
    const { subscription } = sandbox.subscribe({ discordId: '31', price: 'price_moddy_max_month' });
    const expand = ['customer', 'latest_invoice.payments.data.payment.payment_intent', 'items.data.price.product'];
    const found = await stripe.subscriptions.retrieve(subscription, { expand });
    expect(found.customer).toMatchObject({ object: 'customer', metadata: { discord_id: '31' } });
    expect(found.latest_invoice).toMatchObject({
      parent: { subscription_details: { subscription } },
      payments: { data: [{ payment: { payment_intent: { object: 'payment_intent', status: 'succeeded' } } }] },
    });
    expect(found.items.data[0]?.price.product).toMatchObject({ name: 'Moddy Max' });
    expect(found).not.toHaveProperty('current_period_end');
    const list = await stripe.subscriptions.list({ expand: ['data.customer'], limit: 1 });
    expect(list.data[0]?.customer).toMatchObject({ object: 'customer' });
  });

  it.each(['nothing', 'items.data.price.nothing', 'status'])(
    '501 sandbox_not_modelled for the expansion of %s',
    async (path) => {
      const { subscription } = sandbox.subscribe({ discordId: '31', price: 'price_moddy_max_month' });
      expect(await rejection(stripe.subscriptions.retrieve(subscription, { expand: [path] }))).toMatchObject({
        statusCode: 501,
        code: 'sandbox_not_modelled',
        message: expect.stringContaining(path),
      });
    },
  );
});

describe('lists', () => {
  it('are read newest first, page by page', async () => {
    const seeded = sandbox.seedSubscribers({ count: 250 });
    const pages = sandbox.requests.length;
    const all = await stripe.subscriptions.list({ status: 'all', limit: 100 }).autoPagingToArray({ limit: 1_000 });
    expect(all.slice(0, 250).map(({ id }) => id)).toEqual(seeded.map(({ subscription }) => subscription).reverse());
    expect(sandbox.requests.length - pages).toBe(3);
    const first = await stripe.customers.list({ limit: 3 });
    const [, second] = first.data;
    const after = await stripe.customers.list({ limit: 3, starting_after: second?.id ?? '' });
    expect(after.data[0]).toEqual(first.data[2]);
    const before = await stripe.customers.list({ limit: 3, ending_before: second?.id ?? '' });
    expect(before).toMatchObject({ data: [{ id: first.data[0]?.id }], has_more: false });
  });

  it('400 for a limit over 100', async () => {
    expect(await rejection(stripe.customers.list({ limit: 101 }))).toMatchObject({ statusCode: 400, param: 'limit' });
  });

  it('find prices by lookup key', async () => {
    const { data } = await stripe.prices.list({ lookup_keys: ['moddy_max_year'] });
    expect(data).toMatchObject([{ id: 'price_moddy_max_year', currency: 'eur', recurring: { interval: 'year' } }]);
  });
});

describe('idempotency keys', () => {
  it('repeat the response to the same request', async () => {
    const again = () => stripe.customers.create({ email: 'once@example.com' }, { idempotencyKey: 'key-1' });
    const [one, two] = [await again(), await again()];
    expect(two.id).toBe(one.id);
    expect(one.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(two.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await stripe.customers.list({ email: 'once@example.com' })).data).toHaveLength(1);
  });

  it('400 with other parameters', async () => {
    await stripe.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'key-2' });
    const error = await rejection(stripe.customers.create({ email: 'b@example.com' }, { idempotencyKey: 'key-2' }));
    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  });

  it('repeat a 500, whether the effect was applied or not', async () => {
    const create = (idempotencyKey: string) =>
      stripe.customers.create({ email: 'five@example.com' }, { idempotencyKey });
    const made = async () => (await stripe.customers.list({ email: 'five@example.com' })).data.length;
    sandbox.fail({ method: 'POST', path: '/v1/customers', effect: 'status', status: 500, times: 1 });
    expect((await rejection(create('key-500'))).headers?.['idempotent-replayed']).toBeUndefined();
    const again = await rejection(create('key-500'));
    expect(again).toMatchObject({ statusCode: 500, headers: { 'idempotent-replayed': 'true' } });
    expect(await made()).toBe(0);
    sandbox.fail({ method: 'POST', path: '/v1/customers', effect: 'status', status: 500, times: 1, done: true });
    await rejection(create('key-500-done'));
    expect((await rejection(create('key-500-done'))).statusCode).toBe(500);
    expect(await made()).toBe(1);
    await create('key-other');
    expect(await made()).toBe(2);
  });

  it('repeat a declined card, but not a 429', async () => {
    sandbox.setCard('cus_ABC123', false);
    const params = {
      customer: 'cus_ABC123',
      items: [{ price: 'price_moddy_max_month' }],
      payment_behavior: 'error_if_incomplete' as const,
    };
    const subscribe = () => stripe.subscriptions.create(params, { idempotencyKey: 'key-card' });
    expect((await rejection(subscribe())).statusCode).toBe(402);
    sandbox.setCard('cus_ABC123', true);
    expect((await rejection(subscribe())).headers?.['idempotent-replayed']).toBe('true');
    sandbox.fail({ method: 'POST', path: '/v1/customers', effect: 'status', status: 429, times: 1 });
    const create = () => stripe.customers.create({ email: 'slow@example.com' }, { idempotencyKey: 'key-429' });
    expect((await rejection(create())).statusCode).toBe(429);
    expect((await create()).email).toBe('slow@example.com');
  });

  it('have no effect on DELETE: 404 for the second request', async () => {
    const { subscription } = sandbox.subscribe({ discordId: '32', price: 'price_moddy_max_month' });
    const cancel = () => stripe.subscriptions.cancel(subscription, {}, { idempotencyKey: 'key-3' });
    expect((await cancel()).status).toBe('canceled');
    expect(await rejection(cancel())).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });
});
