import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as routes from '../compiler/fixtures/library-internal/routes.ts';
import * as parcels from '../compiler/fixtures/parcels-internal/routes.ts';
import * as weather from '../compiler/fixtures/weather-internal/routes.ts';
import type { Json, JsonObject } from '../compiler/json.ts';
import { edited } from '../compiler/testing/document.ts';
import { emittedDifferences, emittedDocument } from './compare.ts';

const fixtures = join(import.meta.dirname, '..', 'compiler', 'fixtures');
const read = (name: string): JsonObject => parse(readFileSync(join(fixtures, `${name}.yaml`), 'utf8'));
const written = read('library-internal');
const emitted = emittedDocument(routes);

it.each([
  ['library-internal', routes],
  ['parcels-internal', parcels],
  ['weather-internal', weather],
])('%s equals the document that its generated routes emit', (name, module) => {
  expect(emittedDifferences(read(name), emittedDocument(module))).toEqual([]);
});

const book = '/paths/~1books~1{bookId}';
const everything = '/components/schemas/Everything/properties';

it.each<[string, string, Json | undefined]>([
  ['a path', '/paths/~1more', { get: { operationId: 'more', responses: { 200: { description: '' } } } }],
  ['a method', `${book}/delete`, undefined],
  ['an operationId', `${book}/get/operationId`, 'other'],
  ['a status', `${book}/get/responses/404`, undefined],
  ['security', '/paths/~1books~1latest/get/security', undefined],
  ['the security of all', '/security', []],
  ['a parameter', `${book}/get/parameters/1`, { name: 'other', in: 'query', schema: { type: 'boolean' } }],
  ['a required parameter', `${book}/get/parameters/1/required`, true],
  ['the type of a parameter', `${book}/get/parameters/1/schema/type`, 'string'],
  ['exclusiveMinimum', `${book}/get/parameters/2/schema/exclusiveMinimum`, 1],
  ['exclusiveMaximum', `${book}/get/parameters/2/schema/exclusiveMaximum`, 98.5],
  ['a response header', `${book}/get/responses/200/headers`, {}],
  ['a required response header', `${book}/get/responses/200/headers/X-Age/required`, false],
  ['a body of a response', `${book}/get/responses/200/content`, undefined],
  ['a required body', '/components/requestBodies/NewBook/required', false],
  ['pattern', '/components/schemas/BookId/pattern', '^[a-z]+$'],
  ['minLength', '/components/schemas/BookId/minLength', 1],
  ['maxLength', '/components/schemas/BookId/maxLength', 9],
  ['a value of an enum', '/components/schemas/Genre/enum', ['novel', 'other']],
  ['const', '/components/schemas/Added/properties/kind/const', 'other'],
  ['a mixed enum', `${everything}/values/enum`, ['a', 1, null]],
  ['a property', `${everything}/left`, undefined],
  ['a required property', '/components/schemas/Entry/required', []],
  ['a property by way of allOf', '/components/schemas/Book/allOf/1/properties/title/type', 'integer'],
  ['a required property by way of allOf', '/components/schemas/Book/allOf/1/required', []],
  ['minimum', '/components/schemas/Book/allOf/1/properties/pages/minimum', 0],
  ['a default', '/components/schemas/Book/allOf/1/properties/pages/default', 2],
  ['an alternative', '/components/schemas/Outcome/oneOf/1', undefined],
  ['null', `${everything}/right/type`, 'array'],
  ['items', `${everything}/left/items/type`, 'integer'],
  ['minItems', `${everything}/left/minItems`, 2],
  ['maxItems', '/paths/~1books~1latest/get/responses/200/content/application~1json/schema/maxItems', 9],
  ['additionalProperties of a closed object', `${everything}/closed/additionalProperties`, true],
  ['additionalProperties of an open object', `${everything}/open/additionalProperties`, undefined],
  ['a schema for additionalProperties', `${everything}/numbers/additionalProperties/type`, 'string'],
  ['maximum', `${everything}/2nd-shelf/maximum`, 8],
  ['the first of two patterns', `${everything}/shelf-mark/allOf/0/pattern`, '^x'],
  ['a rule beside a reference', `${everything}/tight/minLength`, 4],
  ['a rule beside alternatives', `${everything}/either/minLength`, 3],
])('%s changed in the document alone is a difference', (_what, pointer, value) => {
  expect(emittedDifferences(edited(written, pointer, value), emitted)).not.toEqual([]);
});
