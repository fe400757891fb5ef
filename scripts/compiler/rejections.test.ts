import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
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

const rejected = kinds.flatMap((kind) =>
  Object.entries(keywords[kind]).flatMap(([key, keyword]: [string, Keyword]) =>
    keyword.is === 'rejected' ? [{ kind, key, advice: keyword.note ?? '' }] : [],
  ),
);

describe('an unsupported keyword is rejected at its place, with advice', () => {
  it.each(rejected)('$key in a $kind', ({ kind, key, advice }) => {
    const pointer = `${PLACES[kind]}/${key}`;
    expect(rejectionsOf(edited(plainDocument, pointer, {}))).toContain(
      `${pointer}: \`${key}\` is not compiled; ${advice}`,
    );
  });
});

/** Replacements that follow an advice: words of the advice, the place and the value to write there. */
const INSTEAD: readonly (readonly [advice: RegExp, pointer: string, value: Json])[] = [
  [/^write them at the root/, '/servers', [{ url: 'https://example.com' }]],
  [
    /^write the path item in place/,
    '/paths/~1more',
    { get: { operationId: 'more', responses: { 204: { description: '' } } } },
  ],
  [/^write `schema`/, `${OPERATION}/parameters/1/schema`, { type: 'string' }],
  [/^write dependentRequired or dependentSchemas/, `${MESSAGE}/dependentRequired`, { size: ['text'] }],
  [
    /^write the properties out/,
    `${MESSAGE}/properties/size`,
    { type: 'object', additionalProperties: { type: 'string' } },
  ],
  [/^write `items`/, `${MESSAGE}/properties/size`, { type: 'array', items: { type: 'string' } }],
  [
    /^write an object with one property per position/,
    `${MESSAGE}/properties/size`,
    {
      type: 'object',
      required: ['width', 'height'],
      properties: { width: { type: 'number' }, height: { type: 'number' } },
    },
  ],
  [
    /^write the inner value as JSON/,
    `${MESSAGE}/properties/size`,
    { type: 'object', properties: { n: { type: 'integer' } } },
  ],
  [/^(move the schemas to|name the schema in) components\/schemas/, '/components/schemas/Size', { type: 'integer' }],
  [/^use \$ref to components\/schemas/, `${MESSAGE}/properties/size`, { $ref: '#/components/schemas/Word' }],
];

describe('the advice works', () => {
  const advices = [...new Set(rejected.map(({ advice }) => advice))].filter(
    (advice) => !advice.startsWith('leave it out'),
  );
  it.each(advices)('%s', async (advice) => {
    const [, pointer, value] = INSTEAD.find(([words]) => words.test(advice)) ?? [];
    if (pointer === undefined || value === undefined) throw new Error('say in INSTEAD what the advice means');
    await expect(
      compile('post-internal', JSON.stringify(edited(plainDocument, pointer, value))),
    ).resolves.toBeDefined();
  });
});

describe('an unknown key is rejected everywhere, an extension of another tool nowhere', () => {
  it.each(kinds)('in a %s', (kind) => {
    const misspelt = `${PLACES[kind]}/descripton`;
    expect(rejectionsOf(edited(plainDocument, misspelt, 'text')).map((line) => line.split(': ')[0])).toContain(
      misspelt,
    );
    expect(rejectionsOf(edited(plainDocument, `${PLACES[kind]}/x-anything`, { a: 1 }))).toEqual([]);
  });
});

it.each([...Object.getOwnPropertyNames(Object.prototype), 'then', '9', 'a b', 'é', ''])(
  'the operationId that is suggested instead of `%s` is accepted',
  (id) => {
    const pointer = `${OPERATION}/operationId`;
    const [rejection = '', ...others] = rejectionsOf(edited(plainDocument, pointer, id));
    expect(others).toEqual([]);
    const [, suggested = ''] = /; write (.*)$/.exec(rejection) ?? [];
    expect(rejectionsOf(edited(plainDocument, pointer, suggested))).toEqual([]);
  },
);

