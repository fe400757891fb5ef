import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject, listOr, objectOr, own } from '../json.ts';

/* Schemas that the compiler knows in every combination it may meet, and values near them. */

type Schema = fc.Arbitrary<JsonObject>;

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
/** A schema with some of the fields. */
const some = (schema: JsonObject, fields: Record<string, fc.Arbitrary<Json>>): Schema =>
  fc.record(fields, { requiredKeys: [] }).map((given) => ({ ...schema, ...(given as JsonObject) }));
/** Any or one of the schemas. */
const alternatives = (list: fc.Arbitrary<JsonObject[]>): Schema =>
  fc.tuple(fc.constantFrom('anyOf', 'oneOf'), list).map(([keyword, schemas]) => ({ [keyword]: schemas }));

const PATTERNS = ['^a', 'b$', '^\\p{L}+$', '^[0-9]{1,3}$', '^.{2}$', 'a/b', '^[^x]*$'];
const strings = {
  minLength: fc.nat(2),
  maxLength: fc.integer({ min: 2, max: 5 }),
  pattern: fc.constantFrom(...PATTERNS),
};
const numbers = {
  minimum: fc.integer({ min: -3, max: 0 }),
  maximum: fc.integer({ min: 1, max: 6 }),
  exclusiveMinimum: fc.integer({ min: -4, max: 0 }),
  exclusiveMaximum: fc.integer({ min: 2, max: 7 }),
  multipleOf: fc.constantFrom(1, 2, 3),
};
const limits = {
  'x-moddy-max-bytes': fc.integer({ min: 2, max: 40 }),
  'x-moddy-max-depth': fc.integer({ min: 1, max: 3 }),
};
const lists = {
  minItems: fc.nat(2),
  maxItems: fc.integer({ min: 2, max: 4 }),
  uniqueItems: fc.boolean(),
  ...limits,
};
const NAMES = ['a', 'b', 'x-y', 'list', 'more'];
const objects = {
  minProperties: fc.nat(2),
  maxProperties: fc.integer({ min: 2, max: 4 }),
  propertyNames: fc.constantFrom<Json>({ maxLength: 2 }, { not: { const: 'a' } }),
  not: fc.constantFrom(...NAMES).map((name) => ({ required: [name] })),
  ...limits,
};

const texts = fc.constantFrom('red', 'green', 'blue', 'other', '1', '');
const enumeration: Schema = fc
  .uniqueArray(texts, { minLength: 1, maxLength: 4 })
  .map((values) => ({ type: 'string', enum: values }));
