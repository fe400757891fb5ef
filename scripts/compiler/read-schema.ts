import { type Inlined, intersect } from './intersect.ts';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { keywords, schemaKeywords } from './keywords.ts';
import { readDiscriminator } from './read-discriminator.ts';
import { readTyped, type Type, typesIn } from './read-typed.ts';
import type { Rejections } from './rejections.ts';
import { REJECTED, type Schema } from './schema.ts';

/** What reading a schema needs of its surroundings. */
export interface Reader {
  readonly rejections: Rejections;
  /** The text of `components/schemas`. */
  readonly components: JsonObject;
  /** The components that are being copied into what refers to them. */
  readonly inlining: ReadonlySet<string>;
  /** The types of a schema that does not say them, because what it stands in does. */
  readonly types?: readonly Type[];
}

/** Where a schema stands: only in a property or parameter a default has an effect, only in a property `readOnly` has. */
export type Holder = 'property' | 'parameter' | 'other';

const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf'] as const;
/** Read by what holds the schema, or together with what they stand beside. */
const BESIDE: ReadonlySet<string> = new Set([
  '$schema',
  'default',
  'discriminator',
  'readOnly',
  'writeOnly',
  'unevaluatedProperties',
]);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Reads one schema and rejects what is not compiled in it. Unknown keywords were rejected before. */
export function readSchema(json: Json | undefined, pointer: string, reader: Reader, holder: Holder = 'other'): Schema {
  if (json === true) return { kind: 'anything' };
  if (!isObject(json)) {
    reader.rejections.add(pointer, 'expected a schema; write an object with a `type`, or {} for anything');
    return REJECTED;
  }
  rejectMisplaced(json, pointer, reader.rejections, holder);
  const notes = notesOf(json);
  const schema = closed(json, readWhole(json, pointer, reader), pointer, reader);
  return notes && schema !== REJECTED ? { ...schema, notes: { ...schema.notes, ...notes } } : schema;
}

