import { describe, expect, it } from 'vitest';
import type { Json } from './json.ts';
import { type Keyword, type Kind, keywords } from './keywords.ts';
import { edited, MESSAGE, OPERATION, plainDocument, rejectionsOf } from './testing/document.ts';

/** Where an object of each kind stands in the plain document. */
const PLACES: Readonly<Record<Kind, string>> = {
  document: '',
  info: '/info',
  paths: '/paths',
  'path item': '/paths/~1messages~1{messageId}',
  operation: OPERATION,
  parameter: `${OPERATION}/parameters/1`,
  'request body': `${OPERATION}/requestBody`,
  'media type': `${OPERATION}/requestBody/content/application~1json`,
  responses: `${OPERATION}/responses`,
  response: `${OPERATION}/responses/200`,
  header: `${OPERATION}/responses/200/headers/X-Age`,
  components: '/components',
  'security scheme': '/components/securitySchemes/bearer',
  schema: `${MESSAGE}/properties/text`,
  discriminator: '/components/schemas/Item/discriminator',
  reference: `${OPERATION}/responses/404`,
};
const kinds = Object.keys(PLACES) as Kind[];

it('the plain document is compiled', () => {
  expect(rejectionsOf(plainDocument)).toEqual([]);
});

describe('every keyword that is not compiled is refused where it stands, with what to write instead', () => {
  const rejected = kinds.flatMap((kind) =>
    Object.entries(keywords[kind]).flatMap(([key, keyword]: [string, Keyword]) =>
      keyword.is === 'rejected' ? [{ kind, key, advice: keyword.advice }] : [],
    ),
  );
  it.each(rejected)('$key in a $kind', ({ kind, key, advice }) => {
    const pointer = `${PLACES[kind]}/${key}`;
    expect(rejectionsOf(edited(plainDocument, pointer, {}))).toContain(
      `${pointer}: \`${key}\` is not compiled; ${advice}`,
    );
  });
});

describe('a key that nobody knows is refused everywhere', () => {
  it.each(kinds)('in a %s', (kind) => {
    for (const key of ['descripton', 'x-anything']) {
      const pointer = `${PLACES[kind]}/${key}`;
      expect(rejectionsOf(edited(plainDocument, pointer, 'text')).map((line) => line.split(': ')[0])).toContain(
        pointer,
      );
    }
  });
});

it('names all places at once', () => {
  const twice = edited(edited(plainDocument, `${MESSAGE}/not`, {}), `${OPERATION}/callbacks`, {});
  expect(rejectionsOf(twice).map((line) => line.split(': ')[0])).toEqual([`${OPERATION}/callbacks`, `${MESSAGE}/not`]);
});

const text = `${MESSAGE}/properties/text`;
const word = '/components/schemas/Word';
const parameters = `${OPERATION}/parameters`;
/** Two objects with a field of their own, told apart by `kind` or not. */
const pair = (required: readonly string[], more: { readonly 'x-unknown-value'?: string } = {}): Json =>
  ['a', 'b'].map((kind) => ({
    type: 'object',
    required,
    properties: {
      kind: { type: 'string', enum: [kind], ...(more['x-unknown-value'] && { 'x-unknown-value': kind }) },
      [kind]: { type: 'string' },
    },
  }));
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const operationAt = (id: string): Json => ({ operationId: id, responses: { 204: { description: '' } } });
const union = [ref('Message'), { type: 'object', properties: { other: { type: 'string' } } }];

