import { readDiscriminator } from './discriminator.ts';
import { type Inlined, intersect } from './intersect.ts';
import { at, isArray, isObject, type Json, type JsonObject, own, unescaped } from './json.ts';
import { keywords, schemaKeywords } from './keywords.ts';
import { FORM, pascalCase } from './names.ts';
import { readTyped, typesIn } from './read-typed.ts';
import type { Rejections } from './rejections.ts';
import { CONDITIONS, readConditions } from './rules.ts';
import { NOTHING, REJECTED, ruled, type Schema, type Type } from './schema.ts';
import { schemaUnder } from './walk.ts';

/** What reading a schema needs of its surroundings. */
export interface Reader {
  readonly rejections: Rejections;
  /** The text of `components/schemas`, and of the schemas within them that something refers to. */
  readonly components: Record<string, Json>;
  /** Where these stand, by the names that they get. */
  readonly inner: Map<string, string>;
  /** The components that are being copied into what refers to them. */
  readonly inlining: ReadonlySet<string>;
  /** The types of a schema that does not say them, because what it stands in does. */
  readonly types?: readonly Type[] | undefined;
}

/** Where a schema stands: only in a property or parameter a default has an effect, only in a property `readOnly` has. */
export type Holder = 'property' | 'parameter' | 'other';

const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf'] as const;
/** Read by what holds the schema, or together with what they stand beside. */
const BESIDE: ReadonlySet<string> = new Set([
  '$schema',
  '$defs',
  'default',
  'discriminator',
  'readOnly',
  'writeOnly',
  'unevaluatedProperties',
]);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Reads one schema and rejects what is not compiled in it. Unknown keywords were rejected before. */
export function readSchema(json: Json | undefined, pointer: string, reader: Reader, holder: Holder = 'other'): Schema {
  if (typeof json === 'boolean') return json ? { kind: 'anything' } : NOTHING;
  if (!isObject(json)) {
    reader.rejections.add(pointer, 'expected a schema; write an object with a `type`, or {} for anything');
    return REJECTED;
  }
  rejectMisplaced(json, pointer, reader.rejections, holder);
  const definitions = own(json, '$defs');
  // Read for their faults: a $ref makes a component of one.
  for (const [name, one] of isObject(definitions) ? Object.entries(definitions) : [])
    readSchema(one, at(at(pointer, '$defs'), name), { ...reader, types: undefined });
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
  return listing(whole, inlined);
}

/** A field that a condition names is one of the object, with any value where no property says more. */
function listing(whole: Schema, inlined: Inlined): Schema {
  if (whole.kind !== 'object' || whole.additional !== undefined) return whole;
  const known = new Set(whole.properties.map(({ name }) => name));
  const namesIn = (schema: Schema): readonly string[] => {
    if (schema.kind === 'union') return schema.alternatives.flatMap(namesIn);
    if (schema.kind === 'object') return schema.properties.map(({ name }) => name);
    const target = schema.kind === 'reference' ? inlined(schema.name) : undefined;
    return target && target.kind !== 'reference' ? namesIn(target) : [];
  };
  const conditions = (whole.rules ?? []).flatMap(({ name, schemas = [] }) => (name === 'when' ? schemas : []));
  const named = [...new Set(conditions.flatMap(namesIn))].filter((name) => !known.has(name));
  const added = named.map((name) => ({ name, schema: { kind: 'anything' as const }, required: false }));
  return named.length === 0 ? whole : { ...whole, properties: [...whole.properties, ...added] };
}

/** One part of an intersection: keywords that stand together, or a list of alternatives. */
interface Part {
  readonly json: JsonObject;
  /** A keyword that is read alone: the rest of its object is another part. */
  readonly keyword?: 'anyOf' | 'oneOf' | 'whole' | 'conditions';
  readonly pointer: string;
  /** Where it is asked for: a `$ref` leads elsewhere. */
  readonly place: string;
  readonly reader: Reader;
}

