import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RetryLater } from '../errors.ts';
import { documentFile, GOOD, SECRET, startPrivate } from '../testing/start-private.ts';

/** Names and the ranges of RFC 1918, RFC 4193 and the loopback, each at its edges. */
const PRIVATE = [
  ...['moddy.railway.internal:3000', 'moddy.railway.internal', 'MODDY.Railway.Internal:3000'],
  ...['localhost', 'localhost:3000', '127.0.0.1', '127.255.255.255:3000', '[::1]', '[::1]:3000'],
  ...['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.20.1.1', '172.31.255.255', '192.168.0.0:3000'],
  ...['[fc00::]', '[fd12::7]:3000', '[fdff::1]'],
];
const PUBLIC = [
  ...['x.railway.internal.example.com', 'railway.internal.example.com', 'railway.internal', 'evilrailway.internal'],
  ...['moddy.railwayXinternal', 'moddy.railway.internal.', 'moddy.example.com', 'localhost.example.com', 'xlocalhost'],
  ...['8.8.8.8', '9.255.255.255', '11.0.0.0', '110.0.0.1', '126.0.0.1', '128.0.0.1', '172.15.255.255', '172.32.0.0'],
  ...['192.167.0.1', '192.169.0.1', '127.0.0.1.example.com', '10.example.com', '192.168.example.com'],
  ...['[2001:db8::1]', '[fe80::1]', '[::2]', '[::ffff:8.8.8.8]', 'fd.example.com', 'fc00'],
];

const BROKEN_ONCE = 'moddy_contract_violations_total{operation="notifyUser"} 1\n';