const WRONG: readonly (readonly [why: string, pointer: string, value: Json | undefined, rejectedAt?: string])[] = [
  ['OpenAPI 3.0', '/openapi', '3.0.3'],
  ['no version', '/info/version', undefined],
  ['no paths', '/paths', undefined],
  ['no operations', '/paths', {}],
  ['a path without operations alone', '/paths', { '/a': {} }, '/paths'],
  ['an API key', '/components/securitySchemes/bearer', { type: 'apiKey' }],
  ['an unknown security scheme', '/security', [{ other: [] }]],
  ['one of two security schemes', '/security', [{ bearer: [] }, {}]],
  ['scopes', '/security', [{ bearer: ['read'] }]],
  ['a path without a slash', '/paths/messages', {}],
  ['part of a segment as parameter', '/paths/~1a-{b}', {}],
  ['a path with another parameter name', '/paths/~1messages~1{id}', {}],
  ['the same operationId', '/paths/~1other', { get: operationAt('sendMessage') }, '/paths/~1other/get/operationId'],
  ['an operationId with a dash', `${OPERATION}/operationId`, 'send-message'],
  ['no operationId', `${OPERATION}/operationId`, undefined],
  ['an operationId that the client needs', `${OPERATION}/operationId`, 'close'],
  ['no responses', `${OPERATION}/responses`, {}],
  ['a range of statuses', `${OPERATION}/responses/4XX`, { description: '' }],
  ['a default response', `${OPERATION}/responses/default`, { description: '' }],
  ['a response without description', `${OPERATION}/responses/200/description`, undefined, `${OPERATION}/responses/200`],
  [
    'a body of 204',
    `${OPERATION}/responses/204`,
    { description: '', content: { 'application/json': { schema: ref('Word') } } },
  ],
  ['another media type', `${OPERATION}/requestBody/content/text~1plain`, { schema: ref('Word') }],
  ['a body without JSON', `${OPERATION}/requestBody/content`, {}],
  ['a body without content', `${OPERATION}/requestBody`, { required: true }],
  ['required as a word', `${OPERATION}/requestBody/required`, 'yes'],
  [
    'a body of GET',
    '/paths/~1other',
    {
      get: {
        operationId: 'look',
        requestBody: { content: { 'application/json': { schema: ref('Word') } } },
        responses: { 204: { description: '' } },
      },
    },
    '/paths/~1other/get/requestBody',
  ],
  [
    'a default in a body in place',
    `${OPERATION}/requestBody/content/application~1json/schema`,
    { type: 'object', properties: { a: { type: 'boolean', default: true } } },
    `${OPERATION}/requestBody`,
  ],
  ['a cookie', `${parameters}/1/in`, 'cookie'],
  ['a parameter without name', `${parameters}/1/name`, ''],
  ['a path parameter that is not required', `${parameters}/0/required`, false, `${parameters}/0`],
  [
    'a path parameter that the path lacks',
    `${parameters}/2`,
    { name: 'other', in: 'path', required: true, schema: { type: 'string' } },
    parameters,
  ],
  ['no parameter for the path', `${parameters}/0/name`, 'other', OPERATION],
  [
    'the same header in another case',
    `${parameters}/2`,
    { name: 'x-attempt', in: 'header', schema: { type: 'string' } },
  ],
  ['Authorization as parameter', `${parameters}/1/name`, 'Authorization'],
  ['a header with a space', `${parameters}/1/name`, 'X Attempt'],
  ['a style', `${parameters}/1/style`, 'matrix'],
  ['explode', `${parameters}/1/explode`, true],
  ['a list of objects as parameter', `${parameters}/1/schema`, { type: 'array', items: ref('Message') }],
  ['a list as path parameter', `${parameters}/0/schema`, { type: 'array', items: { type: 'string' } }],
  ['an object as parameter', `${parameters}/1/schema`, ref('Message')],
  ['null as parameter', `${parameters}/1/schema`, { type: ['string', 'null'] }],
  ['two types as parameter', `${parameters}/1/schema`, { type: ['string', 'integer'], enum: ['a', 1] }],
  ['a default of a parameter', `${parameters}/1/schema/default`, 1],
  ['a parameter without schema', `${parameters}/1/schema`, undefined],
  [
    'a list as response header',
    `${OPERATION}/responses/200/headers/X-Age/schema`,
    { type: 'array', items: { type: 'string' } },
  ],
  [
    'Content-Type as response header',
    `${OPERATION}/responses/200/headers/Content-Type`,
    { schema: { type: 'string' } },
  ],
  ['a response that is not there', `${OPERATION}/responses/404/$ref`, '#/components/responses/Missing'],
  ['a response in a file', `${OPERATION}/responses/404/$ref`, 'other.yaml#/components/responses/Nothing'],
  ['a schema that is not there', text, ref('Missing'), `${text}/$ref`],
  ['a schema in a file', text, { $ref: 'other.yaml' }, `${text}/$ref`],
  ['a place inside a schema', text, { $ref: '#/components/schemas/Message/properties/size' }, `${text}/$ref`],
  ['a keyword beside $ref', text, { ...ref('Word'), maxLength: 3 }, `${text}/maxLength`],
  ['a default beside $ref', text, { ...ref('Word'), default: 'a' }, `${text}/default`],
  ['a schema that refers to itself', '/components/schemas/Word', ref('Word')],
  ['a schema name in lower case', '/components/schemas/word', { type: 'string' }],
  ['a schema name of the generator', '/components/schemas/Proof', { type: 'string' }],
  ['a schema named like a form', '/components/schemas/MessageStrict', { type: 'string' }],
  ['a component name with a dash', '/components/responses/not-there', { description: '' }],
  ['a component that only refers', '/components/responses/Other', { $ref: '#/components/responses/Nothing' }],
  ['no type', text, {}],
  ['true as schema', text, true],
  ['an unknown type', text, { type: 'file' }, `${text}/type`],
  ['a type twice', text, { type: ['string', 'string'] }, `${text}/type`],
  ['no types', text, { type: [] }, `${text}/type`],
  ['integer beside number', text, { type: ['integer', 'number'] }, `${text}/type`],
  ['a keyword of another type', text, { type: 'string', minimum: 1 }, `${text}/minimum`],
  ['a negative length', text, { type: 'string', minLength: -1 }, `${text}/minLength`],
  ['a pattern that is none', text, { type: 'string', pattern: '[' }, `${text}/pattern`],
  ['a pattern that the u flag refuses', text, { type: 'string', pattern: '\\-' }, `${text}/pattern`],
  ['a bound that is no number', text, { type: 'number', minimum: '1' }, `${text}/minimum`],
  ['exclusiveMinimum of draft 4', text, { type: 'number', exclusiveMinimum: true }, `${text}/exclusiveMinimum`],
  ['a fraction as divisor', text, { type: 'number', multipleOf: 0.01 }, `${text}/multipleOf`],
  ['zero as divisor', text, { type: 'number', multipleOf: 0 }, `${text}/multipleOf`],
  ['an array without items', text, { type: 'array' }],
  [
    'uniqueItems as a word',
    text,
    { type: 'array', items: { type: 'string' }, uniqueItems: 'yes' },
    `${text}/uniqueItems`,
  ],
  ['an empty enum', text, { type: 'string', enum: [] }, `${text}/enum`],
  ['a value of another type', text, { type: 'string', enum: ['a', 1] }, `${text}/enum/1`],
  ['a fraction as integer', text, { type: 'integer', const: 1.5 }, `${text}/const`],
  ['a value twice', text, { type: 'string', enum: ['a', 'a'] }, `${text}/enum/1`],
  ['an object as value', text, { type: 'object', enum: [{}] }, `${text}/enum/0`],
  ['a type without value', text, { type: ['string', 'null'], enum: ['a'] }, `${text}/type`],
  ['__proto__ as value', text, { type: 'string', enum: ['__proto__'] }, `${text}/enum/0`],
  ['a bound beside enum', text, { type: 'string', enum: ['a'], maxLength: 1 }, `${text}/maxLength`],
  ['const beside enum', text, { type: 'string', enum: ['a'], const: 'a' }, `${text}/const`],
  [
    'an unknown value that is not listed',
    text,
    { type: 'string', enum: ['a'], 'x-unknown-value': 'b' },
    `${text}/x-unknown-value`,
  ],
  [
    'an unknown value among numbers',
    text,
    { type: 'integer', enum: [1], 'x-unknown-value': 1 },
    `${text}/x-unknown-value`,
  ],
  ['a required name that is no property', `${MESSAGE}/required/1`, 'other'],
  ['a required name twice', `${MESSAGE}/required/1`, 'text'],
  ['a required number', `${MESSAGE}/required/1`, 1],
  ['required as a flag', `${MESSAGE}/required`, true],
  ['a property that JavaScript has', `${MESSAGE}/properties/toString`, { type: 'string' }],
  ['a field that can only be null', text, { type: 'null' }],
  [
    'free fields that can only be null',
    word,
    { type: 'object', additionalProperties: { type: 'null' } },
    `${word}/additionalProperties`,
  ],
  ['a default of a required property', `${text}/default`, 'a'],
  ['a default of another type', `${MESSAGE}/properties/size/default`, 'a'],
  [
    'a default out of bounds',
    `${MESSAGE}/properties/size`,
    { type: 'integer', minimum: 1, default: 0 },
    `${MESSAGE}/properties/size/default`,
  ],
  [
    'a default of no multiple',
    `${MESSAGE}/properties/size`,
    { type: 'integer', multipleOf: 2, default: 1 },
    `${MESSAGE}/properties/size/default`,
  ],
  [
    'a default that is too long',
    `${MESSAGE}/properties/size`,
    { type: 'string', maxLength: 1, default: 'ab' },
    `${MESSAGE}/properties/size/default`,
  ],
  [
    'a default against the pattern',
    `${MESSAGE}/properties/size`,
    { type: 'string', pattern: 'b', default: 'a' },
    `${MESSAGE}/properties/size/default`,
  ],
  ['a list as default', `${MESSAGE}/properties/size/default`, []],
  ['a default of a component', '/components/schemas/Word/default', 'a'],
  ['a default of items', text, { type: 'array', items: { type: 'string', default: 'a' } }, `${text}/items/default`],
  ['free fields beside properties', `${MESSAGE}/additionalProperties`, { type: 'string' }],
  ['additionalProperties as a word', `${MESSAGE}/additionalProperties`, 'no'],
  ['a negative number of fields', `${MESSAGE}/maxProperties`, -1],
  ['half a byte', `${MESSAGE}/x-max-bytes`, 0.5],
  ['x-max-depth as a word', `${MESSAGE}/x-max-depth`, 'deep'],
  ['x-disjoint of a property that is no array', `${MESSAGE}/x-disjoint`, ['text', 'size']],
  ['x-disjoint of a property that is not there', `${MESSAGE}/x-disjoint`, ['text', 'other']],
  ['an empty anyOf', text, { anyOf: [] }, `${text}/anyOf`],
  ['a type beside anyOf', text, { anyOf: [ref('Word')], type: 'string' }, `${text}/type`],
  ['two objects that cannot be told apart', text, { anyOf: union }],
  ['the same in oneOf', text, { oneOf: union }],
  ['a kind that may be absent', text, { oneOf: pair([]) }],
  ['a kind that may be unknown', text, { oneOf: pair(['kind'], { 'x-unknown-value': 'a' }) }],
  [
    'an unknown value beside a string',
    text,
    { anyOf: [{ type: 'string', enum: ['a'], 'x-unknown-value': 'a' }, { type: 'string' }] },
  ],
  ['an empty allOf', text, { allOf: [] }, `${text}/allOf`],
  ['allOf of strings', word, { allOf: [{ type: 'string' }] }, `${word}/allOf/0`],
  [
    'allOf with a property twice',
    word,
    { allOf: [ref('Message'), { type: 'object', properties: { size: { type: 'string' } } }] },
    `${word}/allOf/1`,
  ],
  [
    'allOf with a closed part',
    word,
    { allOf: [ref('Message'), { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }] },
    `${word}/allOf/1`,
  ],
  ['allOf of its own surroundings', text, { allOf: [ref('Message')] }, `${text}/allOf/0`],
  [
    'allOf of a reference to a string',
    `${MESSAGE}/properties/size`,
    { allOf: [ref('Word')] },
    `${MESSAGE}/properties/size/allOf/0`,
  ],
  ['allOf that leads back', '/components/schemas/Word', { allOf: [ref('Word')] }, '/components/schemas/Word/allOf/0'],
  ['properties beside allOf without type', word, { allOf: [ref('Message')], properties: { a: { type: 'string' } } }],
  ['a component without type', word, { description: 'Anything' }],
  ['an alternative in an array', text, { type: 'array', items: { anyOf: pair([]) } }, `${text}/items`],
  ['a map that is a list', '/components/headers', []],
  ['a list that is a map', parameters, {}],
  ['a header that is no object', '/components/headers', { Age: 7 }, '/components/headers/Age'],
  [
    'a parameter that is a reference',
    '/components/parameters',
    { Other: { $ref: '#/components/parameters/X' } },
    '/components/parameters/Other',
  ],
  [
    'a response header in two spellings',
    `${OPERATION}/responses/200/headers`,
    { 'X-Age': { schema: { type: 'integer' } }, 'x-age': { schema: { type: 'integer' } } },
    `${OPERATION}/responses/200/headers/x-age`,
  ],
  ['an alternative by reference that may read otherwise', text, { anyOf: [ref('Message'), ref('Message')] }, text],
  [
    'a place inside oneOf',
    text,
    { oneOf: [{ type: 'object', properties: { n: { type: 'integer', default: 'x' } } }, { type: 'string' }] },
    `${text}/oneOf/0/properties/n/default`,
  ],
  ['a list of itself', word, { type: 'array', items: ref('Word') }, `${word}/items`],
  [
    'a list of itself among alternatives',
    word,
    { anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [ref('Word'), { type: 'null' }] } }] },
    `${word}/anyOf/1/items/anyOf/0`,
  ],
  ['an alternative that is the whole', word, { anyOf: [ref('Word'), { type: 'string' }] }, `${word}/anyOf/0`],
  ['an object or the whole', word, { anyOf: [ref('Word'), { type: 'object', properties: {} }] }, `${word}/anyOf/0`],
  [
    'alternatives that are each other',
    '/components/schemas',
    { Message: { anyOf: [ref('Word'), { type: 'string' }] }, Word: { anyOf: [ref('Message'), { type: 'integer' }] } },
    '/components/schemas/Word/anyOf/0',
  ],
  ['allOf of a number', text, { allOf: [7] }, `${text}/allOf/0`],
  ['a parameter without a name', `${parameters}/1/name`, undefined],
  ['a parameter twice in a path', '/paths/~1a~1{x}~1{x}', {}],
];

