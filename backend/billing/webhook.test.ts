import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customers, stripeEvents } from '../database/schema.ts';
import { startTestBackend, type TestBackend, WEBHOOK_SECRET } from '../testing/start-test-backend.ts';

const signer = new Stripe('sk_test_signer').webhooks;

describe('POST /payments/webhook', () => {
  let system: TestBackend;
  const event = (id: string, type = 'customer.subscription.updated') =>
    JSON.stringify({
      id,
      object: 'event',
      type,
      created: 1_750_000_000,
      livemode: false,
      data: { object: { id: 'sub_1', object: 'subscription', customer: 'cus_ABC123' } },
    });
  const post = async (payload: string, signature: string | null, url = system.publicUrl) => {
    const headers = {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'stripe-signature': signature }),
    };
    const response = await fetch(`${url}/payments/webhook`, { method: 'POST', headers, body: payload });
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const sign = (payload: string, secret = WEBHOOK_SECRET, timestamp = Math.floor(Date.now() / 1000)) =>
    signer.generateTestHeaderString({ payload, secret, timestamp });
  const storedIds = async () => {
    const rows = await system.backend.database.orm.select({ id: stripeEvents.eventId }).from(stripeEvents);
    return rows.map(({ id }) => id);
  };
  beforeAll(async () => {
    system = await startTestBackend({}, afterAll);
  });

  it('200 and the event is stored with a reason to look at its customer', async () => {
    expect(await post(event('evt_1'), sign(event('evt_1')))).toEqual({ status: 200, body: { received: true } });
    expect(await storedIds()).toContain('evt_1');
    const [customer] = await system.backend.database.orm.select().from(customers);
    expect(customer).toMatchObject({ customerId: 'cus_ABC123', wanted: 1 });
  });
  it('200 for a repetition, which wants nothing more', async () => {
    await post(event('evt_2'), sign(event('evt_2')));
    const [before] = await system.backend.database.orm.select().from(customers);
    expect((await post(event('evt_2'), sign(event('evt_2')))).status).toBe(200);
    const [after] = await system.backend.database.orm.select().from(customers);
    expect(after?.wanted).toBe(before?.wanted);
  });
  it('200 for a type that we do not act on, stored nowhere', async () => {
    const payload = event('evt_3', 'product.updated');
    expect((await post(payload, sign(payload))).status).toBe(200);
    expect(await storedIds()).not.toContain('evt_3');
  });
  it.each([
    ['without a signature', () => null],
    ['with a signature of another secret', () => sign(event('evt_4'), 'whsec_other')],
    ['with a signature of another body', () => sign(event('evt_5'))],
    [
      'with a signature older than five minutes',
      () => sign(event('evt_4'), WEBHOOK_SECRET, Math.floor(Date.now() / 1000) - 301),
    ],
    ['with a malformed signature', () => 't=1,v1='],
  ])('400 %s, nothing stored', async (_name, signature) => {
    expect((await post(event('evt_4'), signature())).status).toBe(400);
    expect(await storedIds()).not.toContain('evt_4');
  });
  it('413 for a body longer than any event', async () => {
    const payload = JSON.stringify({ filler: 'x'.repeat(1024 * 1024) });
    expect((await post(payload, sign(payload))).status).toBe(413);
  });
  it('503 with Retry-After while the database is away, so that Stripe sends it again', async () => {
    const offline = await startTestBackend();
    await offline.backend.database.close();
    const payload = event('evt_6');
    const response = await fetch(`${offline.publicUrl}/payments/webhook`, {
      method: 'POST',
      headers: { 'stripe-signature': sign(payload) },
      body: payload,
    });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toEqual({ error: 'The database is not reachable' });
  });
});
