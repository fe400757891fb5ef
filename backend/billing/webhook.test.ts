import { Metrics } from '@moddy/runtime/metrics';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import Stripe from 'stripe';
import { beforeAll, describe, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { customers, reversals, stripeEvents } from '../database/schema.ts';
import { SECRET, startTestBackend, type TestBackend, WEBHOOK_SECRET } from '../testing/start-test-backend.ts';

import { createWebhookOutcomes } from './webhook.ts';

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
    const closes = response.headers.get('connection') === 'close';
    return { status: response.status, body: (await response.json()) as unknown, closes };
  };
  const sign = (payload: string, secret = WEBHOOK_SECRET, timestamp = Math.floor(Date.now() / 1000)) =>
    signer.generateTestHeaderString({ payload, secret, timestamp });
  const storedIds = async () => {
    const rows = await system.backend.database.orm.select({ id: stripeEvents.eventId }).from(stripeEvents);
    return rows.map(({ id }) => id);
  };
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );

  it('200 for an event, which is stored and requests a sync of its customer', async () => {
    expect(await post(event('evt_1'), sign(event('evt_1')))).toMatchObject({ status: 200, body: { received: true } });
    expect(await storedIds()).toContain('evt_1');
    const [customer] = await system.backend.database.orm.select().from(customers);
    expect(customer).toMatchObject({ customerId: 'cus_ABC123', wanted: 1 });
  });
  it('200 for a repeated event, which requests no further sync', async () => {
    await post(event('evt_2'), sign(event('evt_2')));
    const [before] = await system.backend.database.orm.select().from(customers);
    expect((await post(event('evt_2'), sign(event('evt_2')))).status).toBe(200);
    const [after] = await system.backend.database.orm.select().from(customers);
    expect(after?.wanted).toBe(before?.wanted);
  });
  it('200 for a refund, which is stored without a sync of its customer', async () => {
    const refund = JSON.parse(event('evt_refund', 'charge.refunded'));
    const charge = {
      id: 'ch_1',
      object: 'charge',
      refunded: true,
      amount_refunded: 999,
      currency: 'eur',
      customer: 'cus_R',
    };
    const payload = JSON.stringify({ ...refund, data: { object: { ...charge, payment_intent: 'pi_none' } } });
    expect((await post(payload, sign(payload))).status).toBe(200);
    const { orm } = system.backend.database;
    expect(await orm.select().from(reversals)).toMatchObject([
      { eventId: 'evt_refund', kind: 'refund', chargeId: 'ch_1' },
    ]);
    expect(await orm.$count(customers, eq(customers.customerId, 'cus_R'))).toBe(0);
    expect(await storedIds()).toContain('evt_refund');
  });
  it('200 for an ignored event type, which is not stored', async () => {
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
  const chunked = (payload: string) =>
    fetch(`${system.publicUrl}/payments/webhook`, {
      method: 'POST',
      headers: { 'stripe-signature': sign(payload) },
      body: new Blob([payload]).stream(),
      duplex: 'half',
    });
  const LONG = JSON.stringify({ filler: 'x'.repeat(1024 * 1024) });
  it('413 for a body longer than any event', async () => {
    expect((await post(LONG, sign(LONG))).status).toBe(413);
    expect((await chunked(LONG)).status).toBe(413);
  });
  it('200 for a chunked event without a content length', async () => {
    expect((await chunked(event('evt_chunked'))).status).toBe(200);
    expect(await storedIds()).toContain('evt_chunked');
  });

  const thin = JSON.stringify({
    id: 'evt_thin',
    object: 'v2.core.event',
    type: 'v1.billing.meter.no_meter_found',
    livemode: false,
    created: '2026-11-01T00:00:00.000Z',
    related_object: null,
  });
  const ofConnected = JSON.stringify({ ...JSON.parse(event('evt_connected')), account: 'acct_1Connected' });
  const now = () => Math.floor(Date.now() / 1000);
  const WITHOUT_OBJECT = JSON.stringify({ id: 'evt_r', object: 'event', data: { object: null } });
  const ANOTHER_OBJECT = JSON.stringify({ id: 'evt_r', object: 'charge', data: { object: {} } });
  it.each<[reason: string, status: number, payload: string, signature: () => string | null]>([
    ['no signature', 400, event('evt_r'), () => null],
    ['malformed signature', 400, event('evt_r'), () => 'v1=abc'],
    ['malformed signature', 400, event('evt_r'), () => `t=${now()},v0=abc`],
    ['wrong signature', 400, event('evt_r'), () => sign(event('evt_r'), 'whsec_other')],
    ['old signature', 400, event('evt_r'), () => sign(event('evt_r'), WEBHOOK_SECRET, now() - 900)],
    ['empty body', 400, '', () => sign('')],
    ['not JSON', 400, '{"id":', () => sign('{"id":')],
    ['not an event', 400, '[]', () => sign('[]')],
    ['not an event', 400, '{"object":"event","id":"evt_r"}', () => sign('{"object":"event","id":"evt_r"}')],
    ['not an event', 400, WITHOUT_OBJECT, () => sign(WITHOUT_OBJECT)],
    ['not an event', 400, ANOTHER_OBJECT, () => sign(ANOTHER_OBJECT)],
    ['thin event', 400, thin, () => sign(thin)],
    ['connected account', 200, ofConnected, () => sign(ofConnected)],
    ['body too large', 413, LONG, () => sign(LONG)],
  ])('logs the reason "%s" and answers %i', async (reason, status, payload, signature) => {
    const before = system.logged.length;
    // Only the rest of a body that is too long is not read.
    expect(await post(payload, signature())).toMatchObject({ status, closes: status === 413 });
    const reasons = system.logged.slice(before).map((line) => line.reason);
    expect(reasons.filter((each) => each !== undefined)).toEqual([reason]);
    expect(await storedIds()).not.toContain('evt_connected');
  });
  it('logs the age of a signature and the account of an event', () => {
    const details = system.logged.map(({ detail }) => String(detail)).join('\n');
    expect(details).toMatch(/signed 90\d s ago/);
    expect(details).toContain('acct_1Connected');
  });
  it('counts each request once, by its outcome', async () => {
    const counts = async () => {
      const headers = { authorization: `Bearer ${SECRET}` };
      const text = await (await fetch(`${system.internalUrl}/metrics`, { headers })).text();
      const found = text.matchAll(/^moddy_webhooks_total\{outcome="(\w+)"\} (\d+)$/gm);
      return new Map([...found].map(([, outcome = '', count]) => [outcome, Number(count)]));
    };
    const before = await counts();
    await post(event('evt_counted'), sign(event('evt_counted')));
    await post(event('evt_counted'), sign(event('evt_counted')));
    await post(event('evt_r'), null);
    await post('', sign(''));
    const after = await counts();
    const more = [...after].map(([outcome, count]) => [outcome, count - (before.get(outcome) ?? 0)] as const);
    expect(Object.fromEntries(more.filter(([, count]) => count > 0))).toEqual({
      stored: 1,
      repeated: 1,
      no_signature: 1,
      empty_body: 1,
    });
  });
  it('503 with Retry-After while the database is unavailable', async () => {
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
    expect(offline.logged).toContainEqual(
      expect.objectContaining({ message: 'webhook refused', reason: 'database unavailable' }),
    );
  });
});

