import { describe, expect, it } from 'vitest';
import { type Mode, Oracle } from '../conformance/oracle.ts';
import type { Json } from './json.ts';
import { loadSchemas } from './testing/load.ts';

/* One example and one counterexample for each constraint, so that none depends on what chance finds. */

const color = { type: 'string', enum: ['red', 'other'], 'x-moddy-unknown-value': 'other' };
const list = { type: 'array', items: { type: 'string' } };
const tagged = (kind: string, more: Json): Json => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: { type: 'string', const: kind }, more },
});
const fields = (properties: Json, more: Record<string, Json> = {}): Json => ({ type: 'object', properties, ...more });
/** `then`, which nobody awaits. */
const yes = (schema: Json): Record<string, Json> => Object.fromEntries([['then', schema]]);
const proto = (text: string): Json => JSON.parse(`{"__proto__":${text}}`);

const CASES: readonly (readonly [name: string, schema: Json, accepted: readonly Json[], rejected: readonly Json[]])[] =
  [
    ['minLength in code points', { type: 'string', minLength: 2 }, ['ab', '\u{1F600}a'], ['a', '\u{1F600}', 1]],
    ['maxLength in code points', { type: 'string', maxLength: 2 }, ['\u{1F600}\u{1F600}', ''], ['abc']],
    ['pattern unanchored', { type: 'string', pattern: 'b' }, ['abc'], ['ac']],
    ['pattern with the u flag', { type: 'string', pattern: '^\\p{L}$' }, ['é', '\u{20000}'], ['1', 'p{L}']],
    ['format is an annotation', { type: 'string', format: 'date-time' }, ['no date'], [1]],
    ['integer', { type: 'integer' }, [1, -0, 2 ** 60, 1e300], [1.5, '1', null, true]],
    ['number', { type: 'number' }, [1.5, 0], ['1', null]],
    ['minimum', { type: 'number', minimum: 1.5 }, [1.5], [1.4]],
    ['maximum', { type: 'number', maximum: 1.5 }, [1.5], [1.6]],
    ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 1 }, [1.1], [1]],
    ['exclusiveMaximum', { type: 'integer', exclusiveMaximum: 1 }, [0], [1]],
    ['multipleOf', { type: 'number', multipleOf: 3 }, [0, -3, 9e15], [1, 4.5]],
    ['boolean', { type: 'boolean' }, [true, false], [0, 'true', null]],
    ['null', { type: 'null' }, [null], [0, '', false, {}]],
    ['types', { type: ['string', 'integer', 'null'], maxLength: 1, maximum: 5 }, ['a', 5, null], ['ab', 6, true, 1.5]],
    ['null first', { anyOf: [{ type: 'null' }, { type: 'string' }] }, ['a', null], [1]],
    ['enum of strings', { type: 'string', enum: ['a', 'b'] }, ['a', 'b'], ['c', '']],
    [
      'enum of scalars',
      { type: ['integer', 'null', 'boolean'], enum: [1, null, true] },
      [1, null, true],
      [2, false, 'null'],
    ],
    ['const', { type: 'number', const: 1.5 }, [1.5], [1, '1.5']],
    ['items', list, [[], ['a']], [[1], 'a', {}]],
    ['minItems', { ...list, minItems: 1 }, [['a']], [[]]],
    ['maxItems', { ...list, maxItems: 1 }, [['a']], [['a', 'b']]],
    [
      'uniqueItems',
      { type: 'array', uniqueItems: true, items: fields({}, { additionalProperties: true }) },
      [[{ a: 1 }, { a: '1' }]],
      [
        [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      ],
    ],
    [
      'uniqueItems of arrays',
      { type: 'array', uniqueItems: true, items: { type: 'array', items: fields({}, { additionalProperties: true }) } },
      [
        [[{ a: 1 }], [{ a: 2 }]],
        [[], [{}]],
      ],
      [[[{ a: 1, b: 2 }], [{ b: 2, a: 1 }]]],
    ],
    ['uniqueItems of unknown values', { type: 'array', uniqueItems: true, items: color }, [['red']], [['red', 'red']]],
    ['required', fields({ a: { type: 'string' } }, { required: ['a'] }), [{ a: '' }], [{}, { a: null }, [], null]],
    ['optional', fields({ a: { type: 'string' } }), [{}, { a: '' }], [[], 'a']],
    [
      'additionalProperties false',
      fields({ a: list }, { additionalProperties: false }),
      [{}, { a: [] }],
      [{ b: 1 }, proto('1')],
    ],
    ['additionalProperties true', fields({}, { additionalProperties: true }), [{ a: 1, b: { c: null } }], [[]]],
    [
      'additionalProperties of a schema',
      fields({}, { additionalProperties: list }),
      [{ a: [] }, proto('[]')],
      [{ a: 1 }, proto('1')],
    ],
    ['minProperties', fields({}, { minProperties: 1, additionalProperties: true }), [{ a: 1 }], [{}]],
    ['maxProperties', fields({}, { maxProperties: 1, additionalProperties: true }), [{ a: 1 }], [{ a: 1, b: 2 }]],
    [
      'x-moddy-max-bytes',
      fields({}, { 'x-moddy-max-bytes': 10, additionalProperties: true }),
      [{ a: 'é' }],
      [{ a: 'éé' }],
    ],
    ['x-moddy-max-bytes of an array', { ...list, 'x-moddy-max-bytes': 6 }, [['é']], [['éé']]],
    [
      'x-moddy-max-depth',
      fields({}, { 'x-moddy-max-depth': 2, additionalProperties: true }),
      [{ a: [1] }, {}],
      [{ a: [[]] }],
    ],
    ['x-moddy-max-depth of an array', { type: 'array', items: list, 'x-moddy-max-depth': 1 }, [[]], [[[]]]],
    [
      'x-moddy-disjoint',
      fields({ a: list, b: { ...list, type: ['array', 'null'] } }, { 'x-moddy-disjoint': ['a', 'b'] }),
      [
        { a: ['x'], b: ['y'] },
        { a: ['x'], b: null },
      ],
      [{ a: ['x'], b: ['y', 'x'] }],
    ],
    ['anyOf', { anyOf: [{ type: 'integer' }, { type: 'number', maximum: 5 }] }, [7, 1.5, 3], [7.5, '1']],
    ['oneOf', { oneOf: [{ type: 'integer' }, { type: 'number', maximum: 5 }] }, [7, 1.5], [3, 7.5]],
    ['oneOf with null twice', { oneOf: [{ type: ['string', 'null'] }, { type: 'null' }] }, ['a'], [null, 1]],
    ['anyOf with null', { anyOf: [{ $ref: '#/components/schemas/Color' }, { type: 'null' }] }, [null, 'red'], [1]],
    [
      'distinguishable alternatives',
      { oneOf: [tagged('a', list), tagged('b', color)] },
      [
        { kind: 'a', more: [] },
        { kind: 'b', more: 'red' },
      ],
      [{ kind: 'c' }, {}],
    ],
    [
      'allOf',
      { allOf: [{ $ref: '#/components/schemas/Base' }, fields({ b: list }, { required: ['b'] })] },
      [{ a: 'x', b: [] }],
      [{ a: 'x' }, { b: [] }, { a: 1, b: [] }],
    ],
    [
      'allOf of one closed object',
      { allOf: [fields({ a: list }, { additionalProperties: false })] },
      [{ a: [] }],
      [{ b: 1 }],
    ],
    ['allOf of one map', { allOf: [fields({}, { additionalProperties: list })] }, [{ b: [] }], [{ b: 1 }]],
    [
      'allOf of one open object',
      { allOf: [fields({ a: list }, { additionalProperties: true })] },
      [{ b: 1 }],
      [{ a: 1 }],
    ],
    [
      'a discriminator',
      {
        oneOf: [{ $ref: '#/components/schemas/Red' }, { $ref: '#/components/schemas/Blue' }],
        discriminator: { propertyName: 'kind', mapping: { red: 'Red', blue: 'Blue' } },
      },
      [{ kind: 'red', more: [] }, { kind: 'blue' }],
      [{ kind: 'red', more: 1 }, { kind: 'green' }, { more: [] }, [], null, { kind: ['red'] }, proto('"red"')],
    ],
    [
      'allOf within limits',
      {
        allOf: [
          fields({ a: list }, { additionalProperties: true, minProperties: 1, maxProperties: 3 }),
          fields({ b: list }, { minProperties: 2, maxProperties: 2 }),
        ],
      },
      [{ a: [], c: 1 }],
      [{ a: [] }, { a: [], b: [], c: 1 }],
    ],
    [
      'allOf with rules',
      {
        allOf: [
          fields({ a: list, b: list }, { 'x-moddy-disjoint': ['a', 'b'], 'x-moddy-max-depth': 2 }),
          fields({ c: list }, { 'x-moddy-max-bytes': 40 }),
        ],
      },
      [{ a: ['x'], b: [] }],
      [{ a: ['x'], b: ['x'] }, { c: ['x'.repeat(40)] }, { z: [[[]]] }],
    ],
    [
      'allOf of two patterns and lengths',
      {
        allOf: [
          { type: 'string', pattern: 'a', minLength: 1 },
          { pattern: 'b', minLength: 3 },
        ],
      },
      ['abc', 'b a'],
      ['ab', 'aaa', 'bbb'],
    ],
    ['allOf of two divisors', { allOf: [{ type: 'integer', multipleOf: 4 }, { multipleOf: 6 }] }, [12, 0], [4, 6, 8]],
    ['not', { type: ['string', 'integer'], not: { enum: ['a', 1] } }, ['b', 2], ['a', 1, 1.5]],
    [
      'not beside a reference that is closed',
      {
        $ref: '#/components/schemas/Base',
        not: { type: 'object', required: ['b'] },
        properties: { b: list },
        unevaluatedProperties: false,
      },
      [{ a: 'x' }],
      [{ a: 'x', b: [] }, { a: 'x', c: 1 }, {}],
    ],
    [
      'not beside a reference alone that is closed',
      {
        $ref: '#/components/schemas/Base',
        not: { type: 'object', properties: { a: { const: 'x' } } },
        unevaluatedProperties: false,
      },
      [{ a: 'y' }],
      [{ a: 'x' }, { a: 'y', c: 1 }],
    ],
    ['not alone', { not: { type: 'string' } }, [1, null, [], {}], ['', 'a']],
    [
      'if, then and else',
      { type: ['string', 'integer'], if: { type: 'string' }, ...yes({ minLength: 2 }), else: { minimum: 1 } },
      ['ab', 1],
      ['a', 0],
    ],
    ['if and else', { if: { const: 'a' }, else: { type: 'integer' } }, ['a', 1], ['b', 1.5]],
    ['then without if', { type: 'integer', ...yes({ minimum: 3 }) }, [1], [1.5]],
    ['contains', { ...list, contains: { const: 'a' } }, [['b', 'a']], [[], ['b'], 'a']],
    [
      'minContains of none',
      { ...list, contains: { const: 'a' }, minContains: 0, maxContains: 1 },
      [[], ['a']],
      [['a', 'a']],
    ],
    ['maxContains', { ...list, contains: { maxLength: 1 }, maxContains: 1 }, [['a', 'bb']], [['a', 'b'], []]],
    [
      'propertyNames',
      fields({}, { propertyNames: { maxLength: 1 }, additionalProperties: true }),
      [{ a: 1 }, {}],
      [{ ab: 1 }, proto('1')],
    ],
    [
      'dependentRequired',
      fields({ a: list, b: list }, { dependentRequired: { a: ['b'] } }),
      [{ b: [] }, {}, { a: [], b: [] }],
      [{ a: [] }],
    ],
    [
      'dependentSchemas',
      fields({ a: list, b: list }, { dependentSchemas: { a: { maxProperties: 1 } } }),
      [{ a: [] }, { b: [] }],
      [{ a: [], b: [] }],
    ],
    [
      'enum of lists and objects',
      { enum: [[1], { a: { b: 1 } }, 'c'] },
      [[1], { a: { b: 1 } }, 'c'],
      [[], { a: {} }, ['c']],
    ],
    [
      'const of an object',
      { type: 'object', const: { a: 1, b: [2] } },
      [{ b: [2], a: 1 }],
      [{ a: 1 }, { a: 1, b: [2], c: 3 }],
    ],
    ['false', fields({ a: false, b: list }), [{ b: [] }], [{ a: null }, { a: 1 }]],
    ['items false', { type: 'array', items: false }, [[]], [[1], {}]],
    ['a part of allOf that is false', { allOf: [{ type: 'string' }, false] }, [], ['a', 1, null]],
    [
      'a reference within a schema',
      {
        type: 'object',
        $defs: { n: { type: 'integer' } },
        properties: { a: { $ref: '#/components/schemas/Subject/$defs/n' } },
      },
      [{ a: 1 }, {}],
      [{ a: 'x' }],
    ],
    ['$schema', { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'integer' }, [1], ['1']],
    ['recursion', { $ref: '#/components/schemas/Node' }, [{ inner: [{ inner: [] }] }, {}], [[], { inner: [[]] }]],
  ];