it('the operationId that is suggested where two are the same is accepted', () => {
  const paths = ['/a/b', '/a-b', '/a_b'].map((path) => [path, { get: { responses: { 204: { description: '' } } } }]);
  let document = edited(plainDocument, '/paths', Object.fromEntries(paths));
  expect(rejectionsOf(document)).toHaveLength(2);
  for (const rejection of rejectionsOf(document)) {
    const [, pointer = '', id = ''] = /^(\S+): .*; write (.*)$/.exec(rejection) ?? [];
    document = edited(document, pointer, id);
  }
  expect(rejectionsOf(document)).toEqual([]);
});

it.each(['x-max-bytes', 'x-moddy-max-byte', 'x-mody-max-depth', 'x-moddy-anything', 'x-moddy-disjjoint'])(
  'an extension that looks like one of ours is rejected: %s',
  (key) => {
    expect(rejectionsOf(edited(plainDocument, `${MESSAGE}/${key}`, 3))).toHaveLength(1);
  },
);

it('a misspelt key is rejected with the right one', () => {
  expect(rejectionsOf(edited(plainDocument, `${MESSAGE}/propertes`, {}))).toEqual([
    `${MESSAGE}/propertes: unknown key \`propertes\` in this schema; write \`properties\`, or remove it`,
  ]);
});

it('all places are reported at once', () => {
  const twice = edited(edited(plainDocument, `${MESSAGE}/$anchor`, 'a'), `${OPERATION}/servers`, []);
  expect(rejectionsOf(twice).map((line) => line.split(': ')[0])).toEqual([
    `${OPERATION}/servers`,
    `${MESSAGE}/$anchor`,
  ]);
});

