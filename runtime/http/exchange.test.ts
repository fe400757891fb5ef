import { once } from 'node:events';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRoute, z } from '@hono/zod-openapi';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClientError, internalClient } from '../client/client.ts';
import { unsendable } from '../client/sendable.ts';
import type { Contract, Operation } from '../contract.ts';
import { type Fault, RequestError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { integer, numberText } from '../schema.ts';
import { startPeer } from '../testing/start-peer.ts';
import { FailedAuthentications } from './guard.ts';
import { implement, type ServiceContext } from './implement.ts';
import { listen } from './listener.ts';
import { publicApp } from './public-app.ts';
import { errorResponse, RejectedReply } from './response.ts';
import { routeConfig } from './route-config.ts';

/*
 * One operation with every feature that our documents do not use: lists, defaults, several successes, headers, other media,
 * ranges of statuses. It is served over real HTTP and called with the client and without.
 */

const thing = { strict: z.strictObject({ id: z.string() }), tolerant: z.object({ id: z.string() }) };
const error = { strict: z.strictObject({ error: z.string() }), tolerant: z.object({ error: z.string() }) };
const put = {
  id: 'putThing',
  method: 'put',
  path: '/things/{id}/{tags}',
  secured: false,
  parameters: [
    { in: 'path', name: 'id', required: true, schema: z.string().min(2) },
    { in: 'path', name: 'tags', required: true, list: true, schema: z.array(z.string()) },
    { in: 'query', name: 'n', required: false, default: 5, schema: numberText(integer()) },
    { in: 'query', name: 'colour', required: false, list: true, schema: z.array(z.string()).max(2) },
    { in: 'query', name: 'must', required: true, schema: z.string() },
    { in: 'header', name: 'X-List', required: false, list: true, schema: z.array(z.string()) },
    { in: 'header', name: 'X-One', required: false, schema: z.string() },
  ],
  requestBody: {
    required: false,
    media: 'application/merge+json',
    schema: z.strictObject({ a: z.number(), all: z.array(z.number()).optional() }),
  },
  responses: {
    200: {
      body: thing,
      headers: [
        { name: 'X-Request-Id', required: true, schema: z.string() },
        { name: 'X-Count', required: true, schema: numberText(integer()) },
        { name: 'X-Note', required: false, schema: z.string().max(3) },
      ],
    },
    201: { raw: { media: 'text/csv', as: 'text' } },
    202: { raw: { media: 'image/png', as: 'bytes' } },
    204: {},
    404: { body: error },
    '4XX': { body: error },
    default: { body: error },
  },
} as const satisfies Operation;
const contract = {
  name: 'things',
  version: '1.0.0',
  digest: '',
  operations: { putThing: put },
  routes: { putThing: createRoute(routeConfig(put)) },
} as unknown as Contract<{ putThing: unknown }>;

/** The part of an emitted document that a test reads. */
interface Emitted {
  readonly paths: Record<
    string,
    Record<
      'get' | 'put',
      {
        readonly parameters: readonly { readonly in: string; readonly name: string; readonly required?: boolean }[];
        readonly requestBody: { readonly content: object };
        readonly security: readonly object[];
      }
    >
  >;
}

const NONE = { parameters: [], requestBody: { content: {} }, security: undefined };

interface Replies {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, unknown>;
}
/** The handler's last input, and its next reply or error. */
let got: unknown;
let next: Replies | Error;
/** The handler's last request id, and the faults of its last reply that broke the document. */
let lastId: string | undefined;
let lastPath: string | undefined;
let broken: readonly Fault[] = [];
const context: ServiceContext & { production: boolean } = { log: createLogger('silent', 'test'), production: false };
let port: number;
let emitted: unknown;
beforeAll(async () => {
  const app = implement(
    contract,
    {
      putThing: ({ body, parameters, requestId, reply }) => {
        lastId = requestId;
        got = { body, ...(parameters as object) };
        if (next instanceof Error) throw next;
        const { status, body: answer, headers } = next;
        return (reply as unknown as (...all: unknown[]) => never)(status, answer, headers);
      },
    },
    context,
  );
  app.onError((thrown, c) => {
    if (thrown instanceof RejectedReply) broken = thrown.faults;
    lastPath = c.get('path');
    return errorResponse(thrown, c.get('requestId'));
  });
  emitted = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  port = listener.port;
  return () => listener.close();
});
const GOOD = { status: 200, body: { id: 'a' }, headers: { 'X-Count': 3 } };
beforeEach(() => {
  next = GOOD;
  got = undefined;
  context.production = false;
});

it.each<readonly [string, readonly string[] | undefined, readonly string[], string | null]>([
  ['a check for each scheme', ['key', 'other'], ['key', 'other'], null],
  ['an extra check', ['key'], ['key', 'other'], null],
  ['a missing check', ['key', 'other'], ['key'], 'things: no check for the security schemes other'],
  [
    'a check in a document with one bearer',
    undefined,
    ['key'],
    'things: no check for the security schemes of a document that has one bearer',
  ],
])('implement accepts or rejects %s', (_name, schemes, checked, error) => {
  const make = () =>
    implement(
      { ...contract, ...(schemes && { schemes }) },
      { putThing: ({ reply }) => (reply as never as () => never)() },
      context,
      Object.fromEntries(checked.map((scheme) => [scheme, () => {}])),
    );
  if (error === null) make();
  else expect(make).toThrow(error);
});

describe('named security schemes', () => {
  type Answer = 'passes' | 401 | 403 | 'breaks';
  const asked: string[] = [];
  let securedDocument: unknown;
  const operation = (id: string, security?: Operation['security']) =>
    ({
      id,
      method: 'get',
      path: `/${id}`,
      secured: security !== undefined,
      ...(security && { security }),
      parameters: [],
      responses: { 204: {} },
    }) as const satisfies Operation;
  const operations = {
    one: operation('one', [{ key: ['read', 'write'] }]),
    either: operation('either', [{ key: ['read'] }, { cookie: [], token: ['write'] }]),
    none: operation('none', []),
    unknown: operation('unknown', [{ other: [] }]),
    open: operation('open'),
  };
  const secured = {
    ...contract,
    operations,
    routes: Object.fromEntries(Object.values(operations).map((each) => [each.id, createRoute(routeConfig(each))])),
    schemes: ['key', 'cookie', 'token'],
  } as unknown as Contract<Record<keyof typeof operations, unknown>>;
  const ask = async (path: string, answers: Readonly<Record<string, Answer>>, method = 'GET') => {
    asked.length = 0;
    const check = (scheme: string) => (_c: unknown, scopes: readonly string[]) => {
      asked.push([scheme, ...scopes].join(' '));
      const answer = answers[scheme] ?? 'passes';
      if (answer === 'breaks') throw new Error('a fault');
      if (answer !== 'passes') throw new RequestError(answer, scheme);
    };
    const reply = ({ reply }: { readonly reply: unknown }) => {
      asked.push('handler');
      return (reply as (status: number) => never)(204);
    };
    const handlers = { one: reply, either: reply, none: reply, unknown: reply, open: reply };
    const checks = { key: check('key'), cookie: check('cookie'), token: check('token') };
    const app = implement(secured, handlers, context, checks);
    app.onError((thrown) => errorResponse(thrown));
    securedDocument = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } });
    const response = await app.request(path, { method });
    return [response.status, response.headers.get('allow') ?? (await response.text()), ...asked];
  };

  it.each<readonly [string, string, Readonly<Record<string, Answer>>, readonly (string | number)[]]>([
    ['lets a caller with its scopes in', '/one', {}, [204, '', 'key read write', 'handler']],
    ['rejects a caller without them', '/one', { key: 401 }, [401, '{"error":"key"}', 'key read write']],
    ['asks no second requirement', '/either', {}, [204, '', 'key read', 'handler']],
    ['asks the second one', '/either', { key: 403 }, [204, '', 'key read', 'cookie', 'token write', 'handler']],
    [
      'rejects where a part of the second one is missing',
      '/either',
      { key: 403, token: 401 },
      [401, '{"error":"token"}', 'key read', 'cookie', 'token write'],
    ],
    ['is a 500 where a check breaks', '/either', { key: 'breaks' }, [500, '{"error":"Internal error"}', 'key read']],
    ['rejects everybody without a requirement', '/none', {}, [403, '{"error":"Forbidden"}']],
    ['rejects everybody with an unknown scheme', '/unknown', {}, [403, '{"error":"Forbidden"}']],
    ['checks no scheme of an open operation', '/open', { key: 401, cookie: 401 }, [204, '', 'handler']],
  ])('%s', async (_name, path, answers, expected) => {
    expect(await ask(path, answers)).toEqual(expected);
  });

  it('are emitted as they are written', async () => {
    await ask('/one', {});
    const { paths } = securedDocument as Emitted;
    expect([paths['/either']?.get.security, paths['/open']?.get.security]).toEqual([
      [{ key: ['read'] }, { cookie: [], token: ['write'] }],
      [],
    ]);
  });

  it('are checked before a 405', async () => {
    expect(await ask('/one', { key: 403 }, 'POST')).toEqual([403, '{"error":"key"}', 'key read write']);
    expect(await ask('/one', {}, 'POST')).toEqual([405, 'GET, HEAD', 'key read write']);
    expect(await ask('/open', {}, 'POST')).toEqual([405, 'GET, HEAD']);
  });
});

