import { readDiscriminator } from './discriminator.ts';
import { type Inlined, intersect, leadsBackTo } from './intersect.ts';
import { isArray, isObject, type Json, type JsonObject, listAt, own, unescaped } from './json.ts';
import { keywords, schemaKeywords } from './keywords.ts';
import { FORM, pascalCase } from './names.ts';
import type { Place } from './place.ts';
import { readTyped, typesIn } from './read-typed.ts';
import { CONDITIONS, readConditions } from './rules.ts';
import { NOTHING, noted, REJECTED, ruled, type Schema, type Type } from './schema.ts';
import { schemaUnder } from './walk.ts';

export interface Reader {
  /** Those of `components/schemas`, and the schemas within them that something refers to. */
  readonly components: Map<string, Place>;
  /** The components that are being copied into what refers to them. */
  readonly inlining: ReadonlySet<string>;
  /** The types of a schema that does not say them, because what it stands in does. */
  readonly types?: readonly Type[] | undefined;
}

/** Where a schema stands: only in a property or parameter a default has an effect, only in a property `readOnly` has. */
export type Holder = 'property' | 'parameter' | 'other';

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

/** Read as parts of their own, or not at all. */
const APART: ReadonlySet<string> = new Set([...BESIDE, '$ref', 'allOf', 'anyOf', 'oneOf']);

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** Reads one schema and rejects what is not compiled in it. Unknown keywords were rejected before. */
export function readSchema(place: Place, reader: Reader, holder: Holder = 'other'): Schema {
  const { json } = place;
  if (typeof json === 'boolean') return json ? { kind: 'anything' } : NOTHING;
  if (!isObject(json)) {
    place.reject('expected a schema; write an object with a `type`, or {} for anything');
    return REJECTED;
  }
  rejectMisplaced(place, holder);
  // Read for their faults: a $ref makes a component of one.
  for (const [, one] of place.at('$defs').entries) readSchema(one, { ...reader, types: undefined });
  const schema = closed(place, readWhole(place, reader), reader);
  return schema === REJECTED ? schema : noted(schema, notesOf(json));
}

