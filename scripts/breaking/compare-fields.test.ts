import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../compiler/json.ts';
import { edited } from '../compiler/testing/document.ts';
import { breakingChanges } from './compare-documents.ts';

/* Parameters, headers, security and recursion. */

const content = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const released: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1.0.0' },
  security: [{ bearer: [] }],
  paths: {
    '/notes/{id}': {
      get: {
        operationId: 'getNote',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } },
          { name: 'page', in: 'query', schema: { type: 'integer', default: 1 } },
          { name: 'X-Attempt', in: 'header', schema: { type: 'integer', minimum: 1, maximum: 9 } },
        ],
        responses: {
          200: {
            description: 'The note',
            headers: {
              'X-Age': { required: true, schema: { type: 'integer', minimum: 0, maximum: 60 } },
              'X-Kind': { schema: { type: 'string', enum: ['long', 'short'] } },
            },
            content: content('Note'),
          },
        },
      },
    },
    '/': { get: { operationId: 'getService', security: [], responses: { 200: { description: '' } } } },
    '/notes': {
      post: {
        operationId: 'addNote',
        requestBody: { required: true, content: content('Note') },
        responses: { 204: { description: 'Stored' } },
      },
    },
  },
  components: {
    schemas: {
      Note: {
        type: 'object',
        required: ['text'],
        properties: {
          text: { type: 'string', examples: ['hello'] },
          replies: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
          about: { $ref: '#/components/schemas/Subject' },
          label: { $ref: '#/components/schemas/Label' },
        },
      },
      Subject: {
        allOf: [
          { $ref: '#/components/schemas/Label' },
          { properties: { note: { $ref: '#/components/schemas/Note' } } },
        ],
      },
      Label: {
        type: 'object',
        additionalProperties: false,
        properties: { name: { type: 'string' }, color: { type: 'string' } },
      },
    },
  },
};
const operation = '/paths/~1notes~1{id}/get';
const headers = `${operation}/responses/200/headers`;
const note = '/components/schemas/Note';
const label = '/components/schemas/Label';
const breaks = (pointer: string, value: Json | undefined) =>
  breakingChanges(released, edited(released, pointer, value)).map((one) => `${one.operation}: ${one.message}`);

const renamed = { name: 'noteId', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } };
const path = (parameter: JsonObject): JsonObject => {
  const { '/notes/{id}': item, ...paths } = released.paths as JsonObject;
  return {
    ...released,
    paths: { ...paths, '/notes/{noteId}': edited(item as JsonObject, '/get/parameters/0', parameter) },
  };
};

it.each<[string, Json | undefined, string]>([
  [
    `${operation}/parameters/1/name`,
    'Page',
    'getNote: the query parameter page was removed: what an old caller sends there is ignored',
  ],
  [
    `${operation}/parameters/1/schema/default`,
    2,
    'getNote: default 1 of `page` became 2: an old caller that leaves it out now means something else',
  ],
  [`${operation}/parameters/2/schema/maximum`, 3, 'getNote: `X-Attempt` maximum 9 became 3: an old caller gets 422'],
  [`${operation}/parameters/2/schema/minimum`, 2, 'getNote: `X-Attempt` minimum 1 became 2: an old caller gets 422'],
  [
    `${operation}/parameters/2/schema`,
    { type: 'boolean' },
    'getNote: `X-Attempt` no longer takes integer: an old caller gets 422',
  ],
  [
    `${headers}/X-Age/schema`,
    { type: 'string' },
    'getNote: `X-Age of 200` may now be string: an old caller cannot read the answer',
  ],
  [
    `${headers}/X-Age/schema/maximum`,
    90,
    'getNote: `X-Age of 200` maximum 60 became 90: an old caller cannot read the answer',
  ],
  [
    `${headers}/X-Age/schema/minimum`,
    undefined,
    'getNote: `X-Age of 200` minimum 0 became (none): an old caller cannot read the answer',
  ],
  [
    `${headers}/X-Kind/schema/enum`,
    ['long', 'short', 'odd'],
    'getNote: `X-Kind of 200` may now be "odd": an old caller cannot read the answer',
  ],
  [`${operation}/security`, [], 'getNote: the secret is no longer needed: everybody can call it'],
  ['/paths/~1/get/security', [{ bearer: [] }], 'getService: the secret is now needed: an old caller gets 401'],
  [
    `${label}/properties/size`,
    { type: 'integer' },
    'getNote: `size` of Note.about is new, where an old caller takes no unknown fields: an old caller cannot read the answer',
  ],
  [
    `${label}/additionalProperties`,
    true,
    'getNote: `Note.about` may now have any field: an old caller cannot read the answer',
  ],
])('%s: %j is breaking', (pointer, value, message) => {
  expect(breaks(pointer, value)).toContain(message);
});

