import { createServer, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { closeNow, listen } from './listen.ts';
import { startWiretap } from './wiretap.ts';

async function tapped(listener: RequestListener) {
  const server = createServer(listener);
  const tap = await startWiretap(`http://127.0.0.1:${await listen(server)}`);
  const stop = async () => {
    if (server.listening) await closeNow(server);
  };
  onTestFinished(async () => {
    await tap.close();
    await stop();
  });
  const post = (init: RequestInit = {}) =>
    fetch(`${tap.url}/internal/notify?a=1`, {
      method: 'POST',
      headers: { authorization: 'Bearer top-secret', 'x-request-id': 'delivery-7-1' },
      body: '{"discord_id":"7"}',
      ...init,
    });
  const recorded = () => tap.with('x-request-id', (value) => value.startsWith('delivery-7-'));
  return { tap, stop, post, recorded };
}

it('the wiretap forwards a call unchanged and records it without its secrets', async () => {
  const { post, recorded, tap } = await tapped(async (request, answer) => {
    const got = `${request.method} ${request.url} ${request.headers.authorization} ${await text(request)}`;
    answer.writeHead(503, { 'retry-after': '7', 'set-cookie': 'a=b' }).end(got);
  });
  const answer = await post();
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('7');
  expect(await answer.text()).toBe('POST /internal/notify?a=1 Bearer top-secret {"discord_id":"7"}');
  expect(recorded()).toEqual([
    expect.objectContaining({
      method: 'POST',
      path: '/internal/notify?a=1',
      requestHeaders: expect.objectContaining({ authorization: '(hidden)', 'x-request-id': 'delivery-7-1' }),
      requestBody: '{"discord_id":"7"}',
      status: 503,
      failure: null,
      durationMs: expect.any(Number),
      responseHeaders: expect.objectContaining({ 'retry-after': '7', 'set-cookie': '(hidden)' }),
    }),
  ]);
  expect(tap.with('x-request-id', (value) => value === 'delivery-70-1')).toEqual([]);
});

it('the wiretap resets the connection when the target is unavailable, and records the cause', async () => {
  const { stop, post, recorded } = await tapped(() => undefined);
  await stop();
  await expect(post()).rejects.toThrow('fetch failed');
  expect(recorded()).toEqual([
    expect.objectContaining({ status: null, failure: expect.stringContaining('ECONNREFUSED') }),
  ]);
});

it('the wiretap records a call in flight and aborts it with its caller', async () => {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const { tap, post, recorded } = await tapped((request) => {
    request.socket.on('close', () => left.resolve());
    asked.resolve();
  });
  const caller = new AbortController();
  const call = post({ signal: caller.signal });
  await asked.promise;
  expect(recorded()).toEqual([expect.objectContaining({ status: null, failure: null, durationMs: null })]);
  const ended = new Promise<void>((resolve) => tap.onChange(resolve));
  caller.abort();
  await expect(call).rejects.toThrow();
  await left.promise;
  await ended;
  expect(recorded()).toEqual([expect.objectContaining({ failure: 'the caller gave up' })]);
});
