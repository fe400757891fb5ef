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

it('a fault fails the next calls of its route only', async () => {
  sandbox.fail({ effect: 'status', status: 500, method: 'GET', path: '/v1/customers', times: 2 });
  await expect(list()).rejects.toMatchObject({ statusCode: 500, rawType: 'api_error' });
  await sdk(sandbox).products.list();
  await expect(list()).rejects.toMatchObject({ statusCode: 500 });
  await list();
});

it('a fault with after skips the first calls', async () => {
  sandbox.fail({ effect: 'status', status: 500, after: 2, times: 1 });
  await list();
  await list();
  await expect(list()).rejects.toMatchObject({ statusCode: 500 });
  await list();
});

it('an outage breaks every connection', async () => {
  sandbox.outage();
  await expect(list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  sandbox.faults.clear();
  await list();
});

// The SDK itself repeats a call whose connection was cut, once, even if `maxNetworkRetries` is 0.
it('a lost response has its effect, and the idempotency key returns it', async () => {
  const create = () => sdk(sandbox).customers.create({ email: 'lost@example.com' }, { idempotencyKey: 'lost' });
  sandbox.fail({ effect: 'lose', path: '/v1/customers', times: 2 });
  await expect(create()).rejects.toMatchObject({ type: 'StripeConnectionError' });
  const found = await create();
  expect(found.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(sandbox.requests.map(({ status }) => status)).toEqual([0, 0, 200]);
});

it('a hanging call completes when the fault is cleared', async () => {
  sandbox.fail({ effect: 'hang', times: 1 });
  const answer = list();
  await sandbox.changes.until(() => sandbox.requests.length > 0);
  sandbox.faults.clear();
  expect((await answer).data).toHaveLength(1);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([0, 200]);
});

it('a late response has the state at the time of the request', async () => {
  sandbox.fail({ effect: 'late', path: '/v1/customers', times: 1 });
  const answer = list();
  await sandbox.changes.until(() => sandbox.requests.length > 0);
  await sdk(sandbox).customers.create({ email: 'later@example.com' });
  sandbox.faults.clear();
  expect((await answer).data).toHaveLength(1);
  expect((await list()).data).toHaveLength(2);
});

it('a declined card gives an incomplete subscription or a 402', async () => {
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
