import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../compiler/json.ts';
import { edited } from '../compiler/testing/document.ts';
import { operationsOf } from './document.ts';
import { Judge } from './judge.ts';
import type { Request } from './request.ts';
import { undocumented } from './verdict.ts';

const error = (example: JsonObject) => ({
  description: '',
  content: {
    'application/json': {
      schema: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
      ...example,
    },
  },
});
const document: JsonObject = {
  security: [{ bearer: [] }],
  paths: {
    '/notes': {
      get: {
        operationId: 'listNotes',
        responses: {
          401: error({
            examples: { missing: { value: { error: 'No header' } }, format: { value: { error: 'No Bearer' } } },
          }),
          403: error({ example: { error: 'Invalid secret' } }),
          500: error({ example: { error: 'Internal error' } }),
        },
      },
    },
  },
};

function verdict(status: number, body: Json | undefined, of = document, method = 'GET'): string | undefined {
  const operations = operationsOf(of);
  const request: Request = {
    what: 'without the secret',
    operation: operations[0],
    method,
    path: '/notes',
    headers: {},
    expected: { kind: 'refusal', statuses: [status] },
  };
  const answer = { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) ?? '' };
  const target = { document: of, judge: new Judge(of), operations, secret: '', known: [], listable: [] };
  return undocumented(request, answer, target);
}

const responses = '/paths/~1notes/get/responses';

it('no fault for 401 and 403 with a documented example', () => {
  expect(verdict(401, { error: 'No header' })).toBeUndefined();
  expect(verdict(401, { error: 'No Bearer' })).toBeUndefined();
  expect(verdict(403, { error: 'Invalid secret' })).toBeUndefined();
});

it('a fault for 401 and 403 with a text that is no documented example', () => {
  expect(verdict(401, { error: 'Invalid secret' })).toContain('is none of the documented examples');
  expect(verdict(403, { error: 'invalid secret' })).toContain('is none of the documented examples');
  const example = `${responses}/403/content/application~1json/example/error`;
  expect(verdict(403, { error: 'Invalid secret' }, edited(document, example, 'Wrong secret'))).toContain(
    'is none of the documented examples',
  );
});

it('no fault of the example for a status without examples, or for another status', () => {
  const bare = edited(document, `${responses}/403/content/application~1json/example`, undefined);
  expect(verdict(403, { error: 'Go away' }, bare)).toBeUndefined();
  expect(verdict(500, { error: 'Another fault' })).not.toContain('example');
});

it('a fault for HEAD with a body or an undocumented status', () => {
  expect(verdict(403, '', document, 'HEAD')).toContain('a body in answer to HEAD');
  expect(verdict(403, undefined, document, 'HEAD')).toBeUndefined();
  expect(verdict(404, undefined, document, 'HEAD')).toContain('is not documented');
});
