import { at, isArray, type Json, type JsonObject, own, typeOf } from './json.ts';
import { readLiteral } from './read-literal.ts';
import { readObject } from './read-object.ts';
import { readArrayRules } from './read-rules.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { type Values, valuesOf } from './read-values.ts';
import { type NumberSchema, REJECTED, ruled, type Schema, type StringSchema } from './schema.ts';

const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type Type = (typeof TYPES)[number];

/** Which keywords say something about values of a type. */
const KEYWORDS: Readonly<Record<Type, readonly string[]>> = {
  null: [],
  boolean: [],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: [
    'items',
    'minItems',
    'maxItems',
    'uniqueItems',
    'contains',
    'minContains',
    'maxContains',
    'x-moddy-max-bytes',
    'x-moddy-max-depth',
  ],
  object: [
    'properties',
    'required',
    'additionalProperties',
    'minProperties',
    'maxProperties',
    'propertyNames',
    'dependentRequired',
    'dependentSchemas',
    'x-moddy-disjoint',
    'x-moddy-max-bytes',
    'x-moddy-max-depth',
  ],
};
/** Say nothing alone: `nullable` belongs to `type`, `x-moddy-unknown-value` to `enum`. */
const OF_ANY_TYPE: ReadonlySet<string> = new Set(['type', 'nullable', 'enum', 'const', 'x-moddy-unknown-value']);

/** The types that keywords say by `type`, or by the values of `enum` and `const`. */
export function typesIn(json: JsonObject): Type[] | undefined {
  const type = own(json, 'type');
  const listed: readonly Json[] = isArray(type) ? type : [type ?? null];
  const nullable = type !== undefined && own(json, 'nullable') === true;
  const types = TYPES.filter((known) => listed.includes(known) || (known === 'null' && nullable));
  if (type !== undefined) return types;
  const constant = own(json, 'const');
  const values = own(json, 'enum') ?? (constant === undefined ? undefined : [constant]);
  if (!isArray(values)) return undefined;
  const found = new Set<string>(values.map(typeOf));
  return TYPES.filter((known) => found.has(known));
}

/** Reads keywords that stand together; without a type of their own they have the one of what they stand in. */
export function readTyped(json: JsonObject, pointer: string, reader: Reader): Schema {
  const types = readTypes(json, pointer, reader);
  if (types.length === 0) return REJECTED;
  const keywords = Object.keys(json);
  if (own(json, 'enum') !== undefined || own(json, 'const') !== undefined) {
    return readLiteral(json, keywords, types, pointer, reader.rejections) ?? REJECTED;
  }
  const known = new Set(types.flatMap((type) => KEYWORDS[type]));
  for (const key of keywords) {
    if (OF_ANY_TYPE.has(key) && key !== 'x-moddy-unknown-value') continue;
    if (known.has(key)) continue;
    reader.rejections.add(
      at(pointer, key),
      `\`${key}\` says nothing about ${types.join(' or ')}; remove it or correct the type`,
    );
  }
  const values = valuesOf(json, pointer, reader.rejections);
  const schemas = types.map((type) => readType(type, json, values, pointer, reader));
  const [only] = schemas;
  return only !== undefined && schemas.length === 1
    ? only
    : { kind: 'union', alternatives: schemas, exactlyOne: false };
}

function readTypes(json: JsonObject, pointer: string, { rejections, types: around }: Reader): Type[] {
  const type = own(json, 'type');
  const types = typesIn(json) ?? [...(around ?? [])];
  if (type === undefined) {
    if (own(json, 'nullable') === true)
      rejections.add(
        at(pointer, 'nullable'),
        "`nullable` needs a `type` beside it; or write anyOf with `{ type: 'null' }`",
      );
    else if (types.length === 0) {
      const meant = TYPES.filter((one) => Object.keys(json).some((key) => KEYWORDS[one].includes(key)));
      const instead = meant.length > 0 ? `\`type: ${meant.find((one) => one !== 'integer') ?? ''}\`` : 'a `type`';
      rejections.add(pointer, `a schema without \`type\` allows every value of other types; write ${instead}`);
    }
  } else {
    const listed = isArray(type) ? type : [type];
    const given = TYPES.filter((known) => listed.includes(known));
    if (given.length !== listed.length || listed.length === 0)
      rejections.add(at(pointer, 'type'), `expected distinct types of ${TYPES.join(', ')}`);
    else if (types.includes('integer') && types.includes('number'))
      rejections.add(at(pointer, 'type'), 'every integer is a number; leave one out');
  }
  // Null last, whatever its place in the list: it reads as "or null".
  return types.sort((a, b) => Number(a === 'null') - Number(b === 'null'));
}

function readType(
  type: Type,
  json: JsonObject,
  values: Values,
  pointer: string,
  { types: _, ...inside }: Reader,
): Schema {
  switch (type) {
    case 'null':
    case 'boolean':
      return { kind: type };
    case 'integer':
    case 'number':
      return readNumber(type, values);
    case 'string':
      return readString(values);
    case 'array':
      return readArray(json, values, pointer, inside);
    case 'object':
      return readObject(json, values, pointer, inside);
  }
}

function readNumber(kind: 'integer' | 'number', values: Values): NumberSchema {
  return {
    kind,
    ...values.number('minimum'),
    ...values.number('maximum'),
    ...values.number('exclusiveMinimum'),
    ...values.number('exclusiveMaximum'),
    ...values.divisor('multipleOf'),
  };
}

const readString = (values: Values): StringSchema => ({
  kind: 'string',
  ...values.count('minLength'),
  ...values.count('maxLength'),
  ...values.pattern('pattern'),
});

function readArray(json: JsonObject, values: Values, pointer: string, reader: Reader): Schema {
  const items = own(json, 'items');
  const array: Schema = {
    kind: 'array',
    items: items === undefined ? { kind: 'anything' } : readSchema(items, at(pointer, 'items'), reader),
    ...values.count('minItems'),
    ...values.count('maxItems'),
  };
  return ruled(array, readArrayRules(json, values, pointer, reader));
}