it.each<[string, Json | undefined]>([
  [`${operation}/parameters/2/name`, 'x-attempt'],
  [`${operation}/parameters/2/schema/maximum`, 10],
  [`${headers}/X-Age/schema/maximum`, 50],
  [`${headers}/X-Kind/schema/enum`, ['long']],
  [`${headers}/X-More`, { schema: { type: 'string' } }],
  [`${headers}/X-Kind/required`, true],
  [`${headers}/X-Age/description`, 'Seconds'],
  [`${operation}/responses/200/description`, 'A note'],
  [`${note}/properties/text/examples`, ['bye']],
  [`${note}/description`, 'Prose'],
  [`${operation}/responses/404`, { description: 'No such note' }],
])('%s: %j is not breaking', (pointer, value) => {
  expect(breaks(pointer, value)).toEqual([]);
});

it('a new name of a path parameter is not breaking; a new rule of it is', () => {
  expect(breakingChanges(released, path(renamed))).toEqual([]);
  const shorter = path({ ...renamed, schema: { type: 'string', maxLength: 9 } });
  expect(breakingChanges(released, shorter).map(({ message }) => message)).toEqual([
    '`noteId` maxLength 20 became 9: an old caller gets 422',
  ]);
});

it('a field added to a closed response, or removed from a closed request, is breaking', () => {
  const closed = edited(released, `${note}/additionalProperties`, false);
  // To the new server unknown fields of a request are an error; the answers hold no field that an old caller lacks.
  expect(breakingChanges(released, closed).map(({ operation }) => operation)).toEqual(['addNote']);
  const messages = breakingChanges(closed, edited(closed, `${note}/properties/size`, { type: 'integer' }));
  expect(messages.map(({ operation }) => operation)).toEqual(['getNote']);
  expect(
    breakingChanges(closed, edited(closed, `${note}/properties/label`, undefined)).map(({ operation }) => operation),
  ).toEqual(['addNote']);
});

it('a change in a recursive schema is reported once', () => {
  expect(breaks(`${note}/properties/text/maxLength`, 5)).toEqual([
    'addNote: `Note.text` maxLength (none) became 5: an old caller gets 422',
  ]);
  expect(breakingChanges(released, released)).toEqual([]);
});

it('another media type of a body, and a new rule within it, are breaking', () => {
  const body = `/paths/~1notes/post/requestBody/content`;
  const patched = edited(released, body, { 'application/merge-patch+json': { schema: { type: 'string' } } });
  expect(breakingChanges(released, patched).map(({ message }) => message)).toContain(
    'the body became application/merge-patch+json: an old caller gets 415',
  );
  const narrowed = edited(patched, `${body}/application~1merge-patch+json/schema/maxLength`, 5);
  expect(breakingChanges(patched, narrowed).map(({ message }) => message)).toEqual([
    '`the body` maxLength (none) became 5: an old caller gets 422',
  ]);
});