function notesOf(json: JsonObject): JsonObject | undefined {
  const entries = Object.entries(json).filter(
    ([key]) => key === 'default' || keywords.schema[key]?.is === 'annotation',
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function rejectMisplaced(json: JsonObject, pointer: string, rejections: Rejections, holder: Holder): void {
  if (own(json, '$schema') !== undefined && own(json, '$schema') !== DIALECT)
    rejections.add(at(pointer, '$schema'), `schemas are JSON Schema 2020-12; write ${DIALECT}, or leave it out`);
  if (own(json, 'default') !== undefined && holder === 'other')
    rejections.add(
      at(pointer, 'default'),
      'a default has an effect only in the schema of a property or parameter; move it there',
    );
  for (const key of ['readOnly', 'writeOnly'] as const) {
    const value = own(json, key);
    if (value !== undefined && typeof value !== 'boolean') rejections.add(at(pointer, key), 'expected true or false');
    else if (value === true && holder !== 'property')
      rejections.add(at(pointer, key), `\`${key}\` is compiled only in the schema of a property; move it there`);
  }
  if (own(json, 'discriminator') !== undefined && own(json, 'anyOf') === undefined && own(json, 'oneOf') === undefined)
    rejections.add(
      at(pointer, 'discriminator'),
      'a discriminator stands beside anyOf or oneOf; write the alternatives there, or leave it out',
    );
}

/** A schema is the intersection of its `$ref`, of `allOf`, `anyOf`, `oneOf` and of the keywords beside them. */
function readWhole(json: JsonObject, pointer: string, reader: Reader): Schema {
  const asserting = Object.keys(json).filter((key) => schemaKeywords.has(key) && !BESIDE.has(key));
  const [only] = asserting;
  if (only === undefined) return { kind: 'anything' };
  if (asserting.length === 1 && only === '$ref') return readReference(json, pointer, reader);
  const allOf = own(json, 'allOf');
  if (asserting.length === 1 && isArray(allOf) && allOf.length === 1)
    return readSchema(allOf[0], at(at(pointer, 'allOf'), 0), reader);
  const parts = partsOf(json, pointer, reader, true);
  const types = commonTypes(parts, reader.types);
  const schemas = parts.map((part) => ({
    schema: readPart(part, { ...part.reader, ...(types && { types }) }),
    place: part.place,
  }));
  const inlined: Inlined = (name) => readInlined(name, reader);
  let whole: Schema = { kind: 'anything' };
  for (const { schema, place } of schemas) {
    const both: Schema | string = intersect(whole, schema, inlined);
    if (typeof both === 'string') {
      reader.rejections.add(place, both);
      return REJECTED;
    }
    whole = both;
  }
  return whole;
}

/** One part of an intersection: keywords that stand together, or a list of alternatives. */
interface Part {
  readonly json: JsonObject;
  /** A keyword that is read alone: the rest of its object is another part. */
  readonly keyword?: 'anyOf' | 'oneOf' | 'whole';
  readonly pointer: string;
  /** Where it is asked for: a `$ref` leads elsewhere. */
  readonly place: string;
  readonly reader: Reader;
}

function partsOf(json: Json, pointer: string, reader: Reader, top: boolean, place = pointer): Part[] {
  const { rejections } = reader;
  if (!isObject(json)) {
    if (json !== true) rejections.add(place, 'expected a schema');
    return [];
  }
  // Sees what this object alone evaluates, so it is closed before it is intersected.
  if (!top && own(json, 'unevaluatedProperties') !== undefined)
    return [{ json, keyword: 'whole', pointer, place, reader }];
  const parts: Part[] = [];
  if (own(json, '$ref') !== undefined) {
    const name = referredName(json, pointer, reader);
    if (name !== undefined && reader.inlining.has(name))
      rejections.add(
        place,
        `allOf leads back to \`${name}\`; name what it describes in components/schemas and refer to that`,
      );
    else if (name !== undefined)
      parts.push({ json: { $ref: own(json, '$ref') ?? null }, keyword: 'whole', pointer, place, reader });
  }
  const listed = own(json, 'allOf') ?? [];
  if (!isArray(listed) || (listed.length === 0 && own(json, 'allOf') !== undefined))
    rejections.add(at(pointer, 'allOf'), 'expected a list of schemas with at least one');
  for (const [index, item] of (isArray(listed) ? listed : []).entries()) {
    const where = at(at(pointer, 'allOf'), index);
    parts.push(...partsOf(item, where, reader, false, place === pointer ? where : place));
  }
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    if (own(json, keyword) !== undefined) parts.push({ json, keyword, pointer, place, reader });
  }
  const plain = Object.entries(json).filter(
    ([key]) => schemaKeywords.has(key) && !BESIDE.has(key) && !isCombining(key),
  );
  return plain.length > 0 ? [...parts, { json: Object.fromEntries(plain), pointer, place, reader }] : parts;
}

const isCombining = (key: string): boolean => (COMBINING as readonly string[]).includes(key);

function readPart({ json, keyword, pointer }: Part, reader: Reader): Schema {
  if (keyword === undefined) return readTyped(json, pointer, reader);
  return keyword === 'whole' ? readSchema(json, pointer, reader) : readUnion(json, keyword, pointer, reader);
}

/** The types which every part allows; undefined where none says any. */
function commonTypes(parts: readonly Part[], around: readonly Type[] | undefined): readonly Type[] | undefined {
  let common = around;
  for (const { json, reader } of parts) {
    const types = typesUnder(json, reader);
    if (types) common = common?.filter((type) => meets(types, type)) ?? types;
  }
  return common?.length === 0 ? undefined : common;
}

const meets = (types: readonly Type[], type: Type): boolean =>
  types.includes(type) || (type === 'integer' && types.includes('number'));

/** The types that a schema says itself or by its `$ref` and `allOf`. */
function typesUnder(json: Json, reader: Reader): readonly Type[] | undefined {
  if (!isObject(json)) return undefined;
  const types = typesIn(json);
  if (types) return types;
  const ref = own(json, '$ref');
  const name = typeof ref === 'string' ? nameIn(ref) : undefined;
  if (name !== undefined && !reader.inlining.has(name))
    return typesUnder(own(reader.components, name) ?? null, {
      ...reader,
      inlining: new Set([...reader.inlining, name]),
    });
  const listed = own(json, 'allOf');
  for (const item of isArray(listed) ? listed : []) {
    const found = typesUnder(item, reader);
    if (found) return found;
  }
  return undefined;
}

const nameIn = (ref: string): string | undefined => {
  const encoded = /^#\/components\/schemas\/([^/]+)$/.exec(ref)?.[1];
  // RFC 6901 within a URI fragment.
  if (encoded === undefined || /%(?![0-9A-F]{2})/i.test(encoded)) return undefined;
  return decodeURIComponent(encoded).replaceAll('~1', '/').replaceAll('~0', '~');
};

/** The name of the component schema that a `$ref` leads to. */
function referredName(json: JsonObject, pointer: string, { rejections, components }: Reader): string | undefined {
  const ref = own(json, '$ref');
  const name = typeof ref === 'string' ? nameIn(ref) : undefined;
  if (name !== undefined && Object.hasOwn(components, name)) return name;
  const why =
    name === undefined
      ? 'only `#/components/schemas/<name>` is followed'
      : 'it leads nowhere; add the schema or correct the name';
  rejections.add(at(pointer, '$ref'), `${JSON.stringify(ref)}: ${why}`);
  return undefined;
}

function readReference(json: JsonObject, pointer: string, reader: Reader): Schema {
  const name = referredName(json, pointer, reader);
  return name === undefined ? REJECTED : { kind: 'reference', name };
}

/** A component as if it were written in place; what is wrong with it is reported where it stands. */
function readInlined(name: string, reader: Reader): Schema | undefined {
  if (reader.inlining.has(name)) return undefined;
  const { types: _, ...rest } = reader;
  const inner = { ...rest, inlining: new Set([...reader.inlining, name]) };
  return readSchema(own(reader.components, name), at('/components/schemas', name), inner);
}

function readUnion(json: JsonObject, keyword: 'anyOf' | 'oneOf', pointer: string, reader: Reader): Schema {
  const list = own(json, keyword);
  if (!isArray(list) || list.length === 0) {
    reader.rejections.add(at(pointer, keyword), 'expected a list of schemas with at least one');
    return REJECTED;
  }
  const alternatives = list.map((item, index) => readSchema(item, at(at(pointer, keyword), index), reader));
  if (alternatives.includes(REJECTED)) return REJECTED;
  return {
    kind: 'union',
    alternatives,
    exactlyOne: keyword === 'oneOf',
    ...readDiscriminator(own(json, 'discriminator'), at(pointer, 'discriminator'), reader),
  };
}

/** `unevaluatedProperties`: what no keyword of the whole schema names, as `additionalProperties` of the one object. */
function closed(json: JsonObject, schema: Schema, pointer: string, reader: Reader): Schema {
  const value = own(json, 'unevaluatedProperties');
  if (value === undefined || schema === REJECTED) return schema;
  const place = at(pointer, 'unevaluatedProperties');
  if (typeof value !== 'boolean') {
    reader.rejections.add(
      place,
      'only true and false are compiled; write the free fields as additionalProperties of an object of their own',
    );
    return schema;
  }
  const close = (one: Schema): Schema => {
    if (one.kind === 'object') return one.additional === undefined ? { ...one, additional: value } : one;
    if (one.kind === 'union') return { ...one, alternatives: one.alternatives.map(close) };
    if (one.kind !== 'reference') return one;
    const target = readInlined(one.name, reader);
    if (target === undefined) reader.rejections.add(place, `\`${one.name}\` leads back to this schema; close that one`);
    return target === undefined ? one : close(target);
  };
  return close(schema);
}
