import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { startStripe } from './start.ts';
import { sdk } from './testing.ts';

let sandbox: SandboxStripe;

beforeEach(async () => {
  sandbox = await startStripe();
});
afterEach(() => sandbox.close());

const list = () => sdk(sandbox).customers.list();

it('fails the next calls of a route, and only those', async () => {
  sandbox.fail({ effect: 'status', status: 500, method: 'GET', path: '/v1/customers', times: 2 });
  await expect(list()).rejects.toMatchObject({ statusCode: 500, rawType: 'api_error' });
  await sdk(sandbox).products.list();
  await expect(list()).rejects.toMatchObject({ statusCode: 500 });
  await list();
});

it('lets calls pass before the one it hits', async () => {
  sandbox.fail({ effect: 'status', status: 500, after: 2, times: 1 });
  await list();
  await list();
  await expect(list()).rejects.toMatchObject({ statusCode: 500 });
  await list();
});

it('cuts every connection in an outage', async () => {
  sandbox.outage();
  await expect(list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  sandbox.faults.clear();
  await list();
});

// The SDK itself repeats a call whose connection was cut, once, even if `maxNetworkRetries` is 0.
it('does the work and loses the answer; the key finds it again', async () => {
  const create = () => sdk(sandbox).customers.create({ email: 'lost@example.com' }, { idempotencyKey: 'lost' });
  sandbox.fail({ effect: 'lose', path: '/v1/customers', times: 2 });
  await expect(create()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  const found = await create();
  expect(found.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(sandbox.requests.map(({ status }) => status)).toEqual([0, 0, 200]);
});

it('hangs until it is released', async () => {
  sandbox.fail({ effect: 'hang', times: 1 });
  const answer = list();
  await sandbox.changes.until(() => sandbox.requests.length > 0);
  sandbox.faults.clear();
  expect((await answer).data).toHaveLength(1);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([0, 200]);
});

it('answers late with what was true when it was asked', async () => {
  sandbox.fail({ effect: 'late', path: '/v1/customers', times: 1 });
  const answer = list();
  await sandbox.changes.until(() => sandbox.requests.length > 0);
  await sdk(sandbox).customers.create({ email: 'later@example.com' });
  sandbox.faults.clear();
  expect((await answer).data).toHaveLength(1);
  expect((await list()).data).toHaveLength(2);
});

it('declines a card', async () => {
  const stripe = sdk(sandbox);
  sandbox.setCard('cus_ABC123', false);
  const request = { customer: 'cus_ABC123', items: [{ price: 'price_moddy_max_month' }] };
  expect((await stripe.subscriptions.create(request)).status).toBe('incomplete');
  await expect(
    stripe.subscriptions.create({ ...request, payment_behavior: 'error_if_incomplete' }),
  ).rejects.toMatchObject({
    statusCode: 402,
    type: 'StripeCardError',
    code: 'card_declined',
  });
});