function partsOf(json: Json, pointer: string, reader: Reader, top: boolean, place = pointer): Part[] {
  const { rejections } = reader;
  if (json === false) return [{ json: { not: {} }, keyword: 'conditions', pointer, place, reader }];
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
  if (CONDITIONS.some((key) => own(json, key) !== undefined))
    parts.push({ json, keyword: 'conditions', pointer, place, reader });
  const plain = Object.entries(json).filter(
    ([key]) => schemaKeywords.has(key) && !BESIDE.has(key) && !isCombining(key) && !CONDITIONS.includes(key),
  );
  return plain.length > 0 ? [...parts, { json: Object.fromEntries(plain), pointer, place, reader }] : parts;
}

const isCombining = (key: string): boolean => (COMBINING as readonly string[]).includes(key);

function readPart({ json, keyword, pointer }: Part, reader: Reader): Schema {
  if (keyword === undefined) return readTyped(json, pointer, reader);
  if (keyword === 'conditions') return ruled({ kind: 'anything' }, readConditions(json, pointer, reader));
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
  const name = nameOf(ref, reader);
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

/** The name of the component schema that a `$ref` leads to; what it leads to within one becomes another. */
function nameOf(ref: Json | undefined, { components, inner }: Reader): string | undefined {
  const encoded = typeof ref === 'string' ? /^#(\/components\/schemas\/.+)$/.exec(ref)?.[1] : undefined;
  const pointer = encoded === undefined ? undefined : decoded(encoded);
  if (pointer === undefined) return undefined;
  const [, , , component = '', ...steps] = pointer.split('/').map(unescaped);
  if (steps.length === 0) return Object.hasOwn(components, component) ? component : undefined;
  const known = [...inner].find(([, place]) => place === pointer)?.[0];
  const schema = known === undefined ? schemaUnder(own(components, component), steps) : undefined;
  if (schema === undefined) return known;
  const taken = new Set(Object.keys(components).map(pascalCase));
  let name = [component, ...steps].map(pascalCase).join('');
  while (taken.has(name) || FORM.test(name)) name += 'Part';
  components[name] = schema;
  inner.set(name, pointer);
  return name;
}

/** RFC 6901 within a URI fragment. */
function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

/** The name of the component schema that a `$ref` leads to. */
function referredName(json: JsonObject, pointer: string, reader: Reader): string | undefined {
  const ref = own(json, '$ref');
  const name = nameOf(ref, reader);
  if (name === undefined)
    reader.rejections.add(
      at(pointer, '$ref'),
      `${JSON.stringify(ref)}: it leads to no schema; write \`#/components/schemas/<name>\` of one that is there`,
    );
  return name;
}

function readReference(json: JsonObject, pointer: string, reader: Reader): Schema {
  const name = referredName(json, pointer, reader);
  return name === undefined ? REJECTED : { kind: 'reference', name };
}

/** Where a component schema stands. */
export const placeOf = (name: string, { inner }: Reader): string => inner.get(name) ?? at('/components/schemas', name);

/** A component as if it were written in place; what is wrong with it is reported where it stands. */
function readInlined(name: string, reader: Reader): Schema | undefined {
  if (reader.inlining.has(name)) return undefined;
  const { types: _, ...rest } = reader;
  const inner = { ...rest, inlining: new Set([...reader.inlining, name]) };
  return readSchema(own(reader.components, name), placeOf(name, reader), inner);
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
    if (one.kind === 'anything' || one.rules?.some(({ name }) => name === 'when'))
      reader.rejections.add(
        place,
        'compiled beside properties, allOf, anyOf and oneOf alone; write `type: object` and additionalProperties',
      );
    if (one.kind === 'object') return one.additional === undefined ? { ...one, additional: value } : one;
    if (one.kind === 'union') return { ...one, alternatives: one.alternatives.map(close) };
    if (one.kind !== 'reference') return one;
    const target = readInlined(one.name, reader);
    if (target === undefined) reader.rejections.add(place, `\`${one.name}\` leads back to this schema; close that one`);
    return target === undefined ? one : close(target);
  };
  return close(schema);
}
