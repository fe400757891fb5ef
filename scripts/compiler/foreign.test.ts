import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestError } from '@moddy/runtime/errors';
import { type Handlers, implement, type SecurityChecks, type ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { errorResponse } from '@moddy/runtime/http/response';
import { createLogger } from '@moddy/runtime/log';
import { expect, it, onTestFinished } from 'vitest';
import { createOrdersApiClient, OrdersApiClientError } from './fixtures/orders-api/client.ts';
import { ordersApi } from './fixtures/orders-api/routes.ts';
import type { operations } from './fixtures/orders-api/types.ts';
import { isObject, type Json } from './json.ts';

/* A document that is not ours, served by `implement` over real HTTP and called by its generated client. */

const ORDER = { id: 7, customer: 'Ada', gift: false };
const handlers: Handlers<operations, ServiceContext> = {
  'list-orders': ({ parameters, reply }) =>
    reply(200, { data: [{ ...ORDER, extra: parameters }], links: {} }, { 'Rate-Limit': 3 }),
  'create-order': ({ body, reply }) =>
    body.customer === 'twice'
      ? reply(409, { title: 'Again' })
      : reply(201, { ...ORDER, extra: body }, { Location: '/orders/7' }),
  total: ({ parameters, reply }) =>
    reply(
      200,
      parameters.path.ids.reduce((sum, one) => sum + one, 0),
    ),
  change_order: ({ body, reply }) => reply(200, { ...ORDER, note: body.note ?? null }),
  label: ({ parameters, reply }) =>
    parameters.path.id === '7' ? reply(200, Uint8Array.of(0, 255, 137)) : reply(404, '7'),
};

const asked: string[] = [];
const checks: SecurityChecks = {
  'api-key': (c) => {
    if (c.req.header('x-api-key') !== 'k') throw new RequestError(401, 'No key');
  },
  oauth: (c, scopes) => {
    asked.push(scopes.join(' '));
    if (c.req.header('authorization') !== 'Bearer t') throw new RequestError(403, 'No token');
  },
};

const context = { log: createLogger('silent', 'orders'), production: false };

async function start(authenticate = (request: Request) => withHeader(request, 'x-api-key', 'k')) {
  const app = implement(ordersApi, handlers, context, checks);
  app.onError((error) => errorResponse(error));
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const baseUrl = `http://127.0.0.1:${listener.port}`;
  return { baseUrl, client: createOrdersApiClient({ baseUrl, authenticate }) };
}

function withHeader(request: Request, name: string, value: string): Request {
  request.headers.set(name, value);
  return request;
}

const send = async (url: string, init: RequestInit & { readonly type?: string } = {}) => {
  const headers = { 'x-api-key': 'k', connection: 'close', 'content-type': init.type ?? 'application/json' };
  const response = await fetch(url, { ...init, headers });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: JSON.parse(await response.text()),
  };
};

it('parameters get their defaults, list elements and types', async () => {
  const { client } = await start();
  const answer = await client['list-orders']({
    parameters: { query: { status: ['open', 'sent'], page: 2 }, header: { 'X-Tags': ['a', 'b c'] } },
  });
  expect(answer).toEqual({
    status: 200,
    headers: { 'Rate-Limit': 3 },
    body: {
      data: [
        {
          ...ORDER,
          extra: { query: { status: ['open', 'sent'], page: 2, archived: false }, header: { 'X-Tags': ['a', 'b c'] } },
        },
      ],
      links: {},
    },
  });
  await expect(client.total({ parameters: { path: { ids: [3, 4] } } })).resolves.toBe(7);
});

it('422 when a parameter of one value is repeated', async () => {
  const { baseUrl } = await start();
  const { status, json } = await send(`${baseUrl}/orders?page=1&page=2`);
  expect([status, json.details]).toEqual([422, [{ path: '/query/page', message: 'Must not be repeated' }]]);
});

it('a readOnly field is ignored in a request, and a default is filled in', async () => {
  const { client, baseUrl } = await start();
  const created = await client['create-order']({ customer: 'Ada', card_number: '4242' });
  expect(created.body.extra).toEqual({ customer: 'Ada', card_number: '4242', gift: false });
  const { json } = await send(`${baseUrl}/orders`, {
    method: 'POST',
    body: '{"customer":"Ada","id":"none","gift":true}',
  });
  expect(json.extra).toEqual({ customer: 'Ada', gift: true });
});