const open = { additionalProperties: true };
const flag = { flag: { type: 'boolean', default: true } };

/** The result of reading in each mode, where it is not the value as it was sent. */
const READ: readonly (readonly [
  name: string,
  schema: Json,
  value: Json,
  read: Readonly<Record<Mode, Json | undefined>>,
])[] = [
  [
    'a field that only a condition names',
    fields({ a: list }, { dependentRequired: { a: ['b'] } }),
    { a: [], b: 1, c: 2 },
    { request: { a: [], b: 1 }, strict: undefined, tolerant: { a: [], b: 1 } },
  ],
  [
    'a condition on the sent value',
    fields(
      { a: color, b: list },
      { if: fields({ a: { const: 'red' } }, { required: ['a'] }), else: { required: ['b'] } },
    ),
    { a: 'blue', b: [] },
    { request: { a: 'other', b: [] }, strict: undefined, tolerant: { a: 'other', b: [] } },
  ],
  [
    'an unknown field',
    fields({ a: list }),
    { a: [], b: 1 },
    { request: { a: [] }, strict: undefined, tolerant: { a: [] } },
  ],
  [
    'fields of the other direction in a closed object',
    fields(
      { a: list, id: { type: 'string', readOnly: true }, secret: { type: 'string', writeOnly: true } },
      { required: ['a'], additionalProperties: false },
    ),
    { a: [], id: 'x', secret: 'y' },
    { request: { a: [], secret: 'y' }, strict: undefined, tolerant: { a: [], id: 'x' } },
  ],
  [
    'fields of the other direction in one of several closed objects',
    {
      oneOf: [{ $ref: '#/components/schemas/Red' }, { $ref: '#/components/schemas/Closed' }],
      discriminator: { propertyName: 'kind', mapping: { red: 'Red', closed: 'Closed' } },
    },
    { kind: 'closed', id: 'x' },
    { request: { kind: 'closed' }, strict: { kind: 'closed', id: 'x' }, tolerant: { kind: 'closed', id: 'x' } },
  ],
  [
    'an additional field',
    fields({}, { additionalProperties: true }),
    { b: 1 },
    { request: { b: 1 }, strict: { b: 1 }, tolerant: { b: 1 } },
  ],
  ['an unknown value', color, 'blue', { request: 'other', strict: undefined, tolerant: 'other' }],
  ['an invalid optional field', fields({ a: list }), { a: 1 }, { request: undefined, strict: undefined, tolerant: {} }],
  [
    'an invalid required field',
    fields({ a: list }, { required: ['a'] }),
    { a: 1 },
    { request: undefined, strict: undefined, tolerant: undefined },
  ],
  [
    'a default',
    fields({ a: { type: 'boolean', default: true } }),
    {},
    { request: { a: true }, strict: undefined, tolerant: { a: true } },
  ],
  [
    'a default in an open object',
    fields(flag, open),
    {},
    { request: { flag: true }, strict: undefined, tolerant: { flag: true } },
  ],
  [
    'a default for an invalid value',
    fields({ a: { type: 'boolean', default: true } }),
    { a: 'x' },
    { request: undefined, strict: undefined, tolerant: { a: true } },
  ],
  [
    'a default that was sent',
    fields({ a: { type: 'boolean', default: true } }),
    { a: false },
    { request: { a: false }, strict: { a: false }, tolerant: { a: false } },
  ],
  [
    'unknown values that become equal',
    { type: 'array', uniqueItems: true, items: color },
    ['x', 'y'],
    { request: ['other', 'other'], strict: undefined, tolerant: ['other', 'other'] },
  ],
  [
    'a limit on the sent fields',
    fields({}, { maxProperties: 1 }),
    { a: 1, b: 2 },
    { request: undefined, strict: undefined, tolerant: undefined },
  ],
  [
    'an open part of allOf',
    { allOf: [fields({ a: list }), fields({ b: list }, { additionalProperties: true })] },
    { a: [], c: 1 },
    { request: { a: [], c: 1 }, strict: { a: [], c: 1 }, tolerant: { a: [], c: 1 } },
  ],
  [
    'the matching alternative',
    { anyOf: [tagged('a', list), tagged('b', color)] },
    { kind: 'b', more: 'x', no: 1 },
    { request: { kind: 'b', more: 'other' }, strict: undefined, tolerant: { kind: 'b', more: 'other' } },
  ],
  [
    'null',
    { anyOf: [{ $ref: '#/components/schemas/Base' }, { type: 'null' }] },
    null,
    { request: null, strict: null, tolerant: null },
  ],
  [
    'an unknown field in a recursive schema',
    { $ref: '#/components/schemas/Node' },
    { inner: [{ inner: [], no: 1 }] },
    { request: { inner: [{ inner: [] }] }, strict: undefined, tolerant: { inner: [{ inner: [] }] } },
  ],
];