it.each([
  { type: 'integer', minimum: 1, maximum: 1, default: 1 },
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 2, default: 1 },
  { type: 'string', minLength: 1, maxLength: 1, default: 'a' },
  { type: 'string', enum: ['a', 'b'], default: 'b' },
  { type: ['string', 'null'], default: null },
  { type: 'boolean', default: true },
  { type: 'number', default: 1.5 },
])('a default on the bounds is compiled: %j', (schema) => {
  expect(rejectionsOf(edited(plainDocument, `${MESSAGE}/properties/size`, schema))).toEqual([]);
});

it.each([
  { type: 'integer', maximum: 1, default: 2 },
  { type: 'integer', minimum: 1, default: 0 },
  { type: 'integer', exclusiveMinimum: 0, default: 0 },
  { type: 'integer', exclusiveMaximum: 2, default: 2 },
  { type: 'string', minLength: 2, default: 'a' },
  { type: 'string', maxLength: 1, default: 'ab' },
  { type: 'string', enum: ['a', 'b'], default: 'c' },
  { type: 'string', default: null },
  { type: 'integer', default: 'a' },
  { type: 'integer', default: 1.5 },
  { type: 'boolean', default: 'true' },
  { type: 'array', items: { type: 'string' }, default: 1 },
])('a default beyond the bounds is refused: %j', (schema) => {
  const pointer = `${MESSAGE}/properties/size`;
  expect(rejectionsOf(edited(plainDocument, pointer, schema))).toHaveLength(1);
});