it.each([
  ['beyond a double', '{"customer":"Ada","amount":9007199254740993}', 422],
  ['beyond a double and negative', '{"customer":"Ada","amount":-9007199254740993}', 422],
  ['beyond a double with a fraction of zero', '{"customer":"Ada","amount":9007199254740993.0}', 422],
  ['large and exact', '{"customer":"Ada","amount":9007199254740992}', 201],
  ['large and exact with a fraction of zero', '{"customer":"Ada","amount":9007199254740992.0}', 201],
  // The document allows any value there, so none may be rejected.
  ['beyond a double in a field of any value', '{"customer":"Ada","extra":[{"n":9007199254740993}]}', 201],
  [
    'beyond a double, nested deeper than the stack, in an unknown field',
    `{"customer":"Ada","other":${'['.repeat(9_000)}9007199254740993${']'.repeat(9_000)}}`,
    201,
  ],
  ['beyond a double in an unknown field', '{"customer":"Ada","other":9007199254740993}', 201],
  ['in a string', '{"customer":"9007199254740993"}', 201],
])('an integer %s', async (_why, body, expected) => {
  const { baseUrl } = await start();
  const { status, json } = await send(`${baseUrl}/orders`, { method: 'POST', body });
  expect(status).toBe(expected);
  if (status === 422) expect(json.details[0].message).toContain('too many digits');
});

it.each<[body: Json, status: number, path?: string]>([
  [{ parcels: [1, 10] }, 201],
  [{ parcels: [1] }, 422, '/body/parcels'],
  [{ parcels: [10, 11, 12] }, 422, '/body/parcels'],
  [{ size: [3, 4] }, 201],
  [{ size: 'small' }, 201],
  [{ size: [4, 3] }, 422, '/body/size'],
  [{ coupon: 'none' }, 422, '/body/coupon'],
  [{ address: { country: 'FR', zip: '75001' }, billing: { country: 'US' } }, 201],
  [{ address: { country: 'FR' } }, 422, '/body/address/zip'],
  [{ address: { country: 'FR', zip: '75' } }, 422, '/body/address/zip'],
  [{ billing: { country: 'DE', zip: '75001' } }, 422, '/body/billing'],
  [{ address: { lines: { a: 'x' }, city: 'Paris', region: 1, country: 'CA' } }, 201],
  [{ address: { lines: { a: 'x' } } }, 422, '/body/address/city'],
  [{ address: { lines: { long: 'x' }, city: 'Paris' } }, 422, '/body/address/lines/long'],
  [{ address: { region: null, country: 'DE' } }, 422, '/body/address/country'],
])('a condition on a body: %j is answered with %i', async (body, expected, path) => {
  const { baseUrl } = await start();
  const sent = { customer: 'Ada', ...(isObject(body) ? body : {}) };
  const { status, json } = await send(`${baseUrl}/orders`, { method: 'POST', body: JSON.stringify(sent) });
  expect([status, json.details?.[0]?.path]).toEqual([expected, path]);
  if (status === 201) expect(json.extra).toEqual({ ...sent, gift: false });
});

it('422 when a body is nested deeper than the stack; the client rejects such a response', async () => {
  const deep = `${'{"customer":"Ada","gift_of":'.repeat(2_000)}{"customer":"Ada"}${'}'.repeat(2_000)}`;
  const { baseUrl } = await start();
  const { status, json } = await send(`${baseUrl}/orders`, { method: 'POST', body: deep });
  expect([status, json.details]).toEqual([422, [{ path: '/body', message: 'Nested too deeply' }]]);
  const client = await clientOf((_request, response) =>
    response
      .writeHead(201, { 'content-type': 'application/json', location: '/orders/1' })
      .end(deep.replaceAll('"customer"', '"id":1,"customer"')),
  );
  await expect(client['create-order']({ customer: 'Ada' })).rejects.toMatchObject({ outcome: 'failed', status: 201 });
});

it('the client rejects an integer beyond a double', async () => {
  const answer = '{"id":9007199254740993,"customer":"Ada"}';
  const client = await clientOf((_request, response) =>
    response.writeHead(201, { 'content-type': 'application/json', location: '/orders/1' }).end(answer),
  );
  await expect(client['create-order']({ customer: 'Ada' })).rejects.toMatchObject({ outcome: 'failed', status: 201 });
});

it('media types are those of the document', async () => {
  const { baseUrl } = await start();
  const authorized = { headers: { authorization: 'Bearer t', 'content-type': 'application/merge-patch+json' } };
  const changed = await fetch(`${baseUrl}/orders/7`, { method: 'PATCH', body: '{"note":"x"}', ...authorized });
  expect([changed.status, changed.headers.get('content-type')]).toEqual([200, 'application/vnd.order+json']);
  const other = { headers: { authorization: 'Bearer t', 'content-type': 'application/json' } };
  expect((await fetch(`${baseUrl}/orders/7`, { method: 'PATCH', body: '{}', ...other })).status).toBe(415);
  const { client } = await start((request) => withHeader(request, 'authorization', 'Bearer t'));
  await expect(client.change_order({ note: 'x' }, { parameters: { path: { id: '7' } } })).resolves.toMatchObject({
    note: 'x',
  });
});

