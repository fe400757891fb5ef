import { afterEach, beforeEach, expect, it } from 'vitest';
import { actions } from './control-actions.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { startStripe } from './start.ts';

let sandbox: SandboxStripe;

beforeEach(async () => {
  sandbox = await startStripe();
});
afterEach(() => sandbox.close());

const base = () => `${sandbox.url}/_sandbox/stripe`;
const get = async (path: string) => (await fetch(`${base()}${path}`)).json();
const post = (action: string, body: unknown) =>
  fetch(`${base()}/${action}`, { method: 'POST', body: JSON.stringify(body) });

it('the actions drive a subscription over HTTP', async () => {
  const discordId = '123456789012345678';
  const answer = await post('subscribe', { discordId, price: 'price_moddy_pro_month' });
  expect(await answer.json()).toMatchObject({ customer: 'cus_ABC123' });
  const story: [string, object, object][] = [
    ['changePrice', { price: 'price_moddy_max_month' }, { status: 'active' }],
    ['cancelAtPeriodEnd', {}, { cancel_at_period_end: true }],
    ['undoCancel', {}, { cancel_at_period_end: false }],
    ['failPayment', {}, { status: 'past_due' }],
    ['recoverPayment', {}, { status: 'active' }],
    ['renew', {}, { status: 'active' }],
    ['pause', {}, { status: 'paused' }],
    ['resume', {}, { status: 'active' }],
    ['refund', {}, { object: 'refund' }],
    ['cancelNow', {}, { status: 'canceled' }],
  ];
  for (const [action, body, expected] of story) {
    const done = await post(action, { who: discordId, ...body });
    expect(await done.json(), action).toMatchObject(expected);
  }
  expect(await get('/subscriptions')).toMatchObject([{ status: 'canceled' }]);
});

it('the event stream has each change as it happens', async () => {
  const stream = await fetch(`${base()}/events`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async (until: string) => {
    while (!text.includes(until)) text += (await reader?.read())?.value ?? '';
  };
  await read('event: ready');
  await post('subscribe', { discordId: '1', price: 'price_moddy_max_month' });
  await read('"type":"checkout.session.completed"');
  await reader?.cancel();
});

it('the actions advance the clock, seed subscribers, and add and clear faults', async () => {
  const before = sandbox.nowMs();
  expect(await (await post('advance', { ms: 86_400_000 })).json()).toHaveProperty('nowMs');
  expect(sandbox.nowMs()).toBeGreaterThanOrEqual(before + 86_400_000);
  await post('seedSubscribers', { count: 20 });
  expect(await get('/customers')).toHaveLength(21);
  await post('fault', { effect: 'status', status: 503, times: 1 });
  expect((await fetch(`${sandbox.url}/v1/account`)).status).toBe(503);
  await post('clearFaults', {});
  await post('webhooks', { endpoints: [{ url: 'http://127.0.0.1:9/hook', secret: 'whsec_x' }] });
  expect(await get('/')).toMatchObject({ webhookSecret: 'whsec_x', faults: [], actions: Object.keys(actions) });
  expect(await get('/requests')).toMatchObject([{ path: '/v1/account', status: 503 }]);
});

it('400 for an invalid action, 404 for an unknown one', async () => {
  expect((await post('changePrice', { who: 'nobody', price: 'price_moddy_max_month' })).status).toBe(400);
  expect((await fetch(`${base()}/subscribe`, { method: 'POST', body: '{' })).status).toBe(400);
  expect((await post('somethingElse', {})).status).toBe(404);
  expect((await post('subscribe?book=other', { discordId: '1', price: 'price_moddy_max_month' })).status).toBe(400);
});

it('two sandboxes share no state', async () => {
  const other = await startStripe();
  other.seedSubscribers({ count: 3 });
  expect(sandbox.books.named('test').ledger.customers.size).toBe(1);
  await other.close();
});