/** As it stands on the wire. */
async function raw(path: string, headers: Record<string, string> = {}, body?: string | Buffer) {
  const request = send({ port, host: '127.0.0.1', path, method: 'PUT', headers });
  request.end(body);
  const [response] = await once(request, 'response');
  const content = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    text: content,
    error: content.startsWith('{') ? JSON.parse(content) : {},
  };
}
const PATH = '/things/aa/x,y?must=1';
const MERGE = { 'content-type': 'application/merge+json' };

describe('the reading of a request', () => {
  const all = { path: { id: 'aa', tags: ['x', 'y'] }, query: { n: 5, must: '1' }, header: {}, body: undefined };
  it.each<readonly [string, string, Record<string, string>, string | undefined, object]>([
    ['200 with the defaults', PATH, {}, undefined, all],
    ['200 with a number', `${PATH}&n=7`, {}, undefined, { ...all, query: { n: 7, must: '1' } }],
    ['200 with a list of one', `${PATH}&colour=a`, {}, undefined, { ...all, query: { ...all.query, colour: ['a'] } }],
    [
      '200 with a list of two',
      `${PATH}&colour=a&colour=b`,
      {},
      undefined,
      { ...all, query: { ...all.query, colour: ['a', 'b'] } },
    ],
    [
      '200 with headers',
      PATH,
      { 'x-list': ' a, ,b,', 'x-one': 'a,b' },
      undefined,
      { ...all, header: { 'X-List': ['a', 'b'], 'X-One': 'a,b' } },
    ],
    ['200 with a body', PATH, MERGE, '{"a":1}', { ...all, body: { a: 1 } }],
    [
      '200 with another spelling of the media type',
      PATH,
      { 'content-type': 'Application/Merge+JSON; charset=x' },
      '{"a":1}',
      { ...all, body: { a: 1 } },
    ],
    [
      '200 with the encoding identity',
      PATH,
      { ...MERGE, 'content-encoding': 'Identity' },
      '{"a":1}',
      { ...all, body: { a: 1 } },
    ],
    ['200 with an empty body', PATH, { 'content-length': '0' }, undefined, all],
  ])('%s', async (_name, path, headers, body, expected) => {
    expect(await raw(path, headers, body)).toMatchObject({ status: 200, text: '{"id":"a"}' });
    // Strictly: what was not sent has no key.
    expect(got).toStrictEqual(expected);
  });

  it.each<readonly [string, string, Record<string, string>, string | Buffer | undefined, number, readonly string[]]>([
    ['a required parameter missing', '/things/aa/x', {}, undefined, 422, ['/query/must: Required']],
    ['a single parameter repeated', `${PATH}&must=2`, {}, undefined, 422, ['/query/must: Must not be repeated']],
    ['several faults', '/things/a/x?n=x', {}, undefined, 422, ['/path/id', '/query/n', '/query/must: Required']],
    ['another media type', PATH, { 'content-type': 'application/json' }, '{"a":1}', 415, []],
    ['no media type', PATH, {}, '{"a":1}', 415, []],
    ['a compressed body', PATH, { ...MERGE, 'content-encoding': 'gzip' }, '{"a":1}', 415, []],
    ['malformed JSON', PATH, MERGE, '{"a":', 400, []],
    ['bytes that are not UTF-8', PATH, MERGE, Buffer.from([0xff]), 400, []],
    ['a body that violates its schema', PATH, MERGE, '{"b":1}', 422, ['/body/a: Invalid input: expected number']],
    ['an invalid chunked body', PATH, { ...MERGE, 'transfer-encoding': 'chunked' }, '{"a":""}', 422, ['/body/a']],
    ['a large Content-Length', PATH, { ...MERGE, 'content-length': '65537' }, `${' '.repeat(65_537)}`, 413, []],
  ])('4XX with %s', async (_name, path, headers, body, status, faults) => {
    const answer = await raw(path, headers, body);
    expect(answer.status).toBe(status);
    const details: { path: string; message: string }[] = answer.error.details ?? [];
    const named = details.map(({ path: where, message }) => `${where}: ${message}`);
    expect(named.slice(0, faults.length).map((each, index) => each.startsWith(faults[index] ?? ''))).toEqual(
      faults.map(() => true),
    );
    expect(got).toBeUndefined();
  });

  it('413 above 65,536 bytes, and 422 with one detail for an unknown field', async () => {
    const longest = `{"a":1${' '.repeat(65_536 - 7)}}`;
    expect((await raw(PATH, MERGE, longest)).status).toBe(200);
    expect((await raw(PATH, MERGE, `${longest} `)).status).toBe(413);
    const unknown = JSON.stringify({ a: 1, 'x/y~': 1 });
    expect((await raw(PATH, MERGE, unknown)).error.details).toHaveLength(1);
  });

  it('names twenty faults of a body at most', async () => {
    const wrong = (count: number) => JSON.stringify({ a: 1, all: Array(count).fill('x') });
    expect((await raw(PATH, MERGE, wrong(20))).error.details).toHaveLength(20);
    expect((await raw(PATH, MERGE, wrong(25))).error.details).toHaveLength(20);
  });

  it('reads a request without any word on its length as one without a body', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.end(`PUT ${PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
    expect(got).toMatchObject({ body: undefined });
  });

  it('keeps one request id for the handler, the reply and an error, and the path of the document', async () => {
    expect((await raw(PATH)).headers['x-request-id']).toBe(lastId);
    next = new RequestError(404, 'e');
    const answer = await raw(PATH);
    expect([answer.status, answer.headers['x-request-id']]).toEqual([404, lastId]);
    expect(lastPath).toBe('/things/{id}/{tags}');
  });
});

describe('a reply', () => {
  it.each<readonly [string, Replies, number, string, Record<string, string | undefined>]>([
    [
      'is sent with its headers',
      { ...GOOD, headers: { 'X-Count': 3, 'X-Note': 'abc' } },
      200,
      '{"id":"a"}',
      { 'x-count': '3', 'x-note': 'abc' },
    ],
    ['is sent as text', { status: 201, body: 'a,b' }, 201, 'a,b', { 'content-type': 'text/csv; charset=utf-8' }],
    ['is sent as bytes', { status: 202, body: new Uint8Array([65]) }, 202, 'A', { 'content-type': 'image/png' }],
    ['is sent without a body', { status: 204 }, 204, '', { 'content-type': undefined }],
    [
      'is sent as a documented 404',
      { status: 404, body: { error: 'e' } },
      404,
      '{"error":"e"}',
      { 'content-type': 'application/json' },
    ],
  ])('%s', async (_name, reply, status, text, headers) => {
    next = reply;
    const answer = await raw(PATH);
    expect([answer.status, answer.text]).toEqual([status, text]);
    for (const [name, value] of Object.entries(headers)) expect(answer.headers[name]).toBe(value);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<readonly [string, Replies, number]>([
    ['an undocumented status', { status: 203, body: { id: 'a' } }, 500],
    ['a required header missing', { status: 200, body: { id: 'a' } }, 500],
    ['an invalid header', { ...GOOD, headers: { 'X-Count': 'x' } }, 500],
    ['a header that is too long', { ...GOOD, headers: { 'X-Count': 3, 'X-Note': 'abcd' } }, 500],
    ['a header that cannot be encoded', { ...GOOD, headers: { 'X-Count': 3, 'X-Note': '☃' } }, 500],
    ['an undocumented header', { ...GOOD, headers: { 'X-Count': 3, 'X-Other': 'a' } }, 500],
    ['bytes where text is documented', { status: 201, body: new Uint8Array(1) }, 500],
    ['text where bytes are documented', { status: 202, body: 'a' }, 500],
    ['a required field missing', { ...GOOD, body: {} }, 500],
    ['an undocumented field', { ...GOOD, body: { id: 'a', b: 1 } }, 200],
  ])('is a 500 with %s; in production only an undocumented field is removed', async (_name, reply, inProduction) => {
    next = reply;
    expect((await raw(PATH)).status).toBe(500);
    context.production = true;
    const answer = await raw(PATH);
    expect(answer.status).toBe(inProduction);
    if (inProduction === 200) expect(answer.text).toBe('{"id":"a"}');
  });
});

it.each([
  [201, new Uint8Array(1), 'a string'],
  [202, 'a', 'bytes'],
])('a %i whose body is of another kind says which it expects', async (status, body, kind) => {
  next = { status, body };
  expect((await raw(PATH)).status).toBe(500);
  expect(broken).toEqual([{ path: '', message: `Expected ${kind}` }]);
});

it('the emitted document has each parameter at its place, and says which are required', () => {
  const { parameters, requestBody, security } = (emitted as Emitted).paths['/things/{id}/{tags}']?.put ?? NONE;
  expect(parameters.map((each) => [each.in, each.name, each.required === true])).toEqual([
    ['path', 'id', true],
    ['path', 'tags', true],
    ['query', 'n', false],
    ['query', 'colour', false],
    ['query', 'must', true],
    ['header', 'X-List', false],
    ['header', 'X-One', false],
  ]);
  expect([Object.keys(requestBody.content), security]).toEqual([['application/merge+json'], []]);
});

describe('the client', () => {
  interface Paths {
    '/things/{id}/{tags}': { put: { parameters: object; responses: Record<number, never> } };
  }
  const parameters = { path: { id: 'aa', tags: ['x'] }, query: { must: '1' } };
  const call = (given: object = parameters, body?: object, url = `http://127.0.0.1:${port}`, to: Operation = put) => {
    const { http, call: through } = internalClient<Paths>({ baseUrl: url, secret: 's' }, ClientError);
    return through<{ parameters: object; responses: Record<number, never> }>(
      to,
      { parameters: given as never },
      (init) =>
        (http.PUT as unknown as (path: string, options: object) => Promise<{ response: Response }>)(put.path, {
          ...init,
          ...(body && { body }),
        }),
    ) as Promise<unknown>;
  };
  const failure = async (work: Promise<unknown>) => {
    const thrown = await work.catch((reason: unknown) => reason);
    if (!(thrown instanceof ClientError)) throw new Error(`Expected a ClientError, got ${String(thrown)}`);
    return thrown;
  };

  it.each<readonly [string, Replies, object]>([
    [
      'a body with all headers',
      { ...GOOD, headers: { 'X-Count': 3, 'X-Note': 'n' } },
      { status: 200, body: { id: 'a' }, headers: { 'X-Count': 3, 'X-Note': 'n' } },
    ],
    ['a body without the optional header', GOOD, { status: 200, body: { id: 'a' }, headers: { 'X-Count': 3 } }],
    ['text', { status: 201, body: 'a,b' }, { status: 201, body: 'a,b', headers: {} }],
    [
      'bytes',
      { status: 202, body: new Uint8Array([1, 255]) },
      { status: 202, body: new Uint8Array([1, 255]), headers: {} },
    ],
    ['an empty response', { status: 204 }, { status: 204, body: undefined, headers: {} }],
  ])('reads %s', async (_name, reply, expected) => {
    next = reply;
    expect(await call()).toEqual(expected);
  });

  it.each<readonly [number, 400 | 404 | 422, number | string, string]>([
    [404, 404, 404, 'answered'],
    [422, 422, '4XX', 'rejected'],
    [400, 400, '4XX', 'rejected'],
  ])('finds %i in the document by its number or its range', async (status, thrown, documentedAs, outcome) => {
    next = new RequestError(thrown, 'e');
    expect(await failure(call())).toMatchObject({
      status,
      documented: true,
      documentedAs,
      outcome,
      body: { error: 'e' },
    });
  });

  it.each([undefined, 'application/json', 'text/plain; charset=latin1'])(
    'reads bytes of the content type %s as they are',
    async (type) => {
      const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0]);
      const peer = await startPeer((_request, response) =>
        response.writeHead(202, type === undefined ? {} : { 'content-type': type }).end(bytes),
      );
      expect(await call(parameters, undefined, peer.url)).toMatchObject({ body: new Uint8Array(bytes) });
    },
  );

  it('sends a body and its media type', async () => {
    await call(parameters, { a: 1 });
    expect(got).toMatchObject({ body: { a: 1 } });
  });

  it.each([
    [200, undefined],
    [203, undefined],
    [299, undefined],
    [300, 'default'],
    [399, 'default'],
    [400, '4XX'],
  ])('finds no success in a range or the default: %i is documented as %s', async (status, documentedAs) => {
    const peer = await startPeer((_request, response) => response.writeHead(status).end('{"error":"e"}'));
    const responses = { 201: {}, '2XX': {}, '4XX': { body: error }, default: { body: error } };
    const thrown = await failure(call(parameters, undefined, peer.url, { ...put, responses }));
    expect([thrown.status, thrown.documentedAs]).toEqual([status, documentedAs]);
  });

  it('finds 500 documented as the default', async () => {
    next = new Error('a fault');
    expect(await failure(call())).toMatchObject({
      status: 500,
      documentedAs: 'default',
      outcome: 'failed',
      ambiguous: true,
    });
  });

  it.each<readonly [string, object, string]>([
    [
      'an empty list',
      { ...parameters, query: { must: '1', colour: [] } },
      'the query parameter colour is an empty list',
    ],
    ['another path', { ...parameters, path: { id: '..', tags: ['x'] } }, 'the path parameter id would be another path'],
    [
      'another list',
      { ...parameters, path: { id: 'aa', tags: ['x,y'] } },
      'the path parameter tags would be another list',
    ],
    ['a lone surrogate', { ...parameters, query: { must: '\ud800' } }, 'the query parameter must has half'],
  ])('rejects %s before sending', async (_name, given, message) => {
    const error = await failure(call(given));
    expect(error).toMatchObject({ outcome: 'rejected', ambiguous: false, status: undefined });
    expect(error.message).toContain(`putThing: cannot be sent: ${message}`);
    expect(got).toBeUndefined();
  });
});

