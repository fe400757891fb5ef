import fc from 'fast-check';
import { isArray, isObject, type Json, type JsonObject, own } from '../json.ts';

/* Schemas that the compiler knows in every combination it may meet, and values near them. */

type Schema = fc.Arbitrary<JsonObject>;

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const some = (fields: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> =>
  fc.record(fields, { requiredKeys: [] }).map((given) => ({ ...(given as JsonObject) })); // A key that is left out is absent, not undefined.
const with_ = (base: JsonObject, more: fc.Arbitrary<JsonObject>): Schema =>
  more.map((fields) => ({ ...base, ...fields }));

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
  with_({ type: 'string' }, some(strings)),
  with_({ type: 'string', format: 'date-time' }, some(strings)),
  with_({ type: 'integer' }, some(numbers)),
  with_({ type: 'number' }, some(numbers)),
  with_({ type: ['string', 'null'] }, some(strings)),
  with_({ type: ['integer', 'string', 'boolean'] }, some({ ...strings, ...numbers })),
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
const nothing: Schema = fc.constant<JsonObject>({ type: 'null' });
const overlapping: Schema = fc
  .record({
    keyword: fc.constantFrom('anyOf', 'oneOf'),
    list: fc.array(fc.oneof({ weight: 6, arbitrary: plain }, { weight: 1, arbitrary: nothing }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ keyword, list }) => ({ [keyword]: list }));
const scalar: Schema = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: tolerated },
  { weight: 2, arbitrary: overlapping },
);

const NAMES = ['a', 'b', 'x-y', 'list', 'more'];

function arrayOf(inner: Schema): Schema {
  const bounds = some({
    minItems: fc.nat(2),
    maxItems: fc.integer({ min: 2, max: 4 }),
    uniqueItems: fc.boolean(),
    ...limits,
  });
  return fc
    .tuple(inner, bounds, fc.boolean())
    .map(([items, more, nullable]) => ({ type: nullable ? ['array', 'null'] : 'array', items, ...more }));
}

const withDefault: Schema = fc.constantFrom<JsonObject>(
  { type: 'boolean', default: false },
  { type: 'string', default: 'red', maxLength: 3 },
  { type: ['integer', 'null'], default: null },
  { type: 'string', enum: ['red', 'other'], 'x-moddy-unknown-value': 'other', default: 'red' },
);

function objectOf(inner: Schema): Schema {
  const properties = fc.dictionary(fc.constantFrom(...NAMES), inner, { maxKeys: 4 });
  return fc
    .record({
      properties,
      extra: fc.option(withDefault, { freq: 3, nil: undefined }),
      required: fc.subarray(NAMES),
      additional: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.boolean(), plain),
      more: some({
        minProperties: fc.nat(2),
        maxProperties: fc.integer({ min: 2, max: 4 }),
        propertyNames: fc.constantFrom<Json>({ maxLength: 2 }, { not: { const: 'a' } }),
        not: fc.constantFrom(...NAMES).map((name) => ({ required: [name] })),
        ...limits,
      }),
      conditions: fc.subarray(['if', 'dependentRequired', 'dependentSchemas']),
      disjoint: fc.boolean(),
      nullable: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    })
    .map(({ properties: own_, extra, required, additional, more, conditions, disjoint, nullable }) => {
      // A schema for free fields stands alone: beside properties it has no type.
      const listed = isObject(additional) ? {} : own_;
      const all: Record<string, Json> = { ...listed, ...(extra && !isObject(additional) && { flag: extra }) };
      const arrays = Object.keys(all).filter((name) => isArrayLike(all[name] ?? null));
      return {
        type: nullable ? ['object', 'null'] : 'object',
        properties: all,
        required: required.filter((name) => Object.hasOwn(listed, name)),
        ...(additional !== undefined && { additionalProperties: additional }),
        ...more,
        ...conditionsOn(Object.keys(listed), conditions),
        ...(disjoint && arrays.length >= 2 && { 'x-moddy-disjoint': arrays.slice(0, 2) }),
      };
    });
}

