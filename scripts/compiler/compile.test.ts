import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { Json } from './json.ts';
import { RejectedDocument } from './rejections.ts';
import { edited, MESSAGE, OPERATION, plainDocument } from './testing/document.ts';
import { loadSchemas } from './testing/load.ts';
import { digestOf } from './walk.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

it.each(['library-internal', 'notes-internal', 'orders-api', 'parcels-internal', 'weather-internal'])(
  'compiles %s to the committed files',
  async (name) => {
    const output = await compile(name, readFileSync(join(fixtures, `${name}.yaml`), 'utf8'));
    expect([...output.keys()]).toEqual(['types.ts', 'schemas.ts', 'routes.ts', 'client.ts']);
    for (const [file, text] of output) {
      const committed = readFileSync(join(fixtures, name, file), 'utf8');
      const repair = `if the change is meant: node scripts/generate.ts --document scripts/compiler/fixtures/${name}.yaml --out scripts/compiler/fixtures/${name}`;
      expect(text, repair).toBe(committed);
    }
  },
);

it('a foreign document is rejected at every place that is not supported', async () => {
  const text = readFileSync(join(fixtures, 'bookings-internal.rejected.yaml'), 'utf8');
  const error = await compile('bookings-internal', text).catch((thrown: unknown) => thrown);
  if (!(error instanceof RejectedDocument)) throw error;
  expect(error.rejections.map(({ pointer }) => pointer).sort()).toEqual([
    '/components/schemas/Cat/properties/lives/$anchor',
    '/components/schemas/Page/properties/items/prefixItems',
    '/components/schemas/Page/properties/links/patternProperties',
    '/components/schemas/Page/properties/price/multipleOf',
    '/components/schemas/Pet/oneOf/1/$ref',
    '/paths/~1bookings/get/parameters/0/schema',
    '/paths/~1bookings/get/parameters/0/style',
    '/paths/~1bookings/get/parameters/1/in',
  ]);
});

it('the files of a document without schemas have no unused import', async () => {
  const paths = "{ /a: { get: { operationId: look, responses: { '204': { description: Nothing } } } } }";
  const text = `openapi: 3.1.0\ninfo: { title: Bare, version: 1.0.0 }\npaths: ${paths}\n`;
  const output = await compile('bare-internal', text);
  expect(output.get('schemas.ts')).not.toContain('import { z }');
  expect(output.get('client.ts')).not.toContain('import type {  }');
  expect(output.get('routes.ts')).not.toContain("from './schemas.ts'");
});

it('the work for schemas that all lead to each other grows with them, not with their paths', {
  timeout: 60_000,
}, () => {
  const names = Array.from({ length: 200 }, (_, index) => index);
  const refTo = (index: number): Json => ({ $ref: `#/components/schemas/S${index % names.length}` });
  const schemas = names.map((index): [string, Json] => {
    const properties = Object.fromEntries([1, 5, 11, 23].map((step) => [`p${step}`, refTo(index * 7 + step)]));
    return [`S${index}`, { type: 'object', properties }];
  });
  expect(loadSchemas(Object.fromEntries(schemas)).rejections).toBeUndefined();
});

it('the same document is compiled to the same text', async () => {
  const text = readFileSync(join(fixtures, 'library-internal.yaml'), 'utf8');
  expect([...(await compile('library-internal', text))]).toEqual([...(await compile('library-internal', text))]);
});

it.each([
  ['Library', 'library'],
  ['Museum API_v2', 'museum-api-v2'],
  ['new', 'new-api'],
  ['schemas', 'schemas-api'],
  ['options', 'options-api'],
  ['create-route', 'create-route-api'],
  ['1st', 'api-1st'],
])('rejects the name %s and suggests %s, which is compiled', async (name, suggested) => {
  const text = JSON.stringify(plainDocument);
  await expect(compile(name, text)).rejects.toThrow(`becomes a constant; write ${suggested}`);
  await expect(compile(suggested, text)).resolves.toBeDefined();
});

it.each([
  ['a description', '/info/description', 'Prose'],
  ['a summary', `${OPERATION}/summary`, 'Prose'],
  ['an example', `${MESSAGE}/properties/text/example`, 'a'],
  ['tags', '/tags', []],
  ['servers', '/servers', []],
])('the digest is the same with %s', (_why, pointer, value) => {
  expect(digestOf(edited(plainDocument, pointer, value))).toBe(digestOf(plainDocument));
});

it.each([
  ['a property named description', `${MESSAGE}/properties/description`, { type: 'string' }],
  ['a property named tags', `${MESSAGE}/properties/tags`, { type: 'string' }],
  ['a bound', `${MESSAGE}/properties/text/maxLength`, 3],
  ['an extension', `${MESSAGE}/x-moddy-max-bytes`, 3],
  ['a version', '/info/version', '1.0.1'],
])('the digest changes with %s', (_why, pointer, value) => {
  expect(digestOf(edited(plainDocument, pointer, value))).not.toBe(digestOf(plainDocument));
});

it('the digest does not depend on the order of keys', () => {
  const reversed = Object.fromEntries(Object.entries(plainDocument).reverse());
  expect(digestOf(reversed)).toBe(digestOf(plainDocument));
});

it.each([
  [
    'without its body',
    "'401': { $ref: '#/components/responses/Error' }",
    "'401': { description: No secret, headers: { X-Request-Id: { $ref: '#/components/headers/RequestId' } } }",
    401,
  ],
  [
    'with another body',
    "'403': { $ref: '#/components/responses/Error' }",
    "'403': { description: Wrong, content: { application/json: { schema: { $ref: '#/components/schemas/Missing' } } } }",
    403,
  ],
  [
    'that no operation answers',
    "'500': { $ref: '#/components/responses/Error' }",
    "'405': { $ref: '#/components/responses/Error' }",
    405,
  ],
])('rejects a status of the runtime %s, by line', async (_why, from, to, status) => {
  const text = readFileSync(join(fixtures, 'notes-internal.yaml'), 'utf8');
  const changed = text.replace(from, to);
  const line = changed.slice(0, changed.indexOf(to)).split('\n').length;
  const file = 'openapi/notes-internal.yaml';
  await expect(compile('notes-internal', changed, { file, isServed: true })).rejects.toThrow(
    `${file}:${line}:9 /paths/~1notes/get/responses/${status}: the runtime answers ${status}`,
  );
  await expect(compile('notes-internal', text, { isServed: true })).resolves.toBeDefined();
});