it('bytes and text are passed unchanged', async () => {
  const { client, baseUrl } = await start();
  await expect(client.label({ parameters: { path: { id: '7' } } })).resolves.toEqual(Uint8Array.of(0, 255, 137));
  const error = await client.label({ parameters: { path: { id: '8' } } }).catch((thrown: unknown) => thrown);
  // Text that looks like JSON stays text.
  expect(OrdersApiClientError.is(error, 'label', 404) && error.body).toBe('7');
  const answer = await fetch(`${baseUrl}/orders/7/label`, { headers: { 'x-api-key': 'k', connection: 'close' } });
  expect(answer.headers.get('content-type')).toBe('image/png');
});

it('any one of the security requirements admits a caller, by the checks of the embedding app', async () => {
  const { client } = await start();
  const nobody = await start((request) => request);
  const token = await start((request) => withHeader(request, 'authorization', 'Bearer t'));
  await expect(client['list-orders']()).resolves.toBeDefined();
  asked.length = 0;
  await expect(token.client['list-orders']()).resolves.toBeDefined();
  expect(asked).toEqual(['orders:write']);
  await expect(nobody.client['list-orders']()).rejects.toMatchObject({ status: 403 });
  await expect(nobody.client.total({ parameters: { path: { ids: [1] } } })).resolves.toBe(1);
  await expect(client.change_order({}, { parameters: { path: { id: '7' } } })).rejects.toMatchObject({ status: 403 });
});

it('implement throws when a security check is missing', () => {
  const { oauth: _, ...some } = checks;
  expect(() => implement(ordersApi, handlers, context, some)).toThrow('no check for the security schemes oauth');
});

it('the client reads a status by its range or number; the server replies by number', async () => {
  const client = await clientOf((request, response) => {
    const status = request.headers['x-api-key'] === 'a' ? 418 : 502;
    const type = status === 418 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type }).end('{"title":"Tea"}');
  }, 'a');
  const tea = await client['list-orders']().catch((thrown: unknown) => thrown);
  expect(OrdersApiClientError.is(tea, 'list-orders', '4XX') && [tea.status, tea.body.title]).toEqual([418, 'Tea']);
  const { client: real } = await start();
  const other = await clientOf((_request, response) =>
    response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"status":418}'),
  );
  // A body that the document excludes is no documented answer.
  const excluded = await other['create-order']({ customer: 'Ada' }).catch((thrown: unknown) => thrown);
  expect(excluded).toMatchObject({ status: 409, documented: false });
  const again = await real['create-order']({ customer: 'twice' }).catch((thrown: unknown) => thrown);
  expect(OrdersApiClientError.is(again, 'create-order', 409) && again.body.title).toBe('Again');
});

it.each<[string, (client: ReturnType<typeof createOrdersApiClient>) => Promise<unknown>]>([
  [
    'a header with an emoji',
    (client) => client['list-orders']({ parameters: { header: { 'X-Tags': ['\u{1F600}'] } } }),
  ],
  ['a header list with a comma', (client) => client['list-orders']({ parameters: { header: { 'X-Tags': ['a,b'] } } })],
  ['an empty list', (client) => client['list-orders']({ parameters: { query: { status: [] } } })],
  ['half of a surrogate pair in a path', (client) => client.label({ parameters: { path: { id: '\ud83d' } } })],
  ['a path segment of two dots', (client) => client.label({ parameters: { path: { id: '..' } } })],
  ['an empty path segment', (client) => client.label({ parameters: { path: { id: '' } } })],
  ['a body with a bigint', (client) => client['create-order']({ customer: 'Ada', extra: 1n })],
])('the client rejects %s and sends nothing', async (_why, call) => {
  let requests = 0;
  const client = await clientOf((_request, response) => {
    requests += 1;
    response.writeHead(500).end();
  });
  await expect(call(client)).rejects.toMatchObject({ outcome: 'rejected', ambiguous: false });
  expect(requests).toBe(0);
});

async function clientOf(answer: RequestListener, key = 'k') {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // A server that listens on a port has an address.
  const { port } = server.address() as AddressInfo;
  return createOrdersApiClient({
    baseUrl: `http://127.0.0.1:${port}`,
    authenticate: (request) => withHeader(request, 'x-api-key', key),
  });
}