const tolerated: Schema = enumeration.map((schema) => ({
  ...schema,
  'x-moddy-unknown-value': (own(schema, 'enum') as Json[])[0] ?? '',
}));
const mixed: Schema = fc.constantFrom<JsonObject>(
  { type: ['string', 'integer', 'null'], enum: ['a', 1, null] },
  { type: 'integer', enum: [0, 1, 5] },
  { type: 'number', const: 1.5 },
  { type: 'boolean', const: true },
  { type: ['boolean', 'null'], enum: [false, null] },
  { type: 'string', const: 'red' },
);
/** The keyword of this name, which nobody awaits. */
const then = (schema: Json): JsonObject => Object.fromEntries([['then', schema]]);
const conditioned: Schema = fc.constantFrom<JsonObject>(
  { type: 'string', not: { enum: ['red', 'a'] } },
  { type: ['string', 'integer'], if: { type: 'string' }, ...then({ minLength: 2 }), else: { minimum: 1 } },
  { not: { type: ['string', 'array'] } },
  { if: { type: 'object' }, else: { not: { type: 'string', pattern: '^a' } } },
  { type: ['array', 'null'], items: { type: ['integer', 'string'] }, contains: { type: 'integer' }, maxContains: 2 },
  { type: 'array', contains: { enum: [[], {}, 'red'] }, minContains: 0, uniqueItems: true },
  { enum: [[], [1, '1'], { a: 1, b: 2 }, 'red'] },
  { const: { a: { a: { a: {} } } } },
  { allOf: [{ type: 'integer' }, { not: { const: 2 } }, { not: { multipleOf: 3 } }] },
);
const plain: Schema = fc.oneof(
  conditioned,
  some({ type: 'string' }, strings),
  some({ type: 'string', format: 'date-time' }, strings),
  some({ type: 'integer' }, numbers),
  some({ type: 'number' }, numbers),
  some({ type: ['string', 'null'] }, strings),
  some({ type: ['integer', 'string', 'boolean'] }, { ...strings, ...numbers }),
  fc.constantFrom<JsonObject>(
    { type: 'boolean' },
    {},
    { enum: ['red', 2, null] },
    { type: 'string', nullable: true, maxLength: 3 },
    {
      allOf: [{ type: ['string', 'integer'], minLength: 1 }, { maxLength: 3, pattern: '^[^x]*$' }, { type: 'string' }],
    },
    { allOf: [{ enum: ['a', 'ab', 1, null] }, { type: ['string', 'null'], minLength: 2 }] },
  ),
  enumeration,
  mixed,
);
const plainOrNull = fc.oneof({ weight: 6, arbitrary: plain }, fc.constant<JsonObject>({ type: 'null' }));
const overlapping = alternatives(fc.array(plainOrNull, { minLength: 1, maxLength: 3 }));
const scalar: Schema = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: tolerated },
  { weight: 2, arbitrary: overlapping },
);

function arrayOf(inner: Schema): Schema {
  const list = fc.oneof(some({ type: 'array' }, lists), some({ type: ['array', 'null'] }, lists));
  return fc.tuple(list, inner).map(([schema, items]) => ({ ...schema, items }));
}

const withDefault: Schema = fc.constantFrom<JsonObject>(
  { type: 'boolean', default: false },
  { type: 'string', default: 'red', maxLength: 3 },
  { type: ['integer', 'null'], default: null },
  { type: 'string', enum: ['red', 'other'], 'x-moddy-unknown-value': 'other', default: 'red' },
);

const object: Schema = fc.oneof(
  { weight: 4, arbitrary: some({ type: 'object' }, objects) },
  { weight: 2, arbitrary: fc.constant({ type: 'object' }) },
  some({ type: ['object', 'null'] }, objects),
);

/** A schema for free fields stands alone: beside properties it has no type. */
const mapOf = (inner: Schema): Schema =>
  fc.tuple(object, inner).map(([schema, additionalProperties]) => ({ ...schema, additionalProperties }));

function objectOf(inner: Schema): Schema {
  return fc
    .record({
      schema: object,
      properties: fc.dictionary(fc.constantFrom(...NAMES), inner, { maxKeys: 4 }),
      flag: fc.option(withDefault, { freq: 3, nil: undefined }),
      required: fc.subarray(NAMES),
      additional: fc.constantFrom({}, {}, { additionalProperties: true }, { additionalProperties: false }),
      conditions: fc.subarray([0, 1, 2]),
      disjoint: fc.boolean(),
    })
    .map(({ schema, properties, flag, required, additional, conditions, disjoint }) => {
      const all: Record<string, Json> = { ...properties, ...(flag && { flag }) };
      const arrays = Object.keys(all).filter((name) => own(objectOr(all[name]), 'items') !== undefined);
      return {
        ...schema,
        properties: all,
        required: required.filter((name) => Object.hasOwn(properties, name)),
        ...additional,
        ...conditionsOn(Object.keys(properties), conditions),
        ...(disjoint && arrays.length >= 2 && { 'x-moddy-disjoint': arrays.slice(0, 2) }),
      };
    });
}