const SHARED: Readonly<Record<string, Json>> = {
  Color: color,
  Red: tagged('red', list),
  Blue: tagged('blue', { type: 'string' }),
  Closed: fields(
    { kind: { const: 'closed' }, id: { type: 'string', readOnly: true } },
    { required: ['kind'], additionalProperties: false },
  ),
  Base: fields({ a: { type: 'string' } }, { required: ['a'] }),
  Node: fields({ inner: { type: 'array', items: { $ref: '#/components/schemas/Node' } } }),
};
const MODES: readonly Mode[] = ['request', 'strict', 'tolerant'];

function load(schema: Json) {
  const schemas = { ...SHARED, Subject: schema };
  const { validator, rejections } = loadSchemas(schemas);
  if (validator === undefined) throw new Error(JSON.stringify(rejections));
  return { validator: (mode: Mode) => validator('Subject', mode), oracle: new Oracle(schemas) };
}

describe('agreement with JSON Schema', () => {
  it.each(CASES)('%s', (_name, schema, accepted, rejected) => {
    const { validator, oracle } = load(schema);
    for (const mode of MODES) {
      for (const value of accepted)
        expect([mode, value, validator(mode).safeParse(value).success]).toEqual([mode, value, true]);
      for (const value of rejected) {
        const expected = oracle.accepts(schema, value, mode);
        expect([mode, value, validator(mode).safeParse(value).success]).toEqual([mode, value, expected]);
        if (mode === 'request') expect([value, expected]).toEqual([value, false]);
      }
    }
  });
});

describe('the value that a validator returns', () => {
  it.each(READ)('%s', (_name, schema, value, read) => {
    const { validator } = load(schema);
    for (const mode of MODES) {
      const result = validator(mode).safeParse(value);
      expect([mode, JSON.stringify(result.data)]).toEqual([mode, JSON.stringify(read[mode])]);
    }
  });
});