const text = `${MESSAGE}/properties/text`;
const word = '/components/schemas/Word';
const parameters = `${OPERATION}/parameters`;
/** Two objects with a field of their own, told apart by `kind` or not. */
const pair = (required: readonly string[], more: { readonly 'x-moddy-unknown-value'?: string } = {}): Json =>
  ['a', 'b'].map((kind) => ({
    type: 'object',
    required,
    properties: {
      kind: { type: 'string', enum: [kind], ...(more['x-moddy-unknown-value'] && { 'x-moddy-unknown-value': kind }) },
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
  ['an unknown security scheme', '/security', [{ other: [] }], '/security/0/other'],
  ['a path without a slash', '/paths/messages', {}],
  ['part of a segment as parameter', '/paths/~1a-{b}', {}],
  ['a path that a URL shortens', '/paths/~1a~1..~1b', {}],
  ['a path that ends with a dot segment', '/paths/~1a~1.', {}],
  ['a path with another parameter name', '/paths/~1messages~1{id}', {}],
  ['the same operationId', '/paths/~1other', { get: operationAt('sendMessage') }, '/paths/~1other/get/operationId'],
  ['no responses', `${OPERATION}/responses`, {}],
  ['a response without description', `${OPERATION}/responses/200/description`, undefined, `${OPERATION}/responses/200`],
  [
    'a body of 204',
    `${OPERATION}/responses/204`,
    { description: '', content: { 'application/json': { schema: ref('Word') } } },
  ],
  ['a body without a media type', `${OPERATION}/requestBody/content`, {}],
  ['a body without content', `${OPERATION}/requestBody`, { required: true }, `${OPERATION}/requestBody/content`],
  [
    'a media type with a parameter',
    `${OPERATION}/responses/200/content`,
    { 'text/plain; charset=utf-8': {} },
    `${OPERATION}/responses/200/content/text~1plain; charset=utf-8`,
  ],
  ['an informational status', `${OPERATION}/responses/101`, { description: '' }],
  ['a range of informational statuses', `${OPERATION}/responses/1XX`, { description: '' }],
  ['a range of successes', `${OPERATION}/responses/2XX`, { description: '' }],
  ['no success', `${OPERATION}/responses`, { default: { description: '' } }],
  ['an operationId of JavaScript', `${OPERATION}/operationId`, 'toString'],
  ['an operationId that would make a promise', `${OPERATION}/operationId`, 'then'],
  ['an operationId with a space', `${OPERATION}/operationId`, 'send message'],
  ['security that is no list', '/security', { bearer: [] }],
  ['scopes that are no list', '/security', [{ bearer: 'read' }], '/security/0/bearer'],
  ['a header that JavaScript has', `${OPERATION}/responses/200/headers/valueOf`, { schema: { type: 'string' } }],
  [
    'a security scheme that JavaScript has',
    '/components/securitySchemes/toString',
    { type: 'apiKey', in: 'header', name: 'X-Key' },
  ],
  ['a text as default of an integer parameter', `${parameters}/1/schema/default`, 'many'],
  [
    'a default of one value for a list',
    `${parameters}/1/schema`,
    { type: 'array', items: { type: 'string' }, default: 'a' },
    `${parameters}/1/schema/default`,
  ],
  [
    'a default that is not listed',
    `${parameters}/1/schema`,
    { enum: ['a'], default: 'b' },
    `${parameters}/1/schema/default`,
  ],
  [
    'a header of the path in another case',
    '/paths/~1messages~1{messageId}/parameters',
    [{ name: 'x-attempt', in: 'header', schema: { type: 'string' } }],
    parameters,
  ],
  ['a header of the connection', `${parameters}/1/name`, 'Content-Length'],
  ['a path that would be another one', `${parameters}/0/schema`, { enum: ['a', '..'] }],
  ['a header value with an emoji', `${parameters}/1/schema`, { enum: ['\u{1F600}'] }],
  ['a list whose elements have commas', `${parameters}/1/schema`, { type: 'array', items: { enum: ['a,b'] } }],
  ['two names of one constant', '/components/schemas/message', { type: 'string' }],
  ['a schema name with a letter outside ASCII', '/components/schemas/über', { type: 'string' }],
  ['bounds that exclude each other', text, { type: 'string', minLength: 3, maxLength: 2 }, `${text}/maxLength`],
  [
    'exclusive bounds with nothing between',
    text,
    { type: 'number', exclusiveMinimum: 1, maximum: 1 },
    `${text}/maximum`,
  ],
  ['a keyword of one type without it', text, { maxLength: 3 }],
  ['nullable without a type', text, { nullable: true }, `${text}/nullable`],
  ['readOnly and writeOnly', text, { type: 'string', readOnly: true, writeOnly: true }],
  ['readOnly outside a property', `${word}/readOnly`, true],
  [
    'readOnly beside free fields',
    MESSAGE,
    { type: 'object', properties: { a: { type: 'string', readOnly: true } }, additionalProperties: true },
    `${MESSAGE}/properties/a`,
  ],
  [
    'a required field that is not allowed',
    MESSAGE,
    { type: 'object', required: ['a'], additionalProperties: false },
    `${MESSAGE}/required/0`,
  ],
  ['a schema for unevaluatedProperties', `${MESSAGE}/unevaluatedProperties`, { type: 'string' }],
  ['allOf of two types', word, { allOf: [{ type: 'string' }, { type: 'integer' }] }, `${word}/allOf/1`],
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
    `${OPERATION}/requestBody/content/application~1json`,
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
  ['an object as parameter', `${parameters}/1/schema`, ref('Message')],
  ['null as parameter', `${parameters}/1/schema`, { type: ['string', 'null'] }],
  ['two types as parameter', `${parameters}/1/schema`, { type: ['string', 'integer'], enum: ['a', 1] }],
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
  ['an unknown response', `${OPERATION}/responses/404/$ref`, '#/components/responses/Missing'],
  ['a response in a file', `${OPERATION}/responses/404/$ref`, 'other.yaml#/components/responses/Nothing'],
  ['an unknown schema', text, ref('Missing'), `${text}/$ref`],
  ['a schema in a file', text, { $ref: 'other.yaml' }, `${text}/$ref`],
  ['a schema that refers to itself', '/components/schemas/Word', ref('Word')],
  ['a schema name in another case', '/components/schemas/word', { type: 'string' }],
  ['a schema name of the generator', '/components/schemas/Proof', { type: 'string' }],
  ['a schema named like a form', '/components/schemas/MessageStrict', { type: 'string' }],
  ['a schema named like a form, in another case', '/components/schemas/messageStrict', { type: 'string' }],
  ['a schema named like a form, with a dash', '/components/schemas/Message-Tolerant', { type: 'string' }],
  ['a component that only refers', '/components/responses/Other', { $ref: '#/components/responses/Nothing' }],
  ['an unknown type', text, { type: 'file' }, `${text}/type`],
  ['a type twice', text, { type: ['string', 'string'] }, `${text}/type`],
  ['no types', text, { type: [] }, `${text}/type`],
  ['integer beside number', text, { type: ['integer', 'number'] }, `${text}/type`],
  ['a keyword of another type', text, { type: 'string', minimum: 1 }, `${text}/minimum`],
  ['a negative length', text, { type: 'string', minLength: -1 }, `${text}/minLength`],
  ['an invalid pattern', text, { type: 'string', pattern: '[' }, `${text}/pattern`],
  ['a pattern that the u flag rejects', text, { type: 'string', pattern: '\\-' }, `${text}/pattern`],
  ['a bound that is no number', text, { type: 'number', minimum: '1' }, `${text}/minimum`],
  ['exclusiveMinimum of draft 4', text, { type: 'number', exclusiveMinimum: true }, `${text}/exclusiveMinimum`],
  ['a fraction as divisor', text, { type: 'number', multipleOf: 0.01 }, `${text}/multipleOf`],
  ['zero as divisor', text, { type: 'number', multipleOf: 0 }, `${text}/multipleOf`],
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
  ['an object of another type', text, { type: 'array', enum: [{}] }, `${text}/enum/0`],
  [
    'an object twice',
    text,
    {
      enum: [
        { a: 1, b: [] },
        { b: [], a: 1 },
      ],
    },
    `${text}/enum/1`,
  ],
  ['a dialect of its own', `${MESSAGE}/$schema`, 'https://json-schema.org/draft/2019-09/schema'],
  ['a reference to no schema', text, { $ref: '#/components/schemas/Message/required' }, `${text}/$ref`],
  ['a reference to nothing within a schema', text, { $ref: '#/components/schemas/Word/items' }, `${text}/$ref`],
  ['a reference that is no URI', text, { $ref: '#/components/schemas/%FF' }, `${text}/$ref`],
  ['a fault of a schema in $defs', `${MESSAGE}/$defs`, { a: { type: 'file' } }, `${MESSAGE}/$defs/a/type`],
  ['a schema that is not itself', word, { not: ref('Word') }],
  ['a condition on itself', word, { if: { anyOf: [ref('Word'), { type: 'string' }] }, else: false }],
  ['a field of responses in a condition', text, { not: { type: 'object', properties: { a: { readOnly: true } } } }],
  ['an unknown value in a condition', text, { type: 'array', contains: { enum: ['a'], 'x-moddy-unknown-value': 'a' } }],
  [
    'a condition on a field that no reader keeps',
    word,
    {
      type: 'object',
      properties: { a: { type: 'object', properties: {} } },
      if: { properties: { a: { type: 'object', properties: { b: { const: 1 } } } } },
      else: false,
    },
  ],
  ['dependentRequired as a list', `${MESSAGE}/dependentRequired`, ['text']],
  ['dependentRequired of a flag', `${MESSAGE}/dependentRequired`, { text: true }, `${MESSAGE}/dependentRequired/text`],
  [
    'an inherited name in dependentRequired',
    `${MESSAGE}/dependentRequired`,
    { constructor: ['text'] },
    `${MESSAGE}/dependentRequired/constructor`,
  ],
  [
    'an inherited name that it requires',
    `${MESSAGE}/dependentRequired`,
    { text: ['toString'] },
    `${MESSAGE}/dependentRequired/text/0`,
  ],
  [
    'an inherited name in dependentSchemas',
    `${MESSAGE}/dependentSchemas`,
    { valueOf: true },
    `${MESSAGE}/dependentSchemas/valueOf`,
  ],
  ['half an element in minContains', text, { type: 'array', contains: {}, minContains: 0.5 }, `${text}/minContains`],
  [
    'unevaluatedProperties beside a condition',
    word,
    { type: 'object', if: { required: ['a'] }, unevaluatedProperties: false },
    `${word}/unevaluatedProperties`,
  ],
  ['unevaluatedProperties of any value', text, { unevaluatedProperties: false }, `${text}/unevaluatedProperties`],
  [
    'a default that a condition excludes',
    `${MESSAGE}/properties/size`,
    { type: 'integer', not: { const: 3 }, default: 3 },
    `${MESSAGE}/properties/size/default`,
  ],
  ['a type without value', text, { type: ['string', 'null'], enum: ['a'] }, `${text}/type`],
  ['__proto__ as value', text, { type: 'string', enum: ['__proto__'] }, `${text}/enum/0`],
  ['a bound beside enum', text, { type: 'string', enum: ['a'], maxLength: 1 }, `${text}/maxLength`],
  ['const beside enum', text, { type: 'string', enum: ['a'], const: 'a' }, `${text}/const`],
  [
    'an unknown value that is not listed',
    text,
    { type: 'string', enum: ['a'], 'x-moddy-unknown-value': 'b' },
    `${text}/x-moddy-unknown-value`,
  ],
  [
    'an unknown value among numbers',
    text,
    { type: 'integer', enum: [1], 'x-moddy-unknown-value': 1 },
    `${text}/x-moddy-unknown-value`,
  ],
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
  ['half a byte in x-moddy-max-bytes', `${MESSAGE}/x-moddy-max-bytes`, 0.5],
  ['x-moddy-max-depth as a word', `${MESSAGE}/x-moddy-max-depth`, 'deep'],
  ['x-moddy-disjoint of a property that is no array', `${MESSAGE}/x-moddy-disjoint`, ['text', 'size']],
  ['x-moddy-disjoint of an unknown property', `${MESSAGE}/x-moddy-disjoint`, ['text', 'other']],
  ['an empty anyOf', text, { anyOf: [] }, `${text}/anyOf`],
  ['two indistinguishable objects in anyOf', text, { anyOf: union }],
  ['two indistinguishable objects in oneOf', text, { oneOf: union }],
  ['a kind that may be absent', text, { oneOf: pair([]) }],
  ['a kind that may be unknown', text, { oneOf: pair(['kind'], { 'x-moddy-unknown-value': 'a' }) }],
  [
    'an unknown value beside a string',
    text,
    { anyOf: [{ type: 'string', enum: ['a'], 'x-moddy-unknown-value': 'a' }, { type: 'string' }] },
  ],
  ['an empty allOf', text, { allOf: [] }, `${text}/allOf`],
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
  ['readOnly within allOf', text, { allOf: [ref('Word'), { readOnly: true }] }, `${text}/allOf/1/readOnly`],
  [
    'a default within allOf',
    text,
    { allOf: [{ allOf: [ref('Word'), { default: 'a' }] }, { maxLength: 3 }] },
    `${text}/allOf/0/allOf/1/default`,
  ],
  [
    'a discriminator within allOf',
    text,
    { allOf: [ref('Word'), { discriminator: { propertyName: 'a' } }] },
    `${text}/allOf/1/discriminator`,
  ],
  ['allOf of itself', word, { allOf: [ref('Word')] }],
  ['allOf of itself and a type', word, { allOf: [ref('Word'), { type: 'string' }] }, `${word}/allOf/0`],
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
  ['an alternative that is the union itself', word, { anyOf: [ref('Word'), { type: 'string' }] }, `${word}/anyOf/0`],
  ['an object or itself', word, { anyOf: [ref('Word'), { type: 'object', properties: {} }] }, `${word}/anyOf/0`],
  [
    'alternatives that refer to each other',
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
])('a default beyond the bounds is rejected: %j', (schema) => {
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

it('objects that differ in a required const are distinguishable', () => {
  expect(rejectionsOf(edited(plainDocument, text, { oneOf: pair(['kind']) }))).toEqual([]);
});

it.each<[string, string, Json, readonly string[]]>([
  ['allOf of an unknown schema', word, { allOf: [ref('Missing')] }, [`${word}/allOf/0/$ref`]],
  ['a reference in place of info', '/info', { $ref: '#/info' }, ['/info/$ref', '/info/version']],
])('%s is rejected once, at its place', (_why, pointer, value, places) => {
  expect(rejectionsOf(edited(plainDocument, pointer, value)).map((line) => line.split(': ')[0])).toEqual(places);
});

it.each(['/paths', '/components', `${OPERATION}/responses`])('a reference in place of %s is rejected', (pointer) => {
  const rejections = rejectionsOf(edited(plainDocument, pointer, ref('Message')));
  expect(rejections.map((line) => line.split(': ')[0])).toContain(`${pointer}/$ref`);
});

/** Rejected in a document of ours, compiled in a foreign one. */
const FOREIGN: readonly (readonly [why: string, pointer: string, value: Json | undefined, rejectedAt?: string])[] = [
  ['an API key', '/components/securitySchemes/bearer', { type: 'apiKey', in: 'header', name: 'X-Key' }],
  ['one of two requirements', '/security', [{ bearer: [] }, {}]],
  ['scopes', '/security', [{ bearer: ['read'] }]],
  ['no operationId', `${OPERATION}/operationId`, undefined],
  ['a range of statuses', `${OPERATION}/responses/4XX`, { description: '' }],
  ['a default response', `${OPERATION}/responses/default`, { description: '' }],
  ['another media type', `${OPERATION}/requestBody/content/text~1plain`, { schema: ref('Word') }],
  [
    'another spelling of JSON',
    `${OPERATION}/requestBody/content`,
    { 'application/json; charset=utf-8': { schema: ref('Word') } },
    `${OPERATION}/requestBody/content/application~1json; charset=utf-8`,
  ],
  ['bytes', `${OPERATION}/responses/200/content`, { 'image/png': {} }, `${OPERATION}/responses/200/content/image~1png`],
  ['a server with a path', '/servers', [{ url: 'https://example.com/api/v1' }], '/servers/0/url'],
  ['a server that is only a path', '/servers', [{ url: '/api/v1' }], '/servers/0/url'],
  ['an extension of ours without prose', `${MESSAGE}/x-moddy-max-bytes`, 100],
  ['a schema of no value', `${MESSAGE}/properties/other`, false],
  ['a $ref into a schema', text, { $ref: `#${MESSAGE}/properties/size` }, `${MESSAGE}/properties/size`],
  ['a condition', `${text}/not`, { const: 'x' }],
  ['dependentRequired', `${MESSAGE}/dependentRequired`, { text: ['size'] }],
  ['webhooks', '/webhooks', {}],
  ['callbacks', `${OPERATION}/callbacks`, {}],
  ['links', `${OPERATION}/responses/200/links`, {}],
  ['an encoding', `${PLACES['media type']}/encoding`, { text: { contentType: 'text/plain' } }],
];

it.each(
  FOREIGN.map(([why, pointer, value, rejectedAt]) => ({ why, pointer, value, rejectedAt: rejectedAt ?? pointer })),
)('$why: rejected in openapi/, compiled in a foreign document', async ({ pointer, value, rejectedAt }) => {
  const document = edited(plainDocument, pointer, value);
  expect(rejectionsOf(document, true).map((line) => line.split(': ')[0])).toContain(rejectedAt);
  await expect(compile('post-internal', JSON.stringify(document))).resolves.toBeDefined();
});

const ACCEPTED: readonly (readonly [why: string, pointer: string, value: Json])[] = [
  ['an operationId with a dash', `${OPERATION}/operationId`, 'send-message'],
  ['a list as path parameter', `${parameters}/0/schema`, { type: 'array', items: { type: 'string' } }],
  ['a default of a parameter', `${parameters}/1/schema/default`, 1],
  [
    'a header of the path as it is',
    '/paths/~1messages~1{messageId}/parameters',
    [{ name: 'X-Attempt', in: 'header', schema: { type: 'string' } }],
  ],
  ['readOnly beside allOf', text, { allOf: [ref('Word'), { maxLength: 3 }], readOnly: true }],
  [
    'prose that is no text',
    MESSAGE,
    {
      type: 'object',
      title: 2024,
      description: true,
      format: 64,
      examples: { a: 1 },
      example: { $ref: 'no-file.yaml' },
    },
  ],
  ['deprecated that is no flag', `${OPERATION}/deprecated`, { $ref: 'no-file' }],
  ['a summary that is no text', `${OPERATION}/summary`, 404],
  ['an example that looks like a reference', `${PLACES['media type']}/example`, { $ref: '#/nowhere' }],
  ['an example elsewhere', `${PLACES['media type']}/examples`, { a: { externalValue: 'no-file.json' } }],
  ['a reference in an extension', `${OPERATION}/x-codeSamples`, [{ source: { $ref: 'no-file.js' } }]],
  ['an extension among responses', `${OPERATION}/responses/x-more`, { description: '' }],
  ['components named like keys', '/components/responses/examples', { description: '' }],
  ['component names with other letters', '/components/responses/not-there', { description: '' }],
  ['a schema name with a dash', '/components/schemas/links-self', { type: 'string' }],
  ['anything', text, {}],
  ['true as schema', text, true],
  ['false as schema', text, false],
  ['a place inside a schema', text, { $ref: '#/components/schemas/Message/properties/size' }],
  [
    'a place inside itself',
    text,
    { $ref: '#/components/schemas/Message/properties/text/not', not: { type: 'integer' } },
  ],
  [
    'a place with a name of other letters',
    MESSAGE,
    {
      type: 'object',
      properties: {
        text: { $ref: '#/components/schemas/Message/$defs/a~1b~0c%20%25%C3%A9' },
        other: { $ref: '#/components/schemas/Message/$defs/%C3%A9' },
      },
      $defs: { 'a/b~c %é': { type: 'string' }, é: { type: 'integer' } },
    },
  ],
  ['a list as a value', text, { enum: [['a'], 'b'] }],
  ['not', text, { type: 'string', not: { enum: ['a', 'b'] } }],
  ['prose alone', word, { description: 'Anything' }],
  ['an array of anything', text, { type: 'array' }],
  ['values without a type', text, { enum: ['a', 1, null] }],
  ['null as OpenAPI 3.0 wrote it', text, { type: 'string', nullable: true }],
  ['a required name that is no property', `${MESSAGE}/required/1`, 'other'],
  ['a default of a required property', `${text}/default`, 'a'],
  ['a keyword beside $ref', text, { ...ref('Word'), maxLength: 3 }],
  ['a default beside $ref', `${MESSAGE}/properties/size`, { ...ref('Word'), default: 'a' }],
  ['a type beside anyOf', text, { anyOf: [ref('Word')], type: 'string' }],
  ['allOf of strings', word, { allOf: [{ type: 'string', minLength: 1 }, { maxLength: 3 }] }],
  ['allOf of its own surroundings', `${MESSAGE}/properties/size`, { allOf: [ref('Message')] }],
  ['properties beside allOf without type', word, { allOf: [ref('Message')], properties: { a: { type: 'string' } } }],
  ['required beside allOf', word, { allOf: [ref('Message')], required: ['size'] }],
  [
    'a property that allOf narrows',
    word,
    { allOf: [ref('Letter'), { properties: { pages: { type: 'number', minimum: 1 } } }] },
  ],
  ['a field of responses', `${MESSAGE}/properties/size/readOnly`, true],
  ['a field of requests', `${MESSAGE}/properties/size/writeOnly`, true],
  [
    'an object that is closed as a whole',
    word,
    { allOf: [ref('Message'), { properties: { a: {} } }], unevaluatedProperties: false },
  ],
];

it.each(ACCEPTED)('%s is compiled', async (_why, pointer, value) => {
  const document = edited(plainDocument, pointer, value);
  expect(rejectionsOf(document)).toEqual([]);
  await expect(compile('post-internal', JSON.stringify(document))).resolves.toBeDefined();
});

describe('a document that cannot be compiled exactly', () => {
  it.each(
    WRONG.map(([why, pointer, value, rejectedAt]) => ({ why, pointer, value, rejectedAt: rejectedAt ?? pointer })),
  )('is rejected at its place: $why', ({ pointer, value, rejectedAt }) => {
    const rejections = rejectionsOf(edited(plainDocument, pointer, value));
    expect(rejections.map((line) => line.split(': ')[0])).toContain(rejectedAt);
  });
});
