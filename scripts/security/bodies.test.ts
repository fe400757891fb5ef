import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lines, rawRequest } from './raw-request.ts';
import { BEARER, startPrivatePort } from './start-private-port.ts';

const HEAD = ['POST /internal/notify HTTP/1.1', 'Host: localhost', 'Connection: close'] as const;
const JSON_TYPE = 'Content-Type: application/json';
const GOOD = '"discord_id":"1","action":"plan_upgraded"';
const ofLength = (bytes: number) => `{${GOOD}}`.padEnd(bytes);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('bodies', () => {
  it.each<[string, number, string]>([
    ['a valid body', 200, `{${GOOD}}`],
    ['a body of the maximum length', 200, ofLength(65_536)],
    ['a body one byte too long', 413, ofLength(65_537)],
    ['30,000 levels', 422, nested(30_000)],
    ['30,000 levels where anything is allowed', 422, `{${GOOD},"metadata":{"x":${nested(30_000)}}}`],
    ['30,000 levels in an unknown field', 200, `{${GOOD},"x":${nested(30_000)}}`],
    ['a numeric snowflake', 422, '{"discord_id":123456789012345678,"action":"plan_upgraded"}'],
    ['a snowflake of 21 digits', 422, '{"discord_id":"123456789012345678901","action":"plan_upgraded"}'],
    ['a snowflake with path segments', 422, '{"discord_id":"1/../../guilds","action":"plan_upgraded"}'],
    ['a snowflake of other digits', 422, '{"discord_id":"\u0661","action":"plan_upgraded"}'],
    ['a snowflake with a line end', 422, '{"discord_id":"1\\n","action":"plan_upgraded"}'],
    ['a duplicate key, the last one wrong', 422, `{${GOOD},"discord_id":1}`],
    ['required fields of the prototype only', 422, `{"__proto__":{${GOOD}}}`],
    ['a list', 422, `[{${GOOD}}]`],
    ['null', 422, 'null'],
    ['an empty body', 400, ''],
    ['two documents', 400, '{}{}'],
    ['a comment', 400, '{/**/}'],
    ['NaN', 400, '{"discord_id":NaN}'],
  ])('%s: %i', async (_name, status, body) => {
    const { port } = await startPrivatePort();
    const bytes = Buffer.from(body);
    const head = lines(...HEAD, BEARER, JSON_TYPE, `Content-Length: ${bytes.length}`);
    expect((await rawRequest(port, head, bytes.toString('latin1'))).status).toBe(status);
  });
  it('30,000 levels where two lists are compared: 422', async () => {
    const { port } = await startPrivatePort();
    const body = `{"discord_id":"1","plan":"p","add_roles":[${nested(15_000)}],"remove_roles":[${nested(15_000)}]}`;
    const head = ['POST /internal/roles/update HTTP/1.1', ...HEAD.slice(1)];
    const length = `Content-Length: ${body.length}`;
    const answer = await rawRequest(port, lines(...(head as [string]), BEARER, JSON_TYPE, length), body);
    expect(answer.status).toBe(422);
  });
  it('with __proto__ and constructor change no prototype', async () => {
    const { port, reached } = await startPrivatePort();
    const hostile = '"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}';
    const body = `{${GOOD},${hostile},"metadata":{${hostile}}}`;
    const head = lines(...HEAD, BEARER, JSON_TYPE, `Content-Length: ${body.length}`);
    await rawRequest(port, head, body);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
    for (const seen of reached) expect(seen).not.toHaveProperty('admin');
  });
  it('chunked and too long: 413 before any handler', async () => {
    const { port, reached } = await startPrivatePort();
    const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`;
    const head = lines(...HEAD, BEARER, JSON_TYPE, 'Transfer-Encoding: chunked');
    expect((await rawRequest(port, head, chunk.repeat(9))).status).toBe(413);
    expect(reached).toEqual([]);
  });
  it.each<[string, number, string]>([
    ['text/plain', 415, 'Content-Type: text/plain'],
    ['a form', 415, 'Content-Type: application/x-www-form-urlencoded'],
    ['no type', 415, 'X-None: x'],
    ['a type that begins like JSON', 415, 'Content-Type: application/jsonp'],
    ['JSON in gzip', 415, `${JSON_TYPE}\r\nContent-Encoding: gzip`],
    ['JSON with a charset', 200, `${JSON_TYPE}; charset=utf-8`],
  ])('sent as %s: %i', async (_name, status, type) => {
    const { port } = await startPrivatePort();
    const head = lines(...HEAD, BEARER, type, `Content-Length: ${GOOD.length + 2}`);
    expect((await rawRequest(port, head, `{${GOOD}}`)).status).toBe(status);
  });
  it('of a caller without the secret are rejected before they are read', async () => {
    const { port } = await startPrivatePort();
    // Nothing of the body is ever sent, so that an answer proves that nobody waits for it.
    const head = lines(...HEAD, JSON_TYPE, 'Content-Length: 60000');
    expect((await rawRequest(port, head)).status).toBe(401);
    const asking = lines(...HEAD, JSON_TYPE, 'Content-Length: 60000', 'Authorization: Bearer x');
    expect((await rawRequest(port, asking)).status).toBe(403);
  });
});

describe('a slow request', () => {
  const limits = { headersTimeout: 60, requestTimeout: 120, connectionsCheckingInterval: 20 };
  it('408 when the headers never end', async () => {
    const { port } = await startPrivatePort({ limits });
    expect((await rawRequest(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).status).toBe(408);
  });
  it('408 when the body never ends, before any handler', async () => {
    const { port, reached } = await startPrivatePort({ limits });
    const head = lines(...HEAD, BEARER, JSON_TYPE, 'Content-Length: 100');
    expect((await rawRequest(port, head, '{"discord')).status).toBe(408);
    await turn();
    expect(reached).toEqual([]);
  });
});