describe('the private listener', () => {
  it('400 for a malformed request target', async () => {
    const { port } = await startPrivate();
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('GET // HTTP/1.1\r\nHost: a b\r\n\r\n');
    const answer = String(await once(socket, 'data'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('{"error":"Malformed request"}');
  });
  it('401 without a secret, except on its open paths', async () => {
    const { call } = await startPrivate();
    const without = { headers: { authorization: '' } };
    for (const path of ['/', '/openapi.yaml', '/openapi.json'])
      expect((await call('GET', path, without)).status, path).toBe(200);
    for (const path of [
      '/internal/health',
      '/%69nternal/health',
      '//internal/health',
      '/nothing',
      '/openapi.yaml/',
      '/OpenAPI.yaml',
      '/./x',
      '/internal/../internal/health',
    ]) {
      expect((await call('GET', path, without)).status, path).toBe(401);
    }
  });
  it('counts requests of no operation by each status from the start, with the request id of a document in its answer', async () => {
    const { call } = await startPrivate();
    const counted = async () => {
      const { text } = await call('GET', '/metrics');
      const found = [...text.matchAll(/^moddy_requests_total\{operation="none",status="(\d+)"\} (\d+)$/gm)];
      return Object.fromEntries(found.map(([, status, count]) => [status, Number(count)]));
    };
    const none = { 200: 0, 401: 0, 403: 0, 404: 0, 405: 0, 421: 0, 429: 0, 500: 0 };
    expect(await counted()).toEqual(none);
    const answer = await call('GET', '/openapi.yaml', { headers: { 'x-request-id': 'a-1' } });
    expect(answer.headers.get('x-request-id')).toBe('a-1');
    expect(await counted()).toEqual({ ...none, 200: 2 });
  });
  it.each([
    ['', 401, 'Missing Authorization header'],
    ['Basic right', 401, 'Invalid Authorization format'],
    ['bearer right', 401, 'Invalid Authorization format'],
    ['Bearer', 401, 'Invalid Authorization format'],
    ['Bearer wrong', 403, 'Invalid secret'],
    ['Bearer right2', 403, 'Invalid secret'],
    ['Bearer right', 200, undefined],
    ['Bearer previous', 200, undefined],
  ])('answers the Authorization %j with %i', async (authorization, status, error) => {
    const { call } = await startPrivate();
    const answer = await call('GET', '/internal/health', { headers: { authorization } });
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([status, error]);
  });
  it('429 after too many failures, logged with the address; 200 with the secret', async () => {
    const { call, lines } = await startPrivate({}, false, { burst: 1, perSecond: 0.1, addresses: 1 });
    const wrong = () => call('GET', '/internal/health', { headers: { authorization: 'Bearer wrong' } });
    expect((await wrong()).status).toBe(403);
    const rejected = await wrong();
    expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([429, '10']);
    expect(lines.at(-1)).toMatchObject({ status: 429, address: '127.0.0.1' });
    expect((await call('GET', '/internal/health')).status).toBe(200);
  });
  it.each(['x-railway-edge', 'x-railway-request-id', 'x-forwarded-host'])('421 for a request with %s', async (name) => {
    const { call } = await startPrivate();
    expect((await call('GET', '/internal/health', { headers: { [name]: 'x' } })).status).toBe(421);
  });
  it('421 for every Host outside the private network', async () => {
    const { port } = await startPrivate();
    const statusOf = (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { host, authorization: `Bearer ${SECRET}` };
        const sent = request({ port, host: '127.0.0.1', path: '/internal/health', headers });
        sent.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end();
      });
    const statuses = async (hosts: readonly string[]) =>
      Object.fromEntries(await Promise.all(hosts.map(async (host) => [host, await statusOf(host)] as const)));
    const all = (hosts: readonly string[], status: number) => Object.fromEntries(hosts.map((host) => [host, status]));
    expect(await statuses(PRIVATE)).toEqual(all(PRIVATE, 200));
    expect(await statuses(PUBLIC)).toEqual(all(PUBLIC, 421));
  });
  it('404 for an unknown path and 405 with Allow for another method', async () => {
    const { call } = await startPrivate();
    expect(await call('GET', '/internal/nothing')).toMatchObject({ status: 404, text: '{"error":"Not found"}' });
    const other = await call('DELETE', '/internal/notify');
    expect([other.status, other.headers.get('allow'), other.text]).toEqual([
      405,
      'POST',
      '{"error":"Method not allowed"}',
    ]);
    for (const path of ['/openapi.yaml', '/openapi.json', '/metrics', '/docs']) {
      const posted = await call('POST', path);
      expect([posted.status, posted.headers.get('allow')], path).toEqual([405, 'GET, HEAD']);
    }
    const options = await call('OPTIONS', '/internal/health');
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await call('HEAD', '/internal/health')).toMatchObject({ status: 200, text: '' });
  });
  it('echoes a valid X-Request-Id and replaces an invalid one', async () => {
    const { notify, lines } = await startPrivate();
    expect((await notify(GOOD, { 'x-request-id': 'delivery-7-1' })).headers.get('x-request-id')).toBe('delivery-7-1');
    const replaced = (await notify(GOOD, { 'x-request-id': 'a b' })).headers.get('x-request-id');
    expect(replaced).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.map(({ requestId }) => requestId)).toEqual(['delivery-7-1', replaced]);
  });
  it('415 for a missing body that is required', async () => {
    const { call } = await startPrivate();
    expect((await call('POST', '/internal/notify')).status).toBe(415);
  });
  it('422 with every fault, in parameters too', async () => {
    const { notify } = await startPrivate();
    const faults = JSON.parse((await notify({ action: 'dance', plan: 7 })).text) as { details: { path: string }[] };
    expect(faults.details.map(({ path }) => path)).toEqual(['/body/discord_id', '/body/action', '/body/plan']);
    const header = JSON.parse((await notify(GOOD, { 'x-delivery-attempt': 'first' })).text) as {
      details: { path: string }[];
    };
    expect(header.details.map(({ path }) => path)).toEqual(['/header/X-Delivery-Attempt']);
  });
  it('503 with Retry-After when a handler throws RetryLater', async () => {
    const { notify } = await startPrivate({
      notifyUser: () => {
        throw new RetryLater('Discord is busy', 2.1);
      },
    });
    const answer = await notify(GOOD);
    expect([answer.status, answer.headers.get('retry-after'), answer.text]).toEqual([
      503,
      '3',
      '{"error":"Discord is busy"}',
    ]);
  });
  it('500 with a fixed text when a handler fails; only the log has the cause', async () => {
    const { notify, call, lines } = await startPrivate({
      notifyUser: () => {
        throw new Error('user@example.com broke +33612345678');
      },
    });
    expect(await notify(GOOD)).toMatchObject({ status: 500, text: '{"error":"Internal error"}' });
    const line = lines.find(({ message }) => message === 'request failed');
    expect(line).toMatchObject({ operationId: 'notifyUser', error: { name: 'Error', message: '[…] broke […]' } });
    // A fault breaks no document.
    expect((await call('GET', '/metrics')).text).toContain(BROKEN_ONCE.replace('1', '0'));
  });
  it('500 for a response that violates the document, outside production', async () => {
    const loose = { success: true, message: 'm', notification_sent: true, extra: 1 };
    const { notify, call } = await startPrivate({ notifyUser: ({ reply }) => reply(200, loose) });
    expect((await notify(GOOD)).status).toBe(500);
    expect((await call('GET', '/metrics')).text).toContain(BROKEN_ONCE);
  });
  it('200 without the undocumented field in production, with an error in the log', async () => {
    const loose = { success: true, message: 'm', notification_sent: true, extra: 1 };
    const { notify, call, lines } = await startPrivate({ notifyUser: ({ reply }) => reply(200, loose) }, true);
    const answer = await notify(GOOD);
    expect((await call('GET', '/metrics')).text).toContain(BROKEN_ONCE);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { success: true, message: 'm', notification_sent: true },
    ]);
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({ operationId: 'notifyUser' });
  });
  it('logs nothing from the body of a request', async () => {
    const { notify, lines } = await startPrivate();
    await notify({ ...GOOD, metadata: { email: 'user@example.com', phone: '+33612345678' } });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/example|\+33|33612345678|Bearer|right/);
    expect(lines[0]).toMatchObject({
      level: 'info',
      message: 'request',
      operationId: 'notifyUser',
      method: 'POST',
      status: 200,
    });
  });
  it('logs the route of a request, the reason of a rejection and the address of a rejected caller', async () => {
    const { call, notify, lines } = await startPrivate();
    await notify(GOOD);
    await notify({ ...GOOD, action: 'dance' });
    await call('GET', '/metrics?x=1', { headers: { authorization: 'Bearer wrong' } });
    await call('GET', '/users/a@example.com', { headers: { authorization: '' } });
    await call('GET', '/internal/health', { headers: { 'x-railway-edge': 'a' } });
    const requests = lines.filter(({ message }) => message === 'request');
    expect(requests[4]).toMatchObject({ status: 421, address: '127.0.0.1' });
    expect(requests[0]).toMatchObject({ path: '/internal/notify' });
    expect(requests[0]).not.toHaveProperty('address');
    expect(requests[1]).toMatchObject({
      path: '/internal/notify',
      reason: 'The request does not match the contract',
      detail: expect.stringMatching(/^\/body\/action: /),
    });
    expect(requests[2]).toMatchObject({ path: '/metrics', address: '127.0.0.1', reason: 'Invalid secret' });
    expect(requests[3]).toMatchObject({ address: '127.0.0.1', reason: 'Missing Authorization header' });
    expect(requests[3]).not.toHaveProperty('path');
  });
  it('serves the hand-written document byte for byte', async () => {
    const { call } = await startPrivate();
    expect((await call('GET', '/openapi.yaml')).text).toBe(readFileSync(documentFile, 'utf8'));
    expect(JSON.parse((await call('GET', '/openapi.json')).text)).toHaveProperty('info.version', botInternal.version);
  });
});