it.each<readonly [string, Parameters<typeof unsendable>[1], boolean, boolean]>([
  ['a', 'path', false, true],
  ['', 'path', false, false],
  ['.', 'path', false, false],
  ['..', 'path', false, false],
  ['...', 'path', false, true],
  ['', 'query', false, true],
  ['..', 'query', false, true],
  ['a,b', 'path', true, false],
  ['a,b', 'path', false, true],
  ['', 'header', true, false],
  ['a,b', 'header', true, false],
  ['a,b', 'query', true, true],
  ['', 'query', true, true],
  ['é', 'header', false, true],
  ['☃', 'header', false, false],
  ['☃', 'query', false, true],
  ['a\nb', 'response header', false, false],
  ['a\tb', 'response header', false, true],
  [' a', 'header', false, false],
  ['a ', 'response header', false, false],
  ['a ', 'query', false, true],
  ['\ud800', 'query', false, false],
])('unsendable accepts %j in the %s, as an item %s: %s', (text, place, isItem, arrives) => {
  expect(unsendable(text, place, isItem) === undefined).toBe(arrives);
});

describe('failed authentications', () => {
  const start = () => {
    let nowMs = 0;
    const failures = new FailedAuthentications({ burst: 3, perSecond: 2, addresses: 2 }, () => nowMs);
    /** 0 for one that gets its own answer, else for how many seconds it is sent away. */
    const fail = (address = 'a') => {
      try {
        failures.count(address);
        return 0;
      } catch (thrown) {
        return (thrown as { retryAfterSeconds: number }).retryAfterSeconds;
      }
    };
    return {
      failures,
      fail,
      pass: (ms: number) => {
        nowMs += ms;
      },
    };
  };
  it('are allowed in a burst, then at a rate per second, and the burst refills', () => {
    const { fail, pass } = start();
    expect([fail(), fail(), fail(), fail(), fail()]).toEqual([0, 0, 0, 1, 1]);
    pass(499);
    expect(fail()).toBe(1);
    pass(1);
    expect([fail(), fail()]).toEqual([0, 1]);
    pass(3_600_000);
    expect([fail(), fail(), fail(), fail()]).toEqual([0, 0, 0, 1]);
  });
  it('are counted per address, up to a number of addresses', () => {
    const { failures, fail } = start();
    for (let at = 0; at < 3; at += 1) fail('a');
    expect([fail('b'), fail('a'), failures.addresses]).toEqual([0, 1, 2]);
    expect([fail('c'), failures.addresses]).toEqual([0, 2]);
    // That was the oldest one: `b`.
    expect([fail('a'), fail('b'), fail('b'), fail('b'), fail('b')]).toEqual([1, 0, 0, 0, 1]);
  });
});

it('the public app reports readiness at /healthz and hides the cause of a fault', async () => {
  let isReady = true;
  const lines: string[] = [];
  const app = publicApp(() => isReady, createLogger('info', 'test', { write: (line) => void lines.push(line) }));
  app.get('/fault', () => {
    throw new Error('a fault');
  });
  app.get('/rejected', () => {
    throw new RequestError(422, 'wrong', [{ path: '/a', message: 'm' }]);
  });
  const get = async (path: string) => {
    const response = await app.request(path);
    return [response.status, await response.json()];
  };
  expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
  isReady = false;
  expect(await get('/healthz')).toEqual([503, { status: 'unavailable' }]);
  expect(await get('/none')).toEqual([404, { error: 'Not found' }]);
  expect(await get('/rejected')).toEqual([422, { error: 'wrong', details: [{ path: '/a', message: 'm' }] }]);
  expect(lines).toEqual([]);
  expect(await get('/fault')).toEqual([500, { error: 'Internal error' }]);
  expect(lines).toHaveLength(1);
});
