import { createHmac } from 'node:crypto';
import { readConfig as readBackendConfig } from '@moddy/backend/config';
import { startTestBackend, type TestBackend, WEBHOOK_SECRET } from '@moddy/backend/testing/start-test-backend';
import { readConfig as readBotConfig } from '@moddy/bot/config';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { lines, rawRequest } from './raw-request.ts';

describe('the public port', () => {
  let system: TestBackend;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );

  it('does not serve the private API, with or without the secret', async () => {
    const { port } = system.backend;
    for (const { method, path } of Object.values(backendInternal.operations)) {
      if (path === '/') continue;
      for (const secret of ['', 'test-secret-local']) {
        const request = lines(
          `${method.toUpperCase()} ${path} HTTP/1.1`,
          'Host: localhost',
          'Connection: close',
          'Content-Length: 0',
          `Authorization: Bearer ${secret}`,
        );
        const answer = await rawRequest(port, request);
        // 403: the site rejects every form that its own pages did not send, before it looks for a page.
        expect([403, 404], path).toContain(answer.status);
        expect(answer.headers.has('x-request-id'), path).toBe(false);
      }
    }
    for (const path of ['/openapi.yaml', '/openapi.json', '/docs', '/docs/initialize.js', '/metrics']) {
      expect((await fetch(system.publicUrl + path)).status, path).toBe(404);
    }
  });

  const now = () => Math.floor(Date.now() / 1_000);
  const payload = '{"id":"evt_forged","object":"event","type":"product.updated","data":{"object":{}}}';
  /** Stripe's scheme (Stripe docs, "Verify webhook signatures manually"). */
  const sign = (secret: string, timestamp: number) =>
    `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`;
  it('accepts a webhook that Stripe signed', async () => {
    const headers = { 'stripe-signature': sign(WEBHOOK_SECRET, now()) };
    const answer = await fetch(`${system.publicUrl}/payments/webhook`, { method: 'POST', headers, body: payload });
    expect(answer.status).toBe(200);
  });
  it.each<[string, string, () => string]>([
    ['has no signature', payload, () => ''],
    ['is signed with another secret', payload, () => sign('whsec_other', now())],
    ['is signed with a blank secret', payload, () => sign(' ', now())],
    ['is signed with the API key', payload, () => sign(system.stripe.apiKey, now())],
    ['is replayed after five minutes', payload, () => sign(WEBHOOK_SECRET, now() - 301)],
    ['is changed by one byte', `${payload} `, () => sign(WEBHOOK_SECRET, now())],
    [
      'has the signature of another time',
      payload,
      () => sign(WEBHOOK_SECRET, now() - 400).replace(/t=\d+/, `t=${now()}`),
    ],
    ['has only the test scheme', payload, () => sign(WEBHOOK_SECRET, now()).replace('v1=', 'v0=')],
  ])('rejects a webhook that %s with a fixed text', async (_name, text, signature) => {
    const headers = { 'stripe-signature': signature() };
    const answer = await fetch(`${system.publicUrl}/payments/webhook`, { method: 'POST', headers, body: text });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^\{"error":"(?:Invalid signature|Missing Stripe-Signature header)"\}$/);
  });
});

/** A variable that would send the bearer elsewhere stops the start. */
describe("the peer's address", () => {
  it.each([
    'http://user:password@moddy.railway.internal:3000',
    'http://user@moddy.railway.internal:3000',
    'https://moddy.railway.internal:3000',
    'ftp://moddy.railway.internal:3000',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'moddy.railway.internal:3000',
    '//moddy.railway.internal:3000',
    'http://moddy.railway.internal:3000?x=1',
    'http://moddy.railway.internal:3000#x',
    'http://',
  ])('%s is rejected', (url) => {
    const rejection = (name: string) => new RegExp(`^  ${name} must be a URL`, 'm');
    expect(() => readBackendConfig({ BOT_INTERNAL_URL: url })).toThrow(rejection('BOT_INTERNAL_URL'));
    expect(() => readBotConfig({ BACKEND_INTERNAL_URL: url })).toThrow(rejection('BACKEND_INTERNAL_URL'));
  });
  it('is not in the error, because it may hold a password', () => {
    expect(() => readBackendConfig({ BOT_INTERNAL_URL: 'http://user:hunter2@x' })).not.toThrow(/hunter2/);
  });
});
