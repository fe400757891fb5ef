import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../compiler/json.ts';
import { operationsOf } from './document.ts';
import { arbitraryRequest } from './fuzz.ts';
import { Judge } from './judge.ts';
import type { Request, Target } from './request.ts';

/* Requests to paths of which one matches another's template, judged by a router that knows these paths alone. */

const responses = { 200: { description: '' } };
const text = { type: 'string', maxLength: 8 };
const id = { name: 'id', in: 'path', required: true, schema: { ...text, examples: ['mine', '..', 'a/b', '4'] } };
const document: JsonObject = {
  security: [{ bearer: [] }],
  paths: {
    '/notes/{id}': {
      parameters: [id],
      get: { operationId: 'getNote', responses },
      delete: { operationId: 'deleteNote', responses },
    },
    '/notes': {
      get: {
        operationId: 'listNotes',
        parameters: [
          { name: 'tags', in: 'query', schema: { type: 'array', items: { type: 'string', maxLength: 3 } } },
          { name: 'sizes', in: 'query', required: true, schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'X-Order', in: 'header', schema: { type: 'array', items: { enum: ['new', 'old'] }, maxItems: 2 } },
          { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } },
        ],
        responses,
      },
      post: { operationId: 'addNote', responses },
    },
    '/notes/mine': { delete: { operationId: 'deleteMine', responses } },
    '/{kind}/mine': { put: { operationId: 'putMine', parameters: [{ ...id, name: 'kind' }], responses } },
  },
};

/** The methods that are served at a path; HEAD is answered as GET without a body. */
function served(path: string): readonly string[] {
  if (path === '/notes') return ['GET', 'HEAD', 'POST'];
  if (path === '/notes/mine') return ['DELETE'];
  if (/^\/notes\/[^/]+$/.test(path)) return ['DELETE', 'GET', 'HEAD'];
  return /^\/[^/]+\/mine$/.test(path) ? ['PUT'] : [];
}

const target: Target = {
  document,
  judge: new Judge(document),
  operations: operationsOf(document),
  secret: 'secret',
  known: ['mine'],
  listable: [],
};
let requests: readonly Request[] = [];
beforeAll(() => {
  requests = fc.sample(arbitraryRequest(target), { numRuns: 4_000, seed: 7 });
});
const pathOf = ({ path }: Request) => path.split('?', 1)[0] ?? '';
const expecting = (status: number) =>
  requests.filter(({ expected }) => expected.kind === 'refusal' && expected.statuses.includes(status));

it('a valid request reaches its own operation', () => {
  const good = requests.filter(({ expected }) => expected.kind === 'answer');
  expect(good.length).toBeGreaterThan(500);
  for (const request of good) {
    expect(served(pathOf(request)), `${request.method} ${request.path}`).toContain(request.method);
    const operation = request.operation?.id ?? '';
    if (pathOf(request) === '/notes/mine') expect(operation).toBe('deleteMine');
  }
});

it('405 with the methods of the path is expected for another method of a known path', () => {
  const rejected = expecting(405);
  expect(rejected.length).toBeGreaterThan(100);
  expect(rejected.map(pathOf)).toContain('/notes/mine');
  for (const request of rejected) {
    const methods = served(pathOf(request));
    expect(methods.length, request.path).toBeGreaterThan(0);
    expect(methods, request.path).not.toContain(request.method);
    expect(request.expected).toMatchObject({ allow: methods });
  }
});

it('404 is expected when no path matches', () => {
  const unknown = expecting(404);
  expect(unknown.length).toBeGreaterThan(50);
  for (const request of unknown) expect(served(pathOf(request)), request.path).toEqual([]);
});

it('lists are repeated in a query and joined in a header; an invalid parameter replaces the valid one', () => {
  const lists = requests.filter(
    ({ operation, expected }) => operation?.id === 'listNotes' && expected.kind === 'answer',
  );
  const queries = lists.map(({ path }) => new URLSearchParams(path.split('?')[1]));
  expect(queries.some((query) => query.getAll('tags').length > 1)).toBe(true);
  for (const query of queries) {
    expect(query.getAll('sizes').map(Number).every(Number.isInteger)).toBe(true);
    expect(query.getAll('page').length).toBeLessThan(2);
  }
  expect(lists.map(({ headers }) => headers['x-order'])).toContain('new,old');
  const broken = expecting(422).filter(({ what }) => what.startsWith('sizes: '));
  expect(broken.length).toBeGreaterThan(0);
  for (const { path } of broken) expect(new URLSearchParams(path.split('?')[1]).getAll('sizes')).toHaveLength(1);
});
