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

  it('knows nothing of the private API, with the secret or without', async () => {
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
  it('takes what Stripe signed', async () => {
    const headers = { 'stripe-signature': sign(WEBHOOK_SECRET, now()) };
    const answer = await fetch(`${system.publicUrl}/payments/webhook`, { method: 'POST', headers, body: payload });
    expect(answer.status).toBe(200);
  });
  it.each<[string, string, () => string]>([
    ['nobody signed', payload, () => ''],
    ['another secret signed', payload, () => sign('whsec_other', now())],
    ['the empty secret signed', payload, () => sign(' ', now())],
    ['the API key signed', payload, () => sign(system.stripe.apiKey, now())],
    ['was replayed after five minutes', payload, () => sign(WEBHOOK_SECRET, now() - 301)],
    ['was changed by one byte', `${payload} `, () => sign(WEBHOOK_SECRET, now())],
    [
      'carries the signature of another moment',
      payload,
      () => sign(WEBHOOK_SECRET, now() - 400).replace(/t=\d+/, `t=${now()}`),
    ],
    ['carries only the test scheme', payload, () => sign(WEBHOOK_SECRET, now()).replace('v1=', 'v0=')],
  ])('refuses a webhook that %s, and says no more', async (_name, text, signature) => {
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
    'ftp://moddy.railway.internal:3000',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'moddy.railway.internal:3000',
    '//moddy.railway.internal:3000',
    'http://moddy.railway.internal:3000?x=1',
    'http://moddy.railway.internal:3000#x',
    'http://',
  ])('%s is refused', (url) => {
    const rejection = (name: string) => new RegExp(`^  ${name} must be a URL`, 'm');
    expect(() => readBackendConfig({ BOT_INTERNAL_URL: url })).toThrow(rejection('BOT_INTERNAL_URL'));
    expect(() => readBotConfig({ BACKEND_INTERNAL_URL: url })).toThrow(rejection('BACKEND_INTERNAL_URL'));
  });
  it('is not repeated in the refusal: it may hold a password', () => {
    expect(() => readBackendConfig({ BOT_INTERNAL_URL: 'http://user:hunter2@x' })).not.toThrow(/hunter2/);
  });
});