/** The breaking changes for the sender of a schema. */
function sent(was: Json, is: Json): string[] {
  const word = edited(released, '/components/schemas/Word', { type: 'string', maxLength: 9 });
  const [before, after] = [was, is].map((schema) => edited(word, `${note}/properties/label`, schema));
  return breakingChanges(before ?? {}, after ?? {}).flatMap((one) => (one.operation === 'addNote' ? one.message : []));
}
const word = { $ref: '#/components/schemas/Word' };
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const object = (properties: JsonObject): JsonObject => ({ type: 'object', properties });
const a = (maxLength: number): JsonObject => object({ a: { type: 'string', maxLength } });
const tree = (maxLength: number): JsonObject => ({
  type: 'object',
  properties: { below: { $ref: `#${note}/properties/label` }, name: { type: 'string' } },
  anyOf: [{ properties: { below: { type: 'object' }, name: { maxLength } } }, { type: 'object', required: ['x'] }],
});

it.each<[what: string, was: Json, is: Json, message: string]>([
  ['a rule beside a reference', word, { ...word, maxLength: 3 }, 'maxLength 9 became 3'],
  ['a tighter rule beside a reference', { ...word, minLength: 1 }, { ...word, minLength: 2 }, 'minLength 1 became 2'],
  [
    'the first of two patterns',
    { allOf: [{ type: 'string', pattern: '^a' }, { pattern: 'b$' }] },
    { allOf: [{ type: 'string', pattern: '^x' }, { pattern: 'b$' }] },
    'pattern "^a" and "b$" became "^x" and "b$"',
  ],
  [
    'a second pattern',
    { type: 'string', pattern: 'b$' },
    { allOf: [{ type: 'string', pattern: '^x' }, { pattern: 'b$' }] },
    'pattern "b$" became "^x" and "b$"',
  ],
  ['the first of two lengths', { allOf: [word, { maxLength: 9 }] }, { allOf: [{ maxLength: 3 }, word] }, '9 became 3'],
  ['a divisor', { type: 'integer' }, { allOf: [{ type: 'integer' }, { multipleOf: 2 }] }, 'multipleOf (none) became 2'],
  ['a type', { type: ['string', 'null'] }, { allOf: [{ type: ['string', 'null'] }, { type: 'string' }] }, 'takes null'],
  ['nullable', { type: 'string', nullable: true }, { type: 'string' }, 'no longer takes null'],
  ['values', { enum: ['x', 'y'] }, { allOf: [{ enum: ['x', 'y'] }, { enum: ['y', 'z'] }] }, 'no longer takes "x"'],
  [
    'a rule beside alternatives',
    { type: 'string', anyOf: [{ maxLength: 9 }, { pattern: 'a' }] },
    { type: 'string', minLength: 2, anyOf: [{ maxLength: 9 }, { pattern: 'a' }] },
    'minLength (none) became 2',
  ],
  ['one property in two parts', a(9), { allOf: [a(3), a(9)] }, 'maxLength 9 became 3'],
  ['elements in two parts', list(word), { allOf: [list(word), list({ minLength: 2 })] }, 'minLength (none) became 2'],
  ['unevaluatedProperties', { allOf: [a(9)] }, { allOf: [a(9)], unevaluatedProperties: false }, 'unknown fields'],
  ['a recursive schema with alternatives', tree(9), tree(3), 'maxLength 9 became 3'],
])('%s is a breaking change', (_what, was, is, message) => {
  expect(sent(was, is)).toEqual([expect.stringContaining(message)]);
  expect(sent(was, was)).toEqual([]);
});

it.each<[what: string, was: Json, is: Json]>([
  ['a reference with a rule, written out', { ...word, minLength: 2 }, { type: 'string', minLength: 2, maxLength: 9 }],
  ['the order of two patterns', { ...word, pattern: 'a' }, { allOf: [{ pattern: 'a' }, word] }],
  ['nullable as a type', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  ['one object of two', { allOf: [a(9), { required: ['a'] }] }, { ...a(9), required: ['a'] }],
  [
    'unevaluatedProperties as additionalProperties',
    { ...a(3), additionalProperties: false },
    { ...a(3), unevaluatedProperties: false },
  ],
  ['alternatives of one type', { type: 'string', oneOf: [{ const: 'x' }, { const: 'y' }] }, { enum: ['x', 'y'] }],
])('%s is not a breaking change', (_what, was, is) => {
  expect([...sent(was, is), ...sent(is, was)]).toEqual([]);
});