/** Conditions name listed properties alone; that others become properties is for constraints.test.ts. */
function conditionsOn([one, other = one]: readonly string[], chosen: readonly number[]): JsonObject {
  if (one === undefined || other === undefined) return {};
  const is = (name: string, schema: Json): JsonObject => ({ type: 'object', properties: { [name]: schema } });
  const isText = { ...is(one, { type: 'string' }), required: [one] };
  const all: readonly JsonObject[] = [
    { if: isText, ...then({ required: [other] }), else: { maxProperties: 3 } },
    { dependentRequired: { [one]: [other] } },
    { dependentSchemas: { [other]: is(one, { not: { type: ['null', 'integer'] } }) } },
  ];
  return Object.assign({}, ...chosen.map((index) => all[index]));
}

/** An object with a tag of its own. */
const tagged = (tag: string, inner: Schema): Schema =>
  objectOf(inner).map((schema) => ({
    ...schema,
    type: 'object',
    properties: { ...objectOr(own(schema, 'properties')), kind: { type: 'string', const: tag } },
    required: [...listOr(own(schema, 'required')), 'kind'],
  }));

/** A discriminator tells named schemas apart. */
const discriminated: Schema = alternatives(fc.constant([ref('X'), ref('Y')])).map((schema) => ({
  ...schema,
  discriminator: { propertyName: 'kind', mapping: { x: 'X', y: 'Y' } },
}));

/** Keywords beside a `$ref` narrow it; a part of allOf may have no type, and narrow a property of another. */
const together = (inner: Schema): Schema =>
  fc
    .record({
      property: inner,
      open: fc.boolean(),
      closed: fc.option(fc.boolean(), { nil: undefined }),
      narrowed: fc.boolean(),
      required: fc.subarray(['size', 'b', 'zz']),
      beside: fc.boolean(),
      not: fc.option(fc.constantFrom('b', 'zz'), { nil: undefined }),
      flag: fc.constantFrom<JsonObject>({}, { readOnly: true }, { writeOnly: true }),
    })
    .map(({ property, open, closed, narrowed, required, beside, not, flag }): JsonObject => {
      const added = {
        properties: { more: property, ...(narrowed && { a: { type: 'string', minLength: 1 } }) },
        ...(open && { additionalProperties: true }),
      };
      const size = { size: { type: 'integer', ...(open || closed === true ? {} : flag) } };
      const more = {
        ...(closed !== undefined && { unevaluatedProperties: closed }),
        ...(not !== undefined && { not: { type: 'object', required: [not] } }),
      };
      return beside
        ? { ...ref('Base'), ...added, ...more, required }
        : { allOf: [ref('Base'), added], properties: size, required, ...more };
    });

function schemaOf(depth: number): Schema {
  if (depth === 0) return scalar;
  const inner = schemaOf(depth - 1);
  const other = fc.constantFrom<JsonObject>({ type: 'null' }, { type: 'integer' });
  return fc.oneof(
    { weight: 6, arbitrary: scalar },
    { weight: 4, arbitrary: arrayOf(inner) },
    { weight: 6, arbitrary: objectOf(inner) },
    { weight: 2, arbitrary: mapOf(plain) },
    { weight: 1, arbitrary: alternatives(fc.tuple(tagged('x', inner), tagged('y', inner), other)) },
    { weight: 1, arbitrary: discriminated },
    { weight: 4, arbitrary: together(inner) },
    { weight: 2, arbitrary: fc.constantFrom(ref('Base'), ref('Node'), ref('Color')) },
    { weight: 1, arbitrary: fc.constant({ anyOf: [ref('Node'), { type: 'null' }] }) },
    { weight: 1, arbitrary: fc.constant({ oneOf: [ref('Base'), { type: 'null' }] }) },
  );
}

/** The components that generated schemas refer to. */
const SHARED: Readonly<Record<string, JsonObject>> = {
  Color: { type: 'string', enum: ['red', 'other'], 'x-moddy-unknown-value': 'other' },
  Base: { type: 'object', required: ['a'], properties: { a: { type: 'string', maxLength: 2 }, b: ref('Color') } },
  Node: {
    type: 'object',
    required: ['a'],
    properties: {
      a: { type: 'integer' },
      list: { type: 'array', items: ref('Node') },
      more: { anyOf: [ref('Node'), { type: 'null' }] },
    },
  },
};

