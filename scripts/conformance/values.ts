import fc from 'fast-check';
import { valuesOfRule } from '../breaking/intersection.ts';
import { branchesOf, followed, jsonOf, propertiesOf, typesIn } from '../breaking/side.ts';
import { isArray, isObject, type Json, type JsonObject, listAt, own } from '../compiler/json.ts';
import { valueAt } from './document.ts';

/* Values that a schema of the document allows. Longer than most: one arbitrary per keyword family. */

type Values = fc.Arbitrary<Json>;

/** Values that mean something to the service under test, tried where the schema allows them. */
export type Known = readonly Json[];

const MAX_DEPTH = 6;
/** Any JSON, also with the keys that JavaScript inherits. */
const anything = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);
const names = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('toString', 'constructor', 'x', 'à'));

export function valuesOf(document: JsonObject, pointer: string, known: Known): Values {
  return build(valueAt(document, pointer), { document, known, depth: 0 });
}

interface Surroundings {
  readonly document: JsonObject;
  readonly known: Known;
  readonly depth: number;
}

function build(schema: Json | undefined, around: Surroundings): Values {
  if (!isObject(schema) || around.depth > MAX_DEPTH) return anything;
  const { document } = around;
  // As what it refers to and what stands beside that, together.
  const whole = jsonOf(followed({ document, schema }));
  const within = { ...around, depth: around.depth + (own(schema, '$ref') === undefined ? 1 : 2) };
  const branches = branchesOf(whole);
  return branches.length > 0 ? fc.oneof(...branches.map((one) => build(one, within))) : single(whole, within);
}

/** Values of a schema without `$ref`, `allOf` and alternatives. */
function single(schema: JsonObject, within: Surroundings): Values {
  if (own(schema, 'const') !== undefined) return fc.constant(own(schema, 'const') ?? null);
  const values = own(schema, 'enum');
  if (isArray(values)) {
    const listed = fc.constantFrom(...values);
    return own(schema, 'x-moddy-unknown-value') === undefined ? listed : fc.oneof(listed, fc.string({ maxLength: 9 }));
  }
  const types = typesIn(schema);
  return fc.oneof(...(types.length > 0 ? types : ['anything']).map((one) => ofType(String(one), schema, within)));
}

function ofType(type: string, schema: JsonObject, around: Surroundings): Values {
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') return strings(schema, around.known);
  if (type === 'integer' || type === 'number') return numbers(type, schema);
  if (type === 'array') return arrays(schema, around);
  return type === 'object' ? object(schema, around) : anything;
}

const numberAt = (schema: JsonObject, key: string): number | undefined => {
  const value = own(schema, key);
  return typeof value === 'number' ? value : undefined;
};

function strings(schema: JsonObject, known: Known): Values {
  const patterns = valuesOfRule(own(schema, 'pattern')).map((one) => new RegExp(String(one), 'u'));
  const [pattern] = patterns;
  const minLength = numberAt(schema, 'minLength') ?? 0;
  const maxLength = numberAt(schema, 'maxLength') ?? Math.max(minLength, 24);
  const listed = [...listAt(schema, 'examples'), ...known].filter((value) => {
    if (typeof value !== 'string' || [...value].length < minLength || [...value].length > maxLength) return false;
    return patterns.every((one) => one.test(value));
  });
  const made =
    pattern !== undefined
      ? fc.stringMatching(pattern)
      : fc.oneof(
          fc.string({ minLength, maxLength, size: 'max' }),
          fc.string({ unit: 'binary', minLength, maxLength }),
          // Legal JSON, and more than a database may like.
          fc.constantFrom('a', '\u0000', '\ud800').map((one) => one.repeat(Math.max(1, minLength))),
          fc.constant('\u{1F600}'.repeat(maxLength)),
        );
  return listed.length > 0 ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...listed) }, made) : made;
}

function numbers(type: 'integer' | 'number', schema: JsonObject): Values {
  const divisor = numberAt(schema, 'multipleOf') ?? 1;
  const above = numberAt(schema, 'exclusiveMinimum');
  const below = numberAt(schema, 'exclusiveMaximum');
  const min = Math.max(numberAt(schema, 'minimum') ?? -1e6, above === undefined ? -1e6 : Math.floor(above) + 1);
  const max = Math.min(numberAt(schema, 'maximum') ?? 1e6, below === undefined ? 1e6 : Math.ceil(below) - 1);
  const [low, high] = [Math.ceil(min / divisor), Math.floor(Math.max(min, max) / divisor)];
  const whole = fc.oneof(fc.integer({ min: low, max: Math.max(low, high) }), fc.constantFrom(low, Math.max(low, high)));
  const scaled = whole.map((value) => value * divisor);
  if (type === 'integer' || own(schema, 'multipleOf') !== undefined || max <= min) return scaled;
  return fc.oneof(scaled, fc.double({ min, max, noNaN: true }));
}

function arrays(schema: JsonObject, around: Surroundings): Values {
  const items = build(own(schema, 'items'), around);
  const minLength = numberAt(schema, 'minItems') ?? 0;
  const bounds = { minLength, maxLength: Math.min(numberAt(schema, 'maxItems') ?? minLength + 3, minLength + 3) };
  const list =
    own(schema, 'uniqueItems') === true
      ? fc.uniqueArray(items, { ...bounds, comparator: (a, b) => JSON.stringify(a) === JSON.stringify(b) })
      : fc.array(items, bounds);
  return list.map((value): Json => value);
}

function object(schema: JsonObject, around: Surroundings): Values {
  const properties = propertiesOf(schema);
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, build(one, around)]));
  const requiredKeys = listAt(schema, 'required')
    .map(String)
    .filter((name) => name in fields);
  const additional = own(schema, 'additionalProperties');
  const known = fc.record(fields, { requiredKeys });
  if (additional === false) return known.map(plain);
  const rest = isObject(additional) && Object.keys(additional).length > 0 ? build(additional, around) : anything;
  const minKeys = Math.max(0, numberAt(schema, 'minProperties') ?? 0);
  const extra = fc.dictionary(
    names.filter((name) => !Object.hasOwn(properties, name) && name !== '__proto__'),
    rest,
    { minKeys, maxKeys: minKeys + 3 },
  );
  const some = minKeys > 0 ? extra : fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, extra);
  return fc.tuple(known, some).map(([mine, more]) => plain({ ...more, ...mine }));
}

/** fast-check makes objects without a prototype at times; JSON has none of these. */
const plain = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;