/** Conditions name listed properties alone; that others become properties is for constraints.test.ts. */
function conditionsOn([one, other = one]: readonly string[], kinds: readonly string[]): JsonObject {
  if (one === undefined || other === undefined) return {};
  const is = (name: string, schema: Json): JsonObject => ({ type: 'object', properties: { [name]: schema } });
  const all: JsonObject = {
    if: { ...is(one, { type: 'string' }), required: [one] },
    dependentRequired: { [one]: [other] },
    dependentSchemas: { [other]: is(one, { not: { type: ['null', 'integer'] } }) },
  };
  const chosen = Object.fromEntries(kinds.map((kind) => [kind, own(all, kind) ?? {}]));
  return kinds.includes('if') ? { ...chosen, ...then({ required: [other] }), else: { maxProperties: 3 } } : chosen;
}

const isArrayLike = (schema: Json): boolean => isObject(schema) && own(schema, 'items') !== undefined;

function tagged(inner: Schema): Schema {
  const one = (tag: string) =>
    objectOf(inner)
      .filter((schema) => !isObject(own(schema, 'additionalProperties')))
      .map((schema): JsonObject => {
        const kind = { type: 'string', const: tag };
        const required = own(schema, 'required');
        return {
          ...schema,
          type: 'object',
          properties: {
            ...(isObject(own(schema, 'properties')) ? (own(schema, 'properties') as JsonObject) : {}),
            kind,
          },
          required: [...(isArray(required) ? required : []), 'kind'],
        };
      });
  const list = fc.tuple(one('x'), one('y'), fc.constantFrom<JsonObject>({ type: 'null' }, { type: 'integer' }));
  const loose = fc
    .tuple(fc.constantFrom('anyOf', 'oneOf'), list)
    .map(([keyword, alternatives]) => ({ [keyword]: alternatives }));
  const named = fc
    .tuple(fc.constantFrom('anyOf', 'oneOf'), one('x'), one('y'))
    .map(([keyword, ...alternatives]) => ({ [keyword]: alternatives, discriminator: { propertyName: 'kind' } }));
  return fc.oneof(loose, named);
}

/** A schema with the components that it needs: a discriminator tells named schemas apart. */
export function withComponents(schema: Json): { subject: Json; components: Record<string, Json> } {
  const components: Record<string, Json> = { ...SHARED };
  const visit = (json: Json): Json => {
    if (isArray(json)) return json.map(visit);
    if (!isObject(json)) return json;
    const visited = Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, visit(inner)]));
    const keyword = own(json, 'anyOf') === undefined ? 'oneOf' : 'anyOf';
    const alternatives = own(visited, keyword);
    if (own(json, 'discriminator') === undefined || !isArray(alternatives)) return visited;
    const names = alternatives.map((alternative) => {
      const name = `Part${Object.keys(components).length}`;
      components[name] = alternative;
      return name;
    });
    const mapping = Object.fromEntries(names.map((name, index) => [index === 0 ? 'x' : 'y', name]));
    return { [keyword]: names.map(ref), discriminator: { propertyName: 'kind', mapping } };
  };
  return { subject: visit(schema), components };
}

/** What stands beside a `$ref` narrows it; a part of allOf may have no type, and narrow a property of another. */
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
  return fc.oneof(
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: arrayOf(inner) },
    { weight: 4, arbitrary: objectOf(inner) },
    { weight: 1, arbitrary: tagged(inner) },
    { weight: 1, arbitrary: together(inner) },
    { weight: 1, arbitrary: fc.constantFrom(ref('Base'), ref('Node'), ref('Color')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<JsonObject>(
        { anyOf: [ref('Node'), { type: 'null' }] },
        { oneOf: [ref('Base'), { type: 'null' }] },
      ),
    },
  );
}

/** What generated schemas refer to. */
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

export const arbitrarySchema: Schema = schemaOf(2);

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

/** Values that are often, and often nearly, what a schema says. */
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
  const known = Object.entries(properties).map(([name, one]) =>
    fc
      .option(arbitraryValue(one, schemas, depth - 1), { freq: 6, nil: undefined })
      .map((value) => [name, value] as const),
  );
  const unknown = fc.array(fc.tuple(fc.constantFrom('zz', '__proto__', 'hasOwnProperty'), free), { maxLength: 1 });
  return fc.tuple(fc.tuple(...known), unknown).map(([one, other]): Json => {
    const fields = [...one, ...other].filter(([, value]) => value !== undefined);
    // As JSON, so that `__proto__` becomes a field of its own.
    return JSON.parse(`{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`);
  });
}
