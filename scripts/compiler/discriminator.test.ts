import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { Json } from './json.ts';
import { edited, plainDocument, rejectionsOf } from './testing/document.ts';
import { loadSchemas } from './testing/load.ts';

const item = '/components/schemas/Item';
const letter = '/components/schemas/Letter';
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const placesOf = (pointer: string, value: Json | undefined) =>
  rejectionsOf(edited(plainDocument, pointer, value)).map((line) => line.split(': ')[0]);

describe('a discriminator that agrees with its alternatives', () => {
  it.each<[string, string, Json | undefined]>([
    ['by mapping', `${item}/discriminator/mapping`, { letter: 'Letter', parcel: '#/components/schemas/Parcel' }],
    [
      'beside anyOf',
      item,
      {
        anyOf: [ref('Letter'), ref('Parcel')],
        discriminator: { propertyName: 'kind', mapping: { letter: 'Letter', parcel: 'Parcel' } },
      },
    ],
    [
      'by the name of a schema',
      '/components/schemas',
      {
        Letter: tagged({ const: 'Letter' }),
        Parcel: tagged({ enum: ['Parcel'] }),
        Message: { type: 'object' },
        Item: { oneOf: [ref('Letter'), ref('Parcel')], discriminator: { propertyName: 'kind' } },
      },
    ],
    [
      'with two values of one schema',
      '/components/schemas',
      {
        Letter: tagged({ enum: ['a', 'Letter'] }),
        Parcel: tagged({ enum: ['Parcel'] }),
        Message: { type: 'object' },
        Item: {
          oneOf: [ref('Letter'), ref('Parcel')],
          discriminator: { propertyName: 'kind', mapping: { a: 'Letter' } },
        },
      },
    ],
    [
      'through a reference and allOf',
      '/components/schemas',
      {
        Kind: { type: 'string', const: 'Letter' },
        Base: { type: 'object', required: ['kind'], properties: { kind: ref('Kind') } },
        Letter: { allOf: [ref('Base')] },
        Message: { type: 'object' },
        Item: { oneOf: [ref('Letter')], discriminator: { propertyName: 'kind' } },
      },
    ],
  ])('is compiled %s', (_how, pointer, value) => {
    expect(placesOf(pointer, value)).toEqual([]);
  });
});

describe('a discriminator that contradicts its alternatives', () => {
  it.each<[string, string, Json | undefined, string]>([
    ['no propertyName', `${item}/discriminator/propertyName`, undefined, `${item}/discriminator/propertyName`],
    ['a property that is not required', `${letter}/required`, [], `${item}/oneOf/0`],
    ['an unknown property', `${item}/discriminator/propertyName`, 'sort', `${item}/oneOf/0`],
    ['a property of any text', `${letter}/properties/kind`, { type: 'string' }, `${item}/oneOf/0`],
    ['a property of numbers', `${letter}/properties/kind`, { type: 'integer', const: 1 }, `${item}/oneOf/0`],
    [
      'a property that may be null',
      `${letter}/properties/kind`,
      { type: ['string', 'null'], enum: ['letter', null] },
      `${item}/oneOf/0`,
    ],
    [
      'a property that reads unknown values',
      `${letter}/properties/kind`,
      { type: 'string', enum: ['letter'], 'x-moddy-unknown-value': 'letter' },
      `${item}/oneOf/0`,
    ],
    [
      'an inline alternative',
      `${item}/oneOf/0`,
      { type: 'object', required: ['kind'], properties: { kind: { type: 'string', const: 'letter' } } },
      `${item}/oneOf/0`,
    ],
    [
      'an alternative that is no object',
      item,
      { oneOf: [ref('Letter'), ref('Word')], discriminator: { propertyName: 'kind', mapping: { letter: 'Letter' } } },
      `${item}/oneOf/1`,
    ],
    [
      'an alternative of anyOf that is no object',
      item,
      { anyOf: [ref('Letter'), ref('Word')], discriminator: { propertyName: 'kind', mapping: { letter: 'Letter' } } },
      `${item}/anyOf/1`,
    ],
    [
      'a value that is neither mapped nor the name',
      `${item}/discriminator/mapping`,
      { letter: 'Letter' },
      `${item}/discriminator`,
    ],
    [
      'a value mapped to another alternative',
      `${item}/discriminator/mapping/letter`,
      'Parcel',
      `${item}/discriminator/mapping/letter`,
    ],
    [
      'a value mapped to no alternative',
      `${item}/discriminator/mapping/other`,
      'Message',
      `${item}/discriminator/mapping/other`,
    ],
    [
      'a value that its schema lacks',
      `${item}/discriminator/mapping/other`,
      'Letter',
      `${item}/discriminator/mapping/other`,
    ],
    ['a mapping to nothing', `${item}/discriminator/mapping/letter`, 'Missing', `${item}/discriminator/mapping/letter`],
    [
      'a mapping into a file',
      `${item}/discriminator/mapping/letter`,
      './letter.yaml',
      `${item}/discriminator/mapping/letter`,
    ],
    ['a mapping to a number', `${item}/discriminator/mapping/letter`, 1, `${item}/discriminator/mapping/letter`],
    ['a mapping that is a list', `${item}/discriminator/mapping`, [], `${item}/discriminator/mapping`],
    ['a discriminator of one object', `${letter}/discriminator`, { propertyName: 'kind' }, `${letter}/discriminator`],
    [
      'a discriminator beside allOf',
      letter,
      { allOf: [ref('Message')], discriminator: { propertyName: 'text' } },
      `${letter}/discriminator`,
    ],
    [
      'a discriminator beside $ref',
      letter,
      { ...ref('Message'), discriminator: { propertyName: 'text' } },
      `${letter}/discriminator`,
    ],
    ['a string as discriminator', `${item}/discriminator`, 'kind', `${item}/discriminator`],
  ])('is rejected at its place: %s', (_why, pointer, value, rejectedAt) => {
    expect(placesOf(pointer, value)).toContain(rejectedAt);
  });

  it('is rejected once at each place', () => {
    expect(placesOf(`${item}/discriminator/mapping/letter`, 'Parcel')).toEqual([
      `${item}/discriminator`,
      `${item}/discriminator/mapping/letter`,
    ]);
  });
});

