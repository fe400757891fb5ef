import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json, JsonObject } from '../compiler/json.ts';
import { Judge } from './judge.ts';
import { valuesOf } from './values.ts';

const word = { $ref: '#/components/schemas/Word' };
const both = { $ref: '#/components/schemas/Both' };

it.each<[what: string, schema: Json]>([
  ['a reference', word],
  ['a rule beside a reference', { ...word, minLength: 3 }],
  ['a value beside a reference', { ...word, const: 'abc' }],
  ['allOf of strings', { allOf: [{ type: 'string', pattern: '^a' }, { maxLength: 3 }] }],
  ['two patterns', { allOf: [{ ...word, pattern: 'b' }, { pattern: '^a' }] }],
  [
    'allOf of numbers',
    {
      allOf: [
        { type: 'number', minimum: 1 },
        { type: 'integer', maximum: 2 },
      ],
    },
  ],
  [
    'allOf of lists',
    {
      allOf: [
        { type: 'array', items: word },
        { minItems: 1, items: { minLength: 3 } },
      ],
    },
  ],
  ['allOf of objects', both],
  ['a rule beside alternatives', { type: 'string', minLength: 3, anyOf: [{ maxLength: 4 }, { pattern: '^a' }] }],
  ['objects beside alternatives', { ...both, oneOf: [{ required: ['c'] }, { properties: { c: { const: 'x' } } }] }],
  ['nullable', { type: 'string', nullable: true, enum: ['a', null] }],
])('valuesOf makes valid values for %s', (_what, schema) => {
  const document: JsonObject = {
    subject: schema,
    components: {
      schemas: {
        Word: { type: 'string', pattern: '^[a-c]+$', maxLength: 5 },
        Both: {
          allOf: [
            { type: 'object', required: ['a'], properties: { a: word } },
            { type: 'object', properties: { a: { minLength: 2 }, c: { type: 'string' } } },
          ],
        },
      },
    },
  };
  const judge = new Judge(document);
  const values = fc.sample(valuesOf(document, '/subject', []), { numRuns: 100, seed: 1 });
  const allowed = values.filter((value) => judge.flawsOfRequest('/subject', value).length === 0);
  expect(allowed.length).toBeGreaterThan(4);
});
