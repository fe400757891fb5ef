import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../compiler/json.ts';
import { edited } from '../compiler/testing/document.ts';
import { breakingChanges } from './compare-documents.ts';

const tagged = (kind: string, properties: JsonObject): JsonObject => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: { type: 'string', const: kind }, ...properties },
});
const content = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
const released: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Post', version: '1.0.0' },
  security: [{ bearer: [] }],
  paths: {
    '/letters': {
      post: {
        operationId: 'sendLetter',
        parameters: [{ name: 'X-Attempt', in: 'header', schema: { type: 'integer', maximum: 9 } }],
        requestBody: { required: true, content: content('Letter') },
        responses: {
          200: {
            description: '',
            headers: { 'X-Id': { required: true, schema: { type: 'string' } } },
            content: content('Receipt'),
          },
          503: { description: '' },
        },
      },
    },
    '/': { get: { operationId: 'look', security: [], responses: { 200: { description: '' } } } },
  },
  components: {
    schemas: {
      Letter: {
        type: 'object',
        required: ['to'],
        properties: {
          to: { type: 'string', maxLength: 20 },
          plan: { type: ['string', 'null'] },
          loud: { type: 'boolean', default: false },
          kind: { type: 'string', enum: ['card', 'parcel'] },
          marks: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
          way: { oneOf: [{ $ref: '#/components/schemas/Air' }, { $ref: '#/components/schemas/Sea' }] },
        },
      },
      Air: tagged('air', { flight: { type: 'string' } }),
      Sea: tagged('sea', { ship: { type: 'string', maxLength: 9 } }),
      Receipt: {
        type: 'object',
        required: ['sent'],
        properties: {
          sent: { type: 'boolean' },
          sure: { type: 'boolean', default: false },
          weight: { type: 'integer', minimum: 0 },
          color: { type: 'string', enum: ['red', 'blue'] },
          reason: { type: 'string', enum: ['lost', 'other'], 'x-moddy-unknown-value': 'other' },
          went: { oneOf: [{ $ref: '#/components/schemas/Air' }, { $ref: '#/components/schemas/Sea' }] },
        },
      },
    },
  },
};
const letter = '/components/schemas/Letter';
const receipt = '/components/schemas/Receipt';
const operation = '/paths/~1letters/post';