describe('webhook outcomes', () => {
  const ACCEPTED = ['stored', 'repeated', 'ignored'] as const;
  const BY_SIGNATURE = ['wrong signature', 'old signature'] as const;
  const OTHER = [
    'no signature',
    'malformed signature',
    'body too large',
    'body ended early',
    'empty body',
    'not JSON',
    'not an event',
    'thin event',
    'connected account',
    'database unavailable',
  ] as const;
  const start = () => {
    let nowMs = 0;
    const metrics = new Metrics();
    const outcomes = createWebhookOutcomes(metrics, () => new Date(nowMs));
    const counted = async () => {
      const found = (await metrics.text()).matchAll(/^moddy_webhooks_total\{outcome="(\w+)"\} (\d+)$/gm);
      return Object.fromEntries([...found].map(([, name, count]) => [name, Number(count)]));
    };
    const pass = (ms: number) => {
      nowMs += ms;
    };
    return { outcomes, counted, pass };
  };

  it('are counted by name, starting at zero', async () => {
    const { outcomes, counted } = start();
    const all = [...ACCEPTED, ...BY_SIGNATURE, ...OTHER];
    const named = (count: number) => Object.fromEntries(all.map((each) => [each.replaceAll(' ', '_'), count]));
    expect(await counted()).toEqual(named(0));
    for (const each of all) outcomes.count(each);
    expect(await counted()).toEqual(named(1));
  });
  it.each([
    ...ACCEPTED.map((each) => [each, 0] as const),
    ...BY_SIGNATURE.map((each) => [each, 3] as const),
    ...OTHER.map((each) => [each, 2] as const),
  ])('report two bad signatures followed by %s as %i refusals in a row', (outcome, count) => {
    const { outcomes } = start();
    for (const each of BY_SIGNATURE) outcomes.count(each);
    expect(outcomes.acceptedAt).toBeUndefined();
    outcomes.count(outcome);
    expect(outcomes.refused?.count ?? 0).toBe(count);
    expect(outcomes.acceptedAt).toEqual(count === 0 ? new Date(0) : undefined);
  });
  it('report a bad signature for one hour', () => {
    const { outcomes, pass } = start();
    outcomes.count('old signature');
    pass(3_600_000);
    expect(outcomes.refused).toEqual({ count: 1, reason: 'old signature', at: new Date(0) });
    pass(1);
    expect(outcomes.refused).toBeUndefined();
  });
});