function notesOf(json: JsonObject): JsonObject | undefined {
  const entries = Object.entries(json).filter(
    ([key]) => key === 'default' || keywords.schema[key]?.is === 'annotation',
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function rejectMisplaced(place: Place, holder: Holder): void {
  const [dialect, fallback, discriminator] = [place.at('$schema'), place.at('default'), place.at('discriminator')];
  if (!dialect.isAbsent && dialect.json !== DIALECT)
    dialect.reject(`schemas are JSON Schema 2020-12; write ${DIALECT}, or leave it out`);
  if (!fallback.isAbsent && holder === 'other')
    fallback.reject('a default has an effect only in the schema of a property or parameter; move it there');
  for (const key of ['readOnly', 'writeOnly']) {
    if (place.at(key).flag() && holder !== 'property')
      place.at(key).reject(`\`${key}\` is compiled only in the schema of a property; move it there`);
  }
  if (!discriminator.isAbsent && !place.has('anyOf') && !place.has('oneOf'))
    discriminator.reject('a discriminator stands beside anyOf or oneOf; write the alternatives there, or leave it out');
}

/** A schema is the intersection of its `$ref`, of `allOf`, `anyOf`, `oneOf` and of the keywords beside them. */
function readWhole(place: Place, reader: Reader): Schema {
  const asserting = Object.keys(place.object).filter((key) => schemaKeywords.has(key) && !BESIDE.has(key));
  const [only, ...others] = asserting;
  if (only === undefined) return { kind: 'anything' };
  if (only === '$ref' && others.length === 0) {
    const name = referredName(place, reader);
    return name === undefined ? REJECTED : { kind: 'reference', name };
  }
  const [one, ...more] = place.at('allOf').entries;
  if (only === 'allOf' && others.length === 0 && one && more.length === 0) return readSchema(one[1], reader);
  const parts = partsOf(place, reader);
  const types = commonTypes(parts, reader);
  const inlined: Inlined = (name) => readInlined(name, reader);
  let whole: Schema = { kind: 'anything' };
  const schemas = parts.map((part) => readPart(part, { ...reader, ...(types && { types }) }));
  for (const [index, schema] of schemas.entries()) {
    const both: Schema | string = intersect(whole, schema, inlined);
    if (typeof both === 'string') {
      (parts[index]?.asked ?? place).reject(both);
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
  readonly place: Place;
  /** A keyword that is read alone: the rest of its object is another part. */
  readonly keyword?: 'anyOf' | 'oneOf' | 'whole' | 'conditions';
  /** Where it is asked for: an element of the outermost allOf. */
  readonly asked: Place;
}

function partsOf(place: Place, reader: Reader, asked?: Place): Part[] {
  const { json } = place;
  const from = asked ?? place;
  if (json === false) return [{ place: place.with({ not: {} }), keyword: 'conditions', asked: from }];
  if (!isObject(json)) {
    if (json !== true) from.reject('expected a schema');
    return [];
  }
  if (asked) rejectMisplaced(place, 'other');
  // Sees what this object alone evaluates, so it is closed before it is intersected.
  if (asked && place.has('unevaluatedProperties')) return [{ place, keyword: 'whole', asked }];
  const parts: Part[] = [];
  const name = place.has('$ref') ? referredName(place, reader) : undefined;
  if (name !== undefined && reader.inlining.has(name)) from.reject(leadsBackTo(name));
  else if (name !== undefined)
    parts.push({ place: place.with({ $ref: json.$ref ?? null }), keyword: 'whole', asked: from });
  const listed = place.at('allOf').list('a list of schemas with at least one');
  if (place.has('allOf') && listed.length === 0)
    place.at('allOf').reject('expected a list of schemas with at least one');
  parts.push(...listed.flatMap((inner) => partsOf(inner, reader, asked ?? inner)));
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    if (place.has(keyword)) parts.push({ place, keyword, asked: from });
  }
  if (CONDITIONS.some((key) => place.has(key))) parts.push({ place, keyword: 'conditions', asked: from });
  const isPlain = (key: string) => schemaKeywords.has(key) && !APART.has(key) && !CONDITIONS.includes(key);
  const plain = Object.entries(json).filter(([key]) => isPlain(key));
  return plain.length > 0 ? [...parts, { place: place.with(Object.fromEntries(plain)), asked: from }] : parts;
}

function readPart({ place, keyword }: Part, reader: Reader): Schema {
  if (keyword === undefined) return readTyped(place, reader);
  if (keyword === 'conditions') return ruled({ kind: 'anything' }, readConditions(place, reader));
  return keyword === 'whole' ? readSchema(place, reader) : readUnion(place, keyword, reader);
}

/** The types which every part allows; undefined where none says any. */
function commonTypes(parts: readonly Part[], reader: Reader): readonly Type[] | undefined {
  let common = reader.types;
  for (const { place } of parts) {
    const types = typesUnder(place.json, reader);
    if (types) common = common?.filter((type) => meets(types, type)) ?? types;
  }
  return common?.length === 0 ? undefined : common;
}

const meets = (types: readonly Type[], type: Type): boolean =>
  types.includes(type) || (type === 'integer' && types.includes('number'));

/** The types that a schema says itself or by its `$ref` and `allOf`. */
function typesUnder(json: Json | undefined, reader: Reader): readonly Type[] | undefined {
  if (!isObject(json)) return undefined;
  const types = typesIn(json);
  if (types) return types;
  const name = nameOf(own(json, '$ref'), reader);
  if (name !== undefined && !reader.inlining.has(name))
    return typesUnder(reader.components.get(name)?.json, inlining(name, reader));
  const each = listAt(json, 'allOf').map((item) => typesUnder(item, reader));
  return each.find((found) => found !== undefined);
}

const inlining = (name: string, reader: Reader): Reader => ({
  ...reader,
  inlining: new Set([...reader.inlining, name]),
});

/** The name of the component schema that a `$ref` leads to; a schema inside a component becomes a component, too. */
function nameOf(ref: Json | undefined, { components }: Reader): string | undefined {
  const encoded = typeof ref === 'string' ? /^#(\/components\/schemas\/.+)$/.exec(ref)?.[1] : undefined;
  const pointer = encoded === undefined ? undefined : decoded(encoded);
  const [, , , component = '', ...steps] = (pointer ?? '').split('/').map(unescaped);
  if (steps.length === 0) return components.has(component) ? component : undefined;
  const known = [...components].find(([, place]) => place.pointer === pointer)?.[0];
  const place = known === undefined ? schemaUnder(components.get(component), steps) : undefined;
  if (place === undefined) return known;
  const taken = new Set([...components.keys()].map(pascalCase));
  let name = [component, ...steps].map(pascalCase).join('');
  while (taken.has(name) || FORM.test(name)) name += 'Part';
  components.set(name, place);
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

function referredName(place: Place, reader: Reader): string | undefined {
  const ref = place.at('$ref');
  const name = nameOf(ref.json, reader);
  if (name !== undefined) return name;
  ref.reject(`${JSON.stringify(ref.json)} leads to no schema; write \`#/components/schemas/<name>\``);
  return undefined;
}

/** A component as if it were written in place; its faults are reported at the component. */
function readInlined(name: string, reader: Reader): Schema | undefined {
  const place = reader.components.get(name);
  if (place === undefined || reader.inlining.has(name)) return undefined;
  return readSchema(place, { ...inlining(name, reader), types: undefined });
}

function readUnion(place: Place, keyword: 'anyOf' | 'oneOf', reader: Reader): Schema {
  const list = place.at(keyword).entries;
  if (!isArray(place.at(keyword).json) || list.length === 0) {
    place.at(keyword).reject('expected a list of schemas with at least one');
    return REJECTED;
  }
  const alternatives = list.map(([, inner]) => readSchema(inner, reader));
  if (alternatives.includes(REJECTED)) return REJECTED;
  const discriminator = readDiscriminator(place.at('discriminator'), reader);
  return { kind: 'union', alternatives, exactlyOne: keyword === 'oneOf', ...discriminator };
}

/** `unevaluatedProperties` as `additionalProperties` of the one object: properties that no keyword of the schema names. */
function closed(place: Place, schema: Schema, reader: Reader): Schema {
  const closing = place.at('unevaluatedProperties');
  const additional = closing.json;
  if (additional === undefined || schema === REJECTED) return schema;
  if (typeof additional !== 'boolean') {
    closing.reject('only true and false are compiled; give the free fields an object of their own');
    return schema;
  }
  const close = (one: Schema): Schema => {
    if (one.kind === 'anything' || one.rules?.some(({ name }) => name === 'when'))
      closing.reject('not compiled here; write `type: object` with additionalProperties');
    if (one.kind === 'object') return one.additional === undefined ? { ...one, additional } : one;
    if (one.kind === 'union') return { ...one, alternatives: one.alternatives.map(close) };
    if (one.kind !== 'reference') return one;
    const target = readInlined(one.name, reader);
    if (target === undefined) closing.reject(`\`${one.name}\` leads back to this schema; close that one`);
    return target === undefined ? one : ruled(close(target), one.rules ?? []);
  };
  return close(schema);
}