it.each<[string, Json | undefined, string]>([
  [`${letter}/required`, ['to', 'plan'], '`plan` of Letter became required: an old caller gets 422'],
  [`${letter}/properties/plan/type`, 'string', '`Letter.plan` no longer takes null: an old caller gets 422'],
  [`${letter}/properties/to/maxLength`, 10, '`Letter.to` maxLength 20 became 10: an old caller gets 422'],
  [`${letter}/properties/to/pattern`, '^a', '`Letter.to` pattern (none) became "^a": an old caller gets 422'],
  [`${letter}/properties/kind/enum`, ['card'], '`Letter.kind` no longer takes "parcel": an old caller gets 422'],
  [`${letter}/properties/plan`, undefined, '`plan` of Letter was removed: what an old caller sends there is ignored'],
  [`${letter}/additionalProperties`, false, '`Letter` no longer takes unknown fields: an old caller gets 422'],
  [`${operation}/parameters/0/required`, true, 'the header parameter X-Attempt is now needed: an old caller gets 422'],
  [`${operation}/parameters/0/schema/maximum`, 5, '`X-Attempt` maximum 9 became 5: an old caller gets 422'],
  [`${receipt}/required`, [], '`sent` of Receipt is no longer certain: an old caller cannot read the answer'],
  [
    `${receipt}/properties/sent/type`,
    'string',
    '`Receipt.sent` may now be string: an old caller cannot read the answer',
  ],
  [
    `${receipt}/properties/color/enum`,
    ['red', 'blue', 'green'],
    '`Receipt.color` may now be "green": an old caller cannot read the answer',
  ],
  [
    `${receipt}/properties/weight/minimum`,
    undefined,
    '`Receipt.weight` minimum 0 became (none): an old caller cannot read the answer',
  ],
  [`${operation}/responses/200/headers`, {}, 'the header X-Id of 200 is no longer certain: an old caller may miss it'],
  [`${operation}/responses/200`, undefined, '200 was removed: an old caller waits for it in vain'],
  [`${operation}/operationId`, 'send', 'POST /letters was removed: an old caller gets 404'],
  ['/paths/~1/get/security', undefined, 'the secret is now needed: an old caller gets 401'],
  ['/paths/~1letters', undefined, 'POST /letters was removed: an old caller gets 404'],
  [
    `${operation}/parameters`,
    [],
    'the header parameter X-Attempt was removed: what an old caller sends there is ignored',
  ],
  [
    `${letter}/properties/loud/default`,
    true,
    'default false of `Letter.loud` became true: an old caller that leaves it out now means something else',
  ],
  [`${operation}/requestBody`, undefined, 'the body was removed: what an old caller sends there is ignored'],
  [
    `${letter}/properties/marks/additionalProperties/type`,
    'string',
    '`Letter.marks.*` no longer takes null: an old caller gets 422',
  ],
  [
    `${letter}/properties/way/oneOf/0`,
    { type: 'null' },
    '`Letter.way` no longer takes object with kind "air": an old caller gets 422',
  ],
  [
    `${letter}/properties/way/oneOf/1`,
    tagged('rail', {}),
    '`Letter.way` no longer takes object with kind "sea": an old caller gets 422',
  ],
  [
    `${receipt}/properties/went/oneOf/2`,
    tagged('rail', {}),
    '`Receipt.went` may now be object with kind "rail": an old caller cannot read the answer',
  ],
  [
    '/components/schemas/Air/properties/flight/type',
    ['string', 'null'],
    '`Receipt.went.flight` may now be null: an old caller cannot read the answer',
  ],
  [
    '/components/schemas/Sea/properties/ship/maxLength',
    8,
    '`Letter.way.ship` maxLength 9 became 8: an old caller gets 422',
  ],
  [
    `${letter}/properties/to/format`,
    'date-time',
    '`Letter.to` format (none) became "date-time": an old caller gets 422',
  ],
  [`${receipt}/properties/sent/writeOnly`, true, '`sent` of Receipt was removed: an old caller cannot read the answer'],
  [`${letter}/properties/to/readOnly`, true, '`to` of Letter was removed: what an old caller sends there is ignored'],
  [`${receipt}/properties/sent`, {}, '`Receipt.sent` may now be anything: an old caller cannot read the answer'],
])('%s: %j is breaking', (pointer, value, message) => {
  expect(breakingChanges(released, edited(released, pointer, value)).map((one) => one.message)).toEqual([message]);
});

it.each<[string, Json | undefined]>([
  [`${letter}/properties/added`, { type: 'string' }],
  [`${letter}/required`, []],
  [`${letter}/properties/kind/enum`, ['card', 'parcel', 'pigeon']],
  [`${letter}/properties/to/maxLength`, undefined],
  [`${receipt}/properties/added`, { type: 'string' }],
  [`${receipt}/required`, ['sent', 'weight']],
  [`${receipt}/properties/color/enum`, ['red']],
  [`${receipt}/properties/reason/enum`, ['lost', 'eaten', 'other']],
  [`${operation}/responses/429`, { description: '' }],
  [`${operation}/responses/503`, undefined],
  [`${operation}/description`, 'Prose'],
  ['/paths/~1more', { get: { operationId: 'more', responses: { 200: { description: '' } } } }],
  [`${letter}/properties/marks/additionalProperties`, true],
  [`${letter}/properties/plan/default`, 'free'],
  [`${letter}/properties/way/oneOf/2`, tagged('rail', {})],
  [`${receipt}/properties/went/oneOf`, [{ $ref: '#/components/schemas/Sea' }]],
  ['/info/version', '1.1.0'],
  [`${letter}/properties/to`, {}],
  [`${letter}/properties/kind`, { enum: ['card', 'parcel'] }],
  [`${letter}/properties/sure`, { type: 'boolean', readOnly: true }],
  [`${receipt}/properties/color`, { allOf: [{ type: 'string', enum: ['red', 'blue'] }] }],
  [`${receipt}/properties/weight/format`, 'uint8'],
])('%s: %j is not breaking', (pointer, value) => {
  expect(breakingChanges(released, edited(released, pointer, value))).toEqual([]);
});
