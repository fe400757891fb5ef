import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { BotClientError, createBotClient } from '@moddy/generated/bot-internal/client';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { paths } from '@moddy/generated/bot-internal/types';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPeer } from '../testing/start-peer.ts';
import { type ForeignClientOptions, internalClient } from './client.ts';
import { createFetch } from './transport.ts';

const UPDATED = { success: true, message: 'Roles updated successfully', roles_updated: true };
const ask = { discord_id: '1', plan: 'free' };
type NoAddress = (error: Error) => void;

async function failure(call: Promise<unknown>): Promise<BotClientError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BotClientError) return error;
  throw new Error(`Expected a BotClientError, got ${String(error)}`);
}

/** The call of a client whose document has other security schemes than one bearer. */
const callForeign = (options: ForeignClientOptions, signal?: AbortSignal) => {
  const { http, call } = internalClient<paths>(options, BotClientError);
  return call<unknown>(
    botInternal.operations.updateUserRole,
    signal ? { signal } : {},
    (init) => http.POST('/internal/roles/update', { ...init, body: ask } as never) as Promise<{ response: Response }>,
  );
};

describe('the internal client', () => {
  it('sends the bearer, the request id and the traceparent', async () => {
    const bodies: Promise<string>[] = [];
    const peer = await startPeer((request, response) => {
      bodies.push(text(request));
      response.end(JSON.stringify(request.method === 'GET' ? { status: 'healthy', service: 'discord-bot' } : UPDATED));
    });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask, {
      requestId: 'delivery-1',
      traceparent,
    });
    expect(peer.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer s',
      'content-type': 'application/json',
      'x-request-id': 'delivery-1',
      traceparent,
    });
    await createBotClient({ baseUrl: peer.url, secret: 's' }).healthCheck();
    expect(peer.requests[1]?.headers).not.toHaveProperty('content-length');
    expect(await Promise.all(bodies)).toEqual([JSON.stringify(ask), '']);
  });
  it.each([
    [400, 'rejected', false],
    [401, 'misconfigured', false],
    [403, 'misconfigured', false],
    [404, 'misconfigured', false],
    [405, 'misconfigured', false],
    [413, 'rejected', false],
    [415, 'misconfigured', false],
    [421, 'misconfigured', false],
    [422, 'rejected', false],
    [429, 'not-now', false],
    [500, 'failed', true],
    [502, 'unreachable', true],
    [503, 'not-now', false],
    [418, 'failed', false],
  ])('maps %i to %s', async (status, outcome, ambiguous) => {
    const peer = await startPeer((_request, response) => {
      response
        .writeHead(status, { 'retry-after': '7' })
        .end('{"error":"why","details":[{"path":"/body","message":"m"}]}');
    });
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({
      name: 'BotClientError',
      message: `updateUserRole: ${status} why (/body: m)`,
      operationId: 'updateUserRole',
      outcome,
      ambiguous,
      status,
      retryAfterSeconds: 7,
      details: [{ path: '/body', message: 'm' }],
    });
    expect(peer.requests).toHaveLength(1);
  });
  it.each([
    ['0', 1],
    ['3600', 3_600],
    ['99999999999', 3_600],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1],
    ['soon', undefined],
    ['7 s', undefined],
  ])('limits Retry-After %j to an hour: %s', async (header, retryAfterSeconds) => {
    const peer = await startPeer((_request, response) => response.writeHead(503, { 'retry-after': header }).end());
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({ outcome: 'not-now', retryAfterSeconds });
  });
  it('reads a date in Retry-After as the seconds until then', async () => {
    const now = Date.parse('2030-01-01T00:00:00Z');
    vi.spyOn(Date, 'now').mockReturnValue(now);
    onTestFinished(() => void vi.restoreAllMocks());
    const header = new Date(now + 90_000).toUTCString();
    const peer = await startPeer((_request, response) => response.writeHead(503, { 'retry-after': header }).end());
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({ outcome: 'not-now', retryAfterSeconds: 90 });
  });
  it('retries once with the previous secret after a 403', async () => {
    const peer = await startPeer((request, response) => {
      if (request.headers.authorization === 'Bearer old') response.end(JSON.stringify(UPDATED));
      else response.writeHead(403).end('{"error":"Invalid secret"}');
    });
    const client = createBotClient({ baseUrl: peer.url, secret: 'new', previousSecret: 'old' });
    expect(await client.updateUserRole(ask)).toEqual(UPDATED);
    const other = createBotClient({ baseUrl: peer.url, secret: 'new', previousSecret: 'older' });
    for (let times = 0; times < 2; times += 1)
      expect(await failure(other.updateUserRole(ask))).toMatchObject({ outcome: 'misconfigured', status: 403 });
    expect(peer.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['new', 'old', 'new', 'older', 'new', 'older'].map((secret) => `Bearer ${secret}`),
    );
  });
  it('keeps using the secret that the peer accepted last', async () => {
    let known = 'old';
    const peer = await startPeer((request, response) => {
      if (request.headers.authorization === `Bearer ${known}`) response.end(JSON.stringify(UPDATED));
      else response.writeHead(403).end('{"error":"Invalid secret"}');
    });
    const client = createBotClient({ baseUrl: peer.url, secret: 'new', previousSecret: 'old' });
    for (const secret of ['old', 'old', 'new', 'new']) {
      known = secret;
      expect(await client.updateUserRole(ask)).toEqual(UPDATED);
    }
    expect(peer.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['new', 'old', 'old', 'old', 'new', 'new'].map((secret) => `Bearer ${secret}`),
    );
  });
  it('tries the current secret again after a minute', async () => {
    const peer = await startPeer((request, response) => {
      if (request.headers.authorization === 'Bearer old') response.end(JSON.stringify(UPDATED));
      else response.writeHead(403).end('{"error":"Invalid secret"}');
    });
    const client = createBotClient({ baseUrl: peer.url, secret: 'new', previousSecret: 'old' });
    const start = performance.now();
    const now = vi.spyOn(performance, 'now').mockReturnValue(start);
    onTestFinished(() => now.mockRestore());
    for (const ms of [0, 59_999, 60_000]) {
      now.mockReturnValue(start + ms);
      expect(await client.updateUserRole(ask)).toEqual(UPDATED);
    }
    expect(peer.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['new', 'old', 'old', 'new', 'old'].map((secret) => `Bearer ${secret}`),
    );
  });
  it.each([
    [1024 * 1024, undefined],
    [1024 * 1024 + 1, 'failed'],
  ])('reads a response of %i bytes with the outcome %s', async (bytes, outcome) => {
    const empty = JSON.stringify({ ...UPDATED, message: '' });
    const text = JSON.stringify({ ...UPDATED, message: 'x'.repeat(bytes - empty.length) });
    const peer = await startPeer((_request, response) => response.end(text));
    const call = createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask);
    const read = await call.then(
      () => undefined,
      (error: BotClientError) => error.outcome,
    );
    expect(read).toBe(outcome);
    expect(peer.requests).toHaveLength(1);
  });
  it.each([204, 205, 304])('returns %i without a body', async (status) => {
    const peer = await startPeer((_request, response) => response.writeHead(status, { 'x-seen': 'yes' }).end());
    const response = await createFetch(peer.url)(new Request(`${peer.url}/internal/notify`));
    expect([response.status, response.body, response.headers.get('x-seen')]).toEqual([status, null, 'yes']);
  });
  it.each([
    [{ error: 'Wrong', details: [{ path: '/body/plan', message: 'Required' }] }, '422 Wrong (/body/plan: Required)'],
    [
      { detail: [{ loc: ['body', 'plan'], msg: 'Field required', input: 'x@example.com' }] },
      '422 /body/plan: Field required',
    ],
    [{ detail: 'No such plan' }, '422 No such plan'],
    [{ detail: 'Nobody has user@example.com' }, '422 Nobody has […]'],
    [{ detail: [7] }, '422 '],
  ])('has the reason of the peer in its error: %j', async (body, text) => {
    const peer = await startPeer((_request, response) => response.writeHead(422).end(JSON.stringify(body)));
    const bot = createBotClient({ baseUrl: peer.url, secret: 's' });
    await expect(bot.updateUserRole(ask)).rejects.toMatchObject({
      message: `updateUserRole: ${text}`,
      outcome: 'rejected',
    });
  });
  it('closes a connection that is idle for a second, whatever the peer announces', async () => {
    const closed = Promise.withResolvers<void>();
    const peer = await startPeer((request, response) => {
      // The client ends it, and not the peer, which would after five seconds.
      request.socket.once('end', closed.resolve);
      response.writeHead(200, { 'keep-alive': 'timeout=60' }).end(JSON.stringify(UPDATED));
    });
    expect(await createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask)).toEqual(UPDATED);
    await closed.promise;
  });
  it('maps a refused connection to unreachable, not ambiguous', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const baseUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    gone.close();
    await once(gone, 'close');
    const error = await failure(createBotClient({ baseUrl, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({ outcome: 'unreachable', ambiguous: false, status: undefined });
  });
  it('repeats a call once where nobody listened, and no call that was sent', async () => {
    const later = createServer((_request, response) => response.end(JSON.stringify(UPDATED)));
    onTestFinished(() => void later.close());
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    let attempts = 0;
    let listensAt = 3;
    const authenticate = async (request: Request) => {
      attempts += 1;
      if (attempts === listensAt) await once(later.listen(port, '127.0.0.1'), 'listening');
      return request;
    };
    const through = (url: string, signal?: AbortSignal) => callForeign({ baseUrl: url, authenticate }, signal);
    const refused = await failure(through(`http://127.0.0.1:${port}`));
    expect([refused.outcome, refused.ambiguous, attempts]).toEqual(['unreachable', false, 2]);
    attempts = 0;
    listensAt = 2;
    expect([await through(`http://127.0.0.1:${port}`), attempts]).toEqual([UPDATED, 2]);
    attempts = 10;
    const peer = await startPeer((request) => request.socket.destroy());
    await failure(through(peer.url));
    expect([attempts, peer.requests.length]).toEqual([11, 1]);
    const aborted = await failure(through(peer.url, AbortSignal.abort()));
    expect([aborted.outcome, aborted.status, peer.requests.length]).toEqual(['unreachable', undefined, 1]);
  });
  it('sends what its authentication adds, and no bearer', async () => {
    const peer = await startPeer((_request, response) => response.end(JSON.stringify(UPDATED)));
    const authenticate = (request: Request) => {
      request.headers.set('x-key', 'k');
      return request;
    };
    expect(await callForeign({ baseUrl: peer.url, authenticate })).toEqual(UPDATED);
    expect(peer.requests[0]?.headers['x-key']).toBe('k');
    expect(peer.requests[0]?.headers).not.toHaveProperty('authorization');
  });
  it.each<readonly [string, (request: Request) => Promise<Request>, object]>([
    [
      'fails',
      () => Promise.reject(new Error('no token')),
      { message: 'updateUserRole: cannot be sent: no token', outcome: 'rejected', ambiguous: false },
    ],
    [
      'is late',
      ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { message: 'updateUserRole: no answer within 20 ms', outcome: 'unreachable' },
    ],
    [
      'reaches nobody until the deadline',
      ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(Object.assign(new Error('late'), { code: 'ECONNREFUSED' }))),
        ),
      { message: 'updateUserRole: no answer within 20 ms', outcome: 'unreachable', ambiguous: false },
    ],
  ])('sends nothing when its authentication %s', async (_name, authenticate, expected) => {
    const peer = await startPeer((_request, response) => response.end(JSON.stringify(UPDATED)));
    const asked = vi.fn(authenticate);
    const error = await failure(callForeign({ baseUrl: peer.url, authenticate: asked, timeoutMs: 20 }));
    expect(error).toMatchObject(expected);
    expect(asked).toHaveBeenCalledOnce();
    expect(peer.requests).toEqual([]);
  });
  it.each([
    ['ENOTFOUND', false, 2],
    ['EAI_AGAIN', false, 2],
    ['UND_ERR_CONNECT_TIMEOUT', false, 2],
    ['EHOSTUNREACH', true, 1],
  ])('is unreachable after %s, ambiguous: %s, with %i attempts', async (code, ambiguous, attempts) => {
    const lookup = vi
      .spyOn(dns, 'lookup')
      .mockImplementation(((_host: string, _options: object, done: NoAddress) =>
        process.nextTick(done, Object.assign(new Error('no address'), { code }))) as never);
    onTestFinished(() => lookup.mockRestore());
    const client = createBotClient({ baseUrl: 'http://bot.example:3000', secret: 's' });
    expect(await failure(client.updateUserRole(ask))).toMatchObject({
      message: `updateUserRole: no answer (${code})`,
      outcome: 'unreachable',
      ambiguous,
    });
    expect(lookup).toHaveBeenCalledTimes(attempts);
  });
  it('tries again when a connection is not made in time, before its deadline', async () => {
    let lookups = 0;
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((_host: string, _options: object, done: NoAddress) => {
      lookups += 1;
      // The first one never ends.
      if (lookups > 1) process.nextTick(done, Object.assign(new Error('no address'), { code: 'ENOTFOUND' }));
    }) as never);
    onTestFinished(() => lookup.mockRestore());
    const client = createBotClient({ baseUrl: 'http://bot.example:3000', secret: 's' });
    expect(await failure(client.updateUserRole(ask))).toMatchObject({
      message: 'updateUserRole: no answer (ENOTFOUND)',
      ambiguous: false,
    });
    expect(lookups).toBe(2);
  });
  it('maps a connection broken after the request to unreachable and ambiguous', async () => {
    const peer = await startPeer((request) => request.socket.destroy());
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({ outcome: 'unreachable', ambiguous: true });
  });
  it('times out at its deadline, ambiguous', async () => {
    const peer = await startPeer(() => {});
    const client = createBotClient({ baseUrl: peer.url, secret: 's', timeoutMs: 50 });
    expect(await failure(client.updateUserRole(ask))).toMatchObject({
      message: 'updateUserRole: no answer within 50 ms',
      outcome: 'unreachable',
      ambiguous: true,
    });
  });
  it('times out after ten seconds by default, and leaves no timer behind', async () => {
    const reached = Promise.withResolvers<void>();
    let answers = true;
    const peer = await startPeer((_request, response) => {
      if (answers) response.end(JSON.stringify(UPDATED));
      else reached.resolve();
    });
    const client = createBotClient({ baseUrl: peer.url, secret: 's' });
    // undici has made the timer that it keeps, a real one.
    await client.updateUserRole(ask);
    answers = false;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let isOver = false;
    const late = failure(client.updateUserRole(ask)).finally(() => {
      isOver = true;
    });
    await reached.promise;
    await vi.advanceTimersByTimeAsync(9_999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await late).toMatchObject({ message: 'updateUserRole: no answer within 10000 ms' });
    answers = true;
    const timers = vi.getTimerCount();
    await client.updateUserRole(ask);
    expect(vi.getTimerCount()).toBe(timers);
  });
  it('times out at its deadline during an incomplete response', async () => {
    const peer = await startPeer((_request, response) => void response.write('{"success":'));
    const client = createBotClient({ baseUrl: peer.url, secret: 's', timeoutMs: 50 });
    expect(await failure(client.updateUserRole(ask))).toMatchObject({ outcome: 'unreachable' });
  });
  it('fails on an endless response', async () => {
    const peer = await startPeer((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error).toMatchObject({ outcome: 'failed', ambiguous: true });
  });
  it('accepts a base URL with the default port of its scheme', async () => {
    // Nobody listens there: the test needs a well-formed request and an attempt to connect.
    const client = createBotClient({ baseUrl: 'http://127.255.255.254:80', secret: 's' });
    expect(await failure(client.updateUserRole(ask))).toMatchObject({
      message: 'updateUserRole: no answer (ECONNREFUSED)',
    });
  });
  it('sends 64 calls at once, and the others after them', async () => {
    const answers: (() => void)[] = [];
    const [full, all] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const peer = await startPeer((request, response) => {
      if (request.method === 'HEAD') return void response.end();
      answers.push(() => response.end(JSON.stringify(UPDATED)));
      if (answers.length === 64) full.resolve();
      if (answers.length === 70) all.resolve();
    });
    const client = createBotClient({ baseUrl: peer.url, secret: 's' });
    const calls = Array.from({ length: 70 }, () => client.updateUserRole(ask));
    await full.promise;
    // It arrives after all that were sent before it.
    await fetch(peer.url, { method: 'HEAD' });
    expect(answers).toHaveLength(64);
    for (const answer of answers) answer();
    await all.promise;
    for (const answer of answers.slice(64)) answer();
    expect(await Promise.all(calls)).toHaveLength(70);
  });
  it.each([
    [200, []],
    [202, [['updateUserRole', 202]]],
    [409, []],
  ])('names the operation of a success that its document lacks: %i', async (status, named) => {
    const peer = await startPeer((_request, response) => response.writeHead(status).end(JSON.stringify(UPDATED)));
    const undocumented: unknown[] = [];
    const onUndocumented = (...which: unknown[]) => void undocumented.push(which);
    const client = createBotClient({ baseUrl: peer.url, secret: 's', onUndocumented });
    await client.updateUserRole(ask).catch(() => undefined);
    expect(undocumented).toEqual(named);
  });
  it('cuts the reason of the peer at 300 characters', async () => {
    const peer = await startPeer((_request, response) =>
      response.writeHead(422).end(JSON.stringify({ error: 'x'.repeat(400) })),
    );
    const error = await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask));
    expect(error.message).toBe(`updateUserRole: 422 ${'x'.repeat(300)}`);
  });
  it('follows no redirect, which would receive the bearer', async () => {
    const other = await startPeer((_request, response) => response.end(JSON.stringify(UPDATED)));
    const peer = await startPeer((_request, response) => response.writeHead(307, { location: other.url }).end());
    expect(await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask))).toMatchObject({
      outcome: 'misconfigured',
      status: 307,
      ambiguous: false,
    });
    expect(other.requests).toEqual([]);
  });
  it.each([
    ['not JSON', '<html>'],
    ['an empty body', ''],
    ['JSON without a required field', '{"success":true}'],
    ['JSON with a required field of another type', '{"success":"yes","message":"m"}'],
  ])('maps a 200 with %s to failed and ambiguous', async (_name, text) => {
    const peer = await startPeer((_request, response) => response.end(text));
    expect(await failure(createBotClient({ baseUrl: peer.url, secret: 's' }).updateUserRole(ask))).toMatchObject({
      message: 'updateUserRole: unreadable answer',
      outcome: 'failed',
      ambiguous: true,
    });
  });
});
