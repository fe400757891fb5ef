import { expect, it } from 'vitest';
import { startTestBot } from '../testing/start-test-bot.ts';

it('200 without a secret', async () => {
  const { call } = await startTestBot();
  expect(await call('GET', '/', undefined, { authorization: '' })).toEqual({
    status: 200,
    body: { service: 'moddy-bot-internal', status: 'running' },
  });
});

it('421 when the request came through the public edge', async () => {
  const { call } = await startTestBot();
  expect((await call('GET', '/', undefined, { 'x-railway-edge': 'railway/europe-west4' })).status).toBe(421);
});

it('404 for a private path on the public port', async () => {
  const { publicUrl } = await startTestBot();
  const authorization = { authorization: 'Bearer test-secret-local' };
  expect((await fetch(`${publicUrl}/internal/health`, { headers: authorization })).status).toBe(404);
  expect((await fetch(`${publicUrl}/healthz`)).status).toBe(200);
});