/** The schema `Subject`, with the components that it may refer to. */
export const arbitrarySchemas = fc
  .record({ Subject: schemaOf(2), X: tagged('x', schemaOf(1)), Y: tagged('y', schemaOf(1)) })
  .map(({ Subject, ...parts }): Record<string, Json> => {
    const isUsed = JSON.stringify(Subject).includes('discriminator');
    return { ...SHARED, ...(isUsed && parts), Subject };
  });

const noise: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1, -1, 2, 3, 1.5, 4.5, 2 ** 53, 1e300, -0, [], {}, 'red', 'unknown'),
  fc.constantFrom<Json>(
    '',
    'a',
    'ab',
    '12',
    '\u{1F600}',
    '\u{1F600}\u{1F600}',
    'a\u{1F600}b',
    '\ud83d',
    'é',
    'a/b',
    'xyzzy',
  ),
  fc.constantFrom<Json>(
    [1, 1],
    [1, '1'],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[]],
    { a: { a: { a: {} } } },
  ),
);

/** Values that a schema often allows, and often nearly allows. */
export function arbitraryValue(schema: Json, schemas: Readonly<Record<string, Json>>, depth = 3): fc.Arbitrary<Json> {
  return fc.oneof({ weight: 6, arbitrary: fitting(schema, schemas, depth) }, { weight: 1, arbitrary: noise });
}

function fitting(schema: Json, schemas: Readonly<Record<string, Json>>, depth: number): fc.Arbitrary<Json> {
  if (!isObject(schema) || depth === 0) return noise;
  const target = own(schema, '$ref');
  if (typeof target === 'string') return fitting(schemas[target.slice(21)] ?? true, schemas, depth);
  const listed = own(schema, 'anyOf') ?? own(schema, 'oneOf');
  if (isArray(listed)) return fc.oneof(...listed.map((one) => fitting(one, schemas, depth)));
  const values =
    own(schema, 'enum') ?? (own(schema, 'const') !== undefined ? [own(schema, 'const') ?? null] : undefined);
  if (isArray(values)) return fc.constantFrom(...values, 'unknown');
  const type = own(schema, 'type');
  if (own(schema, 'allOf') !== undefined || type === 'object' || (isArray(type) && type.includes('object'))) {
    return objectNear(schema, schemas, depth);
  }
  const items = own(schema, 'items');
  if (items !== undefined) {
    const list = fc.array(arbitraryValue(items, schemas, depth - 1), { maxLength: 4 });
    return fc
      .tuple(list, fc.boolean())
      .map(([elements, again]) => (again ? [...elements, ...elements.slice(0, 1)] : elements));
  }
  return noise;
}

function objectNear(schema: JsonObject, schemas: Readonly<Record<string, Json>>, depth: number): fc.Arbitrary<Json> {
  const properties: Record<string, Json> = {};
  const gather = (part: Json) => {
    if (!isObject(part)) return;
    const target = own(part, '$ref');
    if (typeof target === 'string') gather(schemas[target.slice(21)] ?? true);
    const parts = own(part, 'allOf');
    if (isArray(parts)) for (const one of parts) gather(one);
    Object.assign(properties, own(part, 'properties'));
  };
  gather(schema);
  const additional = own(schema, 'additionalProperties');
  const free = isObject(additional) ? arbitraryValue(additional, schemas, depth - 1) : noise;
  const near = Object.entries(properties).map(
    ([name, one]) => [name, arbitraryValue(one, schemas, depth - 1)] as const,
  );
  const known = fc.record(Object.fromEntries(near), { requiredKeys: [] });
  const unknown = fc.dictionary(fc.constantFrom('zz', '__proto__', 'hasOwnProperty'), free, { maxKeys: 1 });
  return fc.tuple(known, unknown).map(([one, other]) => ({ ...(one as JsonObject), ...other }));
}
