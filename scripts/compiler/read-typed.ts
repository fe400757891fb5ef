import { at, isArray, type JsonObject, own } from './json.ts';
import { readLiteral } from './read-literal.ts';
import { readObject } from './read-object.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { type Values, valuesOf } from './read-values.ts';
import { type ArraySchema, type NumberSchema, REJECTED, type Schema, type StringSchema } from './schema.ts';

const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
type Type = (typeof TYPES)[number];

/** Which keywords say something about values of a type. */
export const KEYWORDS: Readonly<Record<Type, readonly string[]>> = {
  null: [],
  boolean: [],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems', 'x-max-bytes', 'x-max-depth'],
  object: [
    'properties',
    'required',
    'additionalProperties',
    'minProperties',
    'maxProperties',
    'x-disjoint',
    'x-max-bytes',
    'x-max-depth',
  ],
};

/** Reads a schema that says its type or types. */
export function readTyped(json: JsonObject, keywords: readonly string[], pointer: string, reader: Reader): Schema {
  const types = readTypes(json, pointer, reader);
  if (types.length === 0) return REJECTED;
  if (own(json, 'enum') !== undefined || own(json, 'const') !== undefined) {
    return readLiteral(json, keywords, types, pointer, reader.rejections) ?? REJECTED;
  }
  const known = new Set(types.flatMap((type) => KEYWORDS[type]));
  for (const key of keywords) {
    if (key === 'type' || known.has(key)) continue;
    reader.rejections.add(
      at(pointer, key),
      `\`${key}\` says nothing about ${types.join(' or ')}; remove it or mend the type`,
    );
  }
  const values = valuesOf(json, pointer, reader.rejections);
  const schemas = types.map((type) => readType(type, json, values, pointer, reader));
  const [only] = schemas;
  return only !== undefined && schemas.length === 1
    ? only
    : { kind: 'union', alternatives: schemas, exactlyOne: false };
}

function readTypes(json: JsonObject, pointer: string, { rejections }: Reader): Type[] {
  const type = own(json, 'type');
  if (type === undefined) {
    rejections.add(pointer, 'a schema without `type`; say which type, or $ref, allOf, anyOf or oneOf');
    return [];
  }
  const listed = isArray(type) ? type : [type];
  const types = TYPES.filter((known) => listed.includes(known));
  if (types.length !== listed.length || listed.length === 0) {
    rejections.add(at(pointer, 'type'), `expected distinct types of ${TYPES.join(', ')}`);
  } else if (types.includes('integer') && types.includes('number')) {
    rejections.add(at(pointer, 'type'), 'every integer is a number; leave one out');
  }
  // Null last, whatever its place in the list: it reads as "or null".
  return types.sort((a, b) => Number(a === 'null') - Number(b === 'null'));
}

function readType(type: Type, json: JsonObject, values: Values, pointer: string, reader: Reader): Schema {
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
      return readArray(json, values, pointer, reader);
    case 'object':
      return readObject(json, pointer, reader);
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

function readArray(json: JsonObject, values: Values, pointer: string, reader: Reader): ArraySchema {
  const items = own(json, 'items');
  if (items === undefined) reader.rejections.add(pointer, 'an array without `items`; say what its elements are');
  return {
    kind: 'array',
    items: items === undefined ? REJECTED : readSchema(items, at(pointer, 'items'), reader),
    ...values.count('minItems'),
    ...values.count('maxItems'),
    ...values.flag('uniqueItems'),
    ...values.limits(),
  };
}