it('the default style of a parameter may be written down', () => {
  for (const [index, style, explode] of [
    [0, 'simple', false],
    [1, 'simple', false],
  ] as const) {
    const styled = edited(
      edited(plainDocument, `${parameters}/${index}/style`, style),
      `${parameters}/${index}/explode`,
      explode,
    );
    expect(rejectionsOf(styled)).toEqual([]);
  }
  const query = { name: 'page', in: 'query', style: 'form', explode: true, schema: { type: 'integer' } };
  expect(rejectionsOf(edited(plainDocument, `${parameters}/2`, query))).toEqual([]);
});

it('a map of itself is compiled', () => {
  const tree = { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: ref('Word') }] };
  expect(rejectionsOf(edited(plainDocument, word, tree))).toEqual([]);
});

it('objects that differ in a required const are told apart', () => {
  expect(rejectionsOf(edited(plainDocument, text, { oneOf: pair(['kind']) }))).toEqual([]);
});

it.each<[string, string, Json, readonly string[]]>([
  ['allOf of a schema that is not there', word, { allOf: [ref('Missing')] }, [`${word}/allOf/0/$ref`]],
  ['a field without a type', text, {}, [text]],
  ['a reference in place of info', '/info', { $ref: '#/info' }, ['/info/$ref', '/info/version']],
])('%s is named where it stands, once, and nothing else', (_why, pointer, value, places) => {
  expect(rejectionsOf(edited(plainDocument, pointer, value)).map((line) => line.split(': ')[0])).toEqual(places);
});

it.each(['/paths', '/components', `${OPERATION}/responses`])('a reference in place of %s is refused', (pointer) => {
  const rejections = rejectionsOf(edited(plainDocument, pointer, ref('Message')));
  expect(rejections.map((line) => line.split(': ')[0])).toContain(`${pointer}/$ref`);
});

describe('what cannot be compiled exactly is refused where it stands', () => {
  it.each(
    WRONG.map(([why, pointer, value, rejectedAt]) => ({ why, pointer, value, rejectedAt: rejectedAt ?? pointer })),
  )('$why', ({ pointer, value, rejectedAt }) => {
    const rejections = rejectionsOf(edited(plainDocument, pointer, value));
    expect(rejections.map((line) => line.split(': ')[0])).toContain(rejectedAt);
  });
});