describe('the validator of a discriminated union', () => {
  const schemas = (more: Record<string, Json> = {}): Record<string, Json> => ({
    Letter: tagged({ const: 'letter' }, { pages: { type: 'integer' } }),
    Parcel: tagged({ const: 'parcel' }, more),
    Subject: {
      oneOf: [ref('Letter'), ref('Parcel')],
      discriminator: { propertyName: 'kind', mapping: { letter: 'Letter', parcel: 'Parcel' } },
    },
  });

  it('reports the fault of the matching alternative', () => {
    const { validator } = loadSchemas(schemas());
    const result = validator?.('Subject', 'request').safeParse({ kind: 'letter', pages: 'two' });
    expect(result?.error?.issues.map(({ path }) => path)).toEqual([['pages']]);
  });

  it.each<[string, Record<string, Json>]>([
    ['an alternative with a rule on the sent value', { Parcel: { ...tagged({ const: 'parcel' }), minProperties: 2 } }],
    ['an alternative with a rule of bytes', { Parcel: { ...tagged({ const: 'parcel' }), 'x-moddy-max-bytes': 30 } }],
    ['an alternative that contains the union', { Parcel: tagged({ const: 'parcel' }, { inner: ref('Subject') }) }],
    [
      'null beside the alternatives',
      {
        Subject: {
          oneOf: [ref('Letter'), ref('Parcel'), { type: 'null' }],
          discriminator: { propertyName: 'kind', mapping: { letter: 'Letter', parcel: 'Parcel' } },
        },
      },
    ],
  ])('is a plain union for %s', (_why, other) => {
    const { validator, text } = loadSchemas({ ...schemas(), ...other });
    expect(text).not.toContain('discriminatedUnion');
    expect(validator?.('Subject', 'request').safeParse({ kind: 'letter' }).success).toBe(true);
    expect(validator?.('Subject', 'request').safeParse({ kind: 'other', inner: 1 }).success).toBe(false);
  });
});

it('a discriminator does not change the types of its alternatives', async () => {
  const { discriminator: _, ...plain } = itemOf(plainDocument);
  const without = edited(plainDocument, item, plain);
  expect(await typesOf(plainDocument)).toBe(await typesOf(without));
});

it('a discriminator within anyOf does not change the types', async () => {
  const { discriminator, ...plain } = itemOf(plainDocument);
  const listed = (more: Record<string, Json>) =>
    typesOf(edited(plainDocument, item, { anyOf: [{ ...plain, ...more }, { type: 'null' }] }));
  expect(await listed({ discriminator: discriminator ?? null })).toBe(await listed({}));
});

it('a property named discriminator stays in the types', async () => {
  const named = edited(plainDocument, `${letter}/properties/discriminator`, { type: 'string' });
  expect(await typesOf(named)).toContain('discriminator?: string');
});

async function typesOf(document: Json): Promise<string> {
  return (await compile('post-internal', JSON.stringify(document))).get('types.ts') ?? '';
}

function tagged(kind: Record<string, Json>, properties: Record<string, Json> = {}): Record<string, Json> {
  return { type: 'object', required: ['kind'], properties: { kind: { type: 'string', ...kind }, ...properties } };
}

function itemOf(document: typeof plainDocument): Record<string, Json> {
  const read: Record<string, Record<string, Record<string, Record<string, Json>>>> = JSON.parse(
    JSON.stringify(document),
  );
  return read.components?.schemas?.Item ?? {};
}
