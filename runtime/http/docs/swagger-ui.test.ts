import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { operations } from '@moddy/generated/bot-internal/types';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../log.ts';
import { stubHandlers } from '../../testing/stub-handlers.ts';
import type { ServiceContext } from '../implement.ts';
import { listen } from '../listener.ts';
import { privateApp } from '../private-app.ts';
import { DOCS_PATHS } from './swagger-ui.ts';

const documentFile = new URL('../../../openapi/bot-internal.yaml', import.meta.url);

async function start() {
  const log = createLogger('silent', 'test');
  const handlers = stubHandlers<operations, ServiceContext>(botInternal, {});
  const context = { log, production: true };
  const app = privateApp({ contract: botInternal, handlers, context, documentFile, secrets: ['right'] });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${listener.port}${path}`, { headers: { connection: 'close', ...headers } });
  /** The status of a path as it is written; `fetch` would tidy it up first. */
  const statusOf = async (path: string, authorization = '') => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}Connection: close\r\n\r\n`);
    return Number((await text(socket)).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
  };
  return { get, statusOf };
}

describe('Swagger UI', () => {
  it('serves its files without the secret, each with its type and a strict content security policy', async () => {
    const { get } = await start();
    const types: Record<string, string | null> = {};
    for (const path of DOCS_PATHS) {
      const answer = await get(path);
      await answer.arrayBuffer();
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'",
      );
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      types[path] = answer.headers.get('content-type');
    }
    expect(types).toEqual({
      '/docs': 'text/html; charset=utf-8',
      '/docs/initialize.js': 'text/javascript; charset=utf-8',
      '/docs/swagger-ui.css': 'text/css; charset=utf-8',
      '/docs/swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
      '/docs/favicon-32x32.png': 'image/png',
    });
  });
  it('requests only its own files and has no inline script or style', async () => {
    const { get } = await start();
    const page = await (await get('/docs')).text();
    const asked = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path]) => path);
    expect(asked.toSorted()).toEqual(DOCS_PATHS.filter((path) => path !== '/docs').toSorted());
    expect(page).not.toMatch(/<style|<script(?! src)|style=|\son\w+=/);
  });
  it('304 for a matching ETag, 200 for another', async () => {
    const { get } = await start();
    const etag = (await get('/docs/initialize.js')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get('/docs/initialize.js', { 'if-none-match': sent });
      expect([answer.status, answer.headers.get('etag'), await answer.text()], sent).toEqual([304, etag, '']);
    }
    expect((await get('/docs/initialize.js', { 'if-none-match': '"other"' })).status).toBe(200);
  });
  it.each([
    '/docs/',
    '/docs/index.html',
    '/docs/package.json',
    '/docs/swagger-ui-bundle.js.map',
    '/docs/../package.json',
    '/docs/%2e%2e/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/....//package.json',
    '/docs/swagger-ui.css%00.json',
    '/docs//swagger-ui.css',
    '/Docs',
    '//docs',
  ])('404 for %s, and 401 without the secret', async (path) => {
    const { statusOf } = await start();
    expect(await statusOf(path)).toBe(401);
    expect(await statusOf(path, 'Authorization: Bearer right\r\n')).toBe(404);
  });
  it('421 for a request through the public edge', async () => {
    const { get } = await start();
    expect((await get('/docs', { 'x-railway-edge': 'x' })).status).toBe(421);
  });
});
