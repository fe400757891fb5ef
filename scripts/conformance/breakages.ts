import { isArray, isObject, type Json, type JsonObject, objectAt, own } from '../compiler/json.ts';
import { valueAt } from './document.ts';

/** A value with one rule of its schema broken; the judge says whether it really is. */
export interface Breakage {
  readonly rule: string;
  readonly value: Json;
}

/** Every way to break one rule of a schema in a value that obeys it. Also its edges, which break nothing. */
export function breakagesOf(document: JsonObject, pointer: string, value: Json): Breakage[] {
  return breakages(valueAt(document, pointer), value, document);
}

const OF_OTHER_TYPE: readonly Json[] = [null, true, 7, '7', [], {}, 1.5, [null]];

function breakages(schema: Json | undefined, value: Json, document: JsonObject): Breakage[] {
  if (!isObject(schema)) return [];
  const ref = own(schema, '$ref');
  if (typeof ref === 'string') return breakages(valueAt(document, ref.slice(1)), value, document);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const listed = own(schema, key);
    if (isArray(listed)) return listed.flatMap((one) => breakages(one, value, document));
  }
  const found: Breakage[] = OF_OTHER_TYPE.map((other) => ({ rule: 'type', value: other }));
  const add = (rule: string, broken: Json) => found.push({ rule, value: broken });
  const bound = (rule: string): number | undefined => {
    const limit = own(schema, rule);
    return typeof limit === 'number' ? limit : undefined;
  };
  for (const rule of ['enum', 'const']) {
    if (own(schema, rule) === undefined || typeof value !== 'string') continue;
    for (const broken of [`${value} `, value.toUpperCase(), '']) add(rule, broken);
  }
  if (typeof value === 'string') breakString(bound, own(schema, 'pattern') !== undefined, value, add);
  if (typeof value === 'number') breakNumber(bound, value, add);
  if (isArray(value)) found.push(...arrayBreakages(schema, bound, value, document));
  if (isObject(value)) found.push(...objectBreakages(schema, bound, value, document));
  const limit = bound('x-moddy-max-bytes');
  if (limit !== undefined) {
    for (const size of [limit, limit + 1]) add('x-moddy-max-bytes', ofSize(value, size));
  }
  const depth = bound('x-moddy-max-depth');
  if (depth !== undefined && isObject(value)) {
    for (const levels of [depth - 1, depth]) add('x-moddy-max-depth', { ...value, filler: ofDepth(levels) });
  }
  return found;
}

type Add = (rule: string, broken: Json) => void;
type Bound = (rule: string) => number | undefined;

function breakString(bound: Bound, hasPattern: boolean, value: string, add: Add): void {
  const min = bound('minLength');
  const max = bound('maxLength');
  if (min !== undefined && min > 0) add('minLength', [...value].slice(0, min - 1).join(''));
  if (max !== undefined) for (const length of [max, max + 1]) add('maxLength', value.padEnd(length, 'é'));
  if (!hasPattern) return;
  for (const broken of ['', `${value}\n`, ` ${value}`, `${value}é`, '١٢٣', value.repeat(21)]) add('pattern', broken);
}

function breakNumber(bound: Bound, value: number, add: Add): void {
  add('type', value + 0.5);
  for (const rule of ['minimum', 'exclusiveMinimum']) {
    const limit = bound(rule);
    if (limit !== undefined) for (const broken of [limit, limit - 1, limit - 0.5]) add(rule, broken);
  }
  for (const rule of ['maximum', 'exclusiveMaximum']) {
    const limit = bound(rule);
    if (limit !== undefined) for (const broken of [limit, limit + 1, limit * 2 + 1]) add(rule, broken);
  }
  if (bound('multipleOf') !== undefined) add('multipleOf', value + 1);
}

function arrayBreakages(schema: JsonObject, bound: Bound, value: readonly Json[], document: JsonObject): Breakage[] {
  const inside = value.slice(0, 3).flatMap((item, index) =>
    breakages(own(schema, 'items'), item, document).map(({ rule, value: broken }) => ({
      rule,
      value: value.with(index, broken),
    })),
  );
  const [first = null] = value;
  const min = bound('minItems');
  const max = bound('maxItems');
  return [
    ...inside,
    ...(min !== undefined && min > 0 ? [{ rule: 'minItems', value: value.slice(0, min - 1) }] : []),
    ...(max !== undefined && max < 2_000
      ? [{ rule: 'maxItems', value: Array.from({ length: max + 1 }, (_, index) => value[index] ?? first) }]
      : []),
    ...(value.length > 0
      ? [
          { rule: 'uniqueItems', value: [...value, first] },
          { rule: 'items', value: [null] },
        ]
      : []),
  ];
}

function objectBreakages(schema: JsonObject, bound: Bound, value: JsonObject, document: JsonObject): Breakage[] {
  const found: Breakage[] = [];
  for (const [name, property] of Object.entries(objectAt(schema, 'properties'))) {
    const { [name]: removed, ...rest } = value;
    if (removed === undefined) {
      found.push(...OF_OTHER_TYPE.map((other) => ({ rule: 'type', value: { ...value, [name]: other } })));
      continue;
    }
    found.push({ rule: 'required', value: rest });
    for (const { rule, value: broken } of breakages(property, removed, document)) {
      found.push({ rule, value: { ...value, [name]: broken } });
    }
  }
  found.push({ rule: 'additionalProperties', value: { ...value, unknownField: 1 } });
  const min = bound('minProperties');
  if (min !== undefined) found.push({ rule: 'minProperties', value: {} });
  const max = bound('maxProperties');
  if (max !== undefined && max < 2_000) {
    const more = Object.fromEntries(Array.from({ length: max + 1 }, (_, index) => [`more${index}`, 1]));
    found.push({ rule: 'maxProperties', value: { ...value, ...more } });
  }
  const pair = own(schema, 'x-moddy-disjoint');
  if (isArray(pair) && pair.length === 2) {
    const [one, other] = pair.map(String);
    const shared = [own(value, String(one)), own(value, String(other))].find(
      (list) => isArray(list) && list.length > 0,
    );
    if (shared !== undefined)
      found.push({ rule: 'x-moddy-disjoint', value: { ...value, [String(one)]: shared, [String(other)]: shared } });
  }
  return found;
}

/** A value whose JSON text has that many bytes; two bytes a character, so that counting characters shows. */
function ofSize(value: Json, bytes: number): Json {
  const base = isObject(value) ? { ...value, filler: '' } : { filler: '' };
  const missing = bytes - Buffer.byteLength(JSON.stringify(base));
  return missing < 0 ? value : { ...base, filler: 'é'.repeat(missing >> 1) + 'e'.repeat(missing & 1) };
}

const ofDepth = (levels: number): Json =>
  levels <= 0 ? 0 : levels % 2 === 0 ? [ofDepth(levels - 1)] : { a: ofDepth(levels - 1) };
