import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { operations } from '@moddy/generated/bot-internal/types';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Handlers, implement, type ServiceContext } from './implement.ts';
import { listen } from './listener.ts';
import { createLogger } from './log.ts';
import { NotNow } from './outcomes.ts';
import { privateApp } from './private-app.ts';

const SECRET = 'right';
const documentFile = new URL('../openapi/bot-internal.yaml', import.meta.url);

/** A private listener whose operations do what a test says; answers what was logged, too. */
async function start(overrides: Partial<Handlers<operations, ServiceContext>> = {}, production = false) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', 'test', { write: (line) => void lines.push(JSON.parse(line)) });
  const handlers: Handlers<operations, ServiceContext> = {
    getService: ({ reply }) => reply(200, { service: 'moddy-bot-internal', status: 'running' }),
    healthCheck: ({ reply }) => reply(200, { status: 'healthy', service: 'discord-bot' }),
    notifyUser: ({ reply }) => reply(200, { success: true, message: 'm', notification_sent: true }),
    updateUserRole: ({ reply }) => reply(200, { success: true, message: 'm', roles_updated: true }),
    ...overrides,
  };
  const api = implement<operations, ServiceContext>(botInternal, handlers, { log, production });
  const listener = await listen(privateApp({ api, documentFile, secrets: [SECRET, 'previous'], log }), {
    port: 0,
    host: '127.0.0.1',
  });
  onTestFinished(() => listener.close());
  const url = `http://127.0.0.1:${listener.port}`;
  const call = async (method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) => {
    const headers = { authorization: `Bearer ${SECRET}`, connection: 'close', ...init.headers };
    const response = await fetch(url + path, {
      method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const notify = (body: object, headers: Record<string, string> = {}) =>
    call('POST', '/internal/notify', {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { url, port: listener.port, lines, call, notify };
}

const GOOD = { discord_id: '1', action: 'plan_upgraded' };

describe('the private listener', () => {
  it('is closed to everything but its open paths', async () => {
    const { call } = await start();
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
  it('accepts the previous secret during a rotation', async () => {
    const { call } = await start();
    expect((await call('GET', '/internal/health', { headers: { authorization: 'Bearer previous' } })).status).toBe(200);
  });
  it.each(['x-railway-edge', 'x-railway-request-id', 'x-forwarded-host'])('421 for a request with %s', async (name) => {
    const { call } = await start();
    expect((await call('GET', '/internal/health', { headers: { [name]: 'x' } })).status).toBe(421);
  });
  it.each([
    ['moddy.railway.internal:3000', 200],
    ['localhost', 200],
    ['[fd12::7]:3000', 200],
    ['10.1.2.3:3000', 200],
    ['moddy.example.com', 421],
    ['railway.internal.example.com', 421],
    ['8.8.8.8', 421],
    ['127.0.0.1.example.com', 421],
  ])('Host %s gets %i', async (host, status) => {
    const { port } = await start();
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request({
        port,
        host: '127.0.0.1',
        path: '/internal/health',
        headers: { host, authorization: `Bearer ${SECRET}` },
      });
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(answered).toBe(status);
  });
  it('404 for an unknown path and 405 with Allow for another method', async () => {
    const { call } = await start();
    expect(await call('GET', '/internal/nothing')).toMatchObject({ status: 404, text: '{"error":"Not found"}' });
    const other = await call('DELETE', '/internal/notify');
    expect([other.status, other.headers.get('allow'), other.text]).toEqual([
      405,
      'POST',
      '{"error":"Method not allowed"}',
    ]);
    expect((await call('HEAD', '/internal/health')).status).toBe(405);
  });
  it('echoes a usable X-Request-Id and replaces another', async () => {
    const { notify, lines } = await start();
    expect((await notify(GOOD, { 'x-request-id': 'delivery-7-1' })).headers.get('x-request-id')).toBe('delivery-7-1');
    const replaced = (await notify(GOOD, { 'x-request-id': 'a b' })).headers.get('x-request-id');
    expect(replaced).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines.map(({ requestId }) => requestId)).toEqual(['delivery-7-1', replaced]);
  });
  it('refuses a body before it is read where the secret is missing', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{',
    );
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });
  it('cuts off who goes on sending a refused body, and nobody whose body has come', async () => {
    const { port } = await start();
    const head = 'POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n';
    const whole = connect(port, '127.0.0.1');
    onTestFinished(() => void whole.destroy());
    for (let request = 0; request < 2; request += 1) {
      whole.write(`${head}{}`);
      expect(String(await once(whole, 'data'))).toMatch(/^HTTP\/1.1 401 /);
    }
    const partial = connect(port, '127.0.0.1');
    const closed = once(partial, 'close');
    partial.write(`${head}{`);
    expect(await text(partial)).toMatch(/^HTTP\/1.1 401 /);
    await closed;
    expect(whole.readyState).toBe('open');
  });
  it('a caller that goes away in the middle of its body is no fault of ours', async () => {
    const { port, lines } = await start();
    const socket = connect(port, '127.0.0.1');
    const head = `POST /internal/notify HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${SECRET}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`);
    await once(socket, 'connect');
    socket.end();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ level: 'info', status: 400 });
  });
  it('413 for a chunked body that grows too long', async () => {
    const { port } = await start();
    const sent = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/internal/notify',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    });
    const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      sent.on('response', (response) =>
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject),
      );
    });
    // The server may close before everything is sent.
    sent.on('error', () => {});
    for (let chunk = 0; chunk < 10; chunk += 1) sent.write('x'.repeat(10_000));
    sent.end();
    expect(await answered).toEqual({ status: 413, body: '{"error":"Body too large"}' });
  });
  it('400 for bytes that are not UTF-8', async () => {
    const { url } = await start();
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/internal/notify`, {
      method: 'POST',
      headers,
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
  });
  it('422 names every fault, in parameters too', async () => {
    const { notify } = await start();
    const faults = JSON.parse((await notify({ action: 'dance', plan: 7 })).text) as { details: { path: string }[] };
    expect(faults.details.map(({ path }) => path)).toEqual(['/body/discord_id', '/body/action', '/body/plan']);
    const header = JSON.parse((await notify(GOOD, { 'x-delivery-attempt': 'first' })).text) as {
      details: { path: string }[];
    };
    expect(header.details.map(({ path }) => path)).toEqual(['/header/X-Delivery-Attempt']);
  });
  it('503 with Retry-After when a handler says not now', async () => {
    const { notify } = await start({
      notifyUser: () => {
        throw new NotNow('Discord is busy', 2.1);
      },
    });
    const answer = await notify(GOOD);
    expect([answer.status, answer.headers.get('retry-after'), answer.text]).toEqual([
      503,
      '3',
      '{"error":"Discord is busy"}',
    ]);
  });
  it('500 with a fixed text when a handler fails, and the cause in the log only', async () => {
    const { notify, lines } = await start({
      notifyUser: () => {
        throw new Error('user@example.com broke +33612345678');
      },
    });
    expect(await notify(GOOD)).toMatchObject({ status: 500, text: '{"error":"Internal error"}' });
    const line = lines.find(({ message }) => message === 'request failed');
    expect(line).toMatchObject({ operationId: 'notifyUser', error: { name: 'Error', message: '[…] broke […]' } });
  });
  it('500 for an answer that breaks the document, outside production', async () => {
    const loose = { success: true, message: 'm', notification_sent: true, extra: 1 };
    const { notify } = await start({ notifyUser: ({ reply }) => reply(200, loose) });
    expect((await notify(GOOD)).status).toBe(500);
  });
  it('mends such an answer in production, where the effect has happened, and logs it', async () => {
    const loose = { success: true, message: 'm', notification_sent: true, extra: 1 };
    const { notify, lines } = await start({ notifyUser: ({ reply }) => reply(200, loose) }, true);
    const answer = await notify(GOOD);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { success: true, message: 'm', notification_sent: true },
    ]);
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({ operationId: 'notifyUser' });
  });
  it('logs nothing that a user wrote', async () => {
    const { notify, lines } = await start();
    await notify({ ...GOOD, metadata: { email: 'user@example.com', phone: '+33612345678' } });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/example|336|Bearer|right/);
    expect(lines[0]).toMatchObject({
      level: 'info',
      message: 'request',
      operationId: 'notifyUser',
      method: 'POST',
      status: 200,
    });
  });
  it('serves the hand-written document byte for byte', async () => {
    const { call } = await start();
    expect((await call('GET', '/openapi.yaml')).text).toBe(readFileSync(documentFile, 'utf8'));
    expect(JSON.parse((await call('GET', '/openapi.json')).text)).toHaveProperty('info.version', botInternal.version);
  });
});
