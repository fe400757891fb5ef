import { allows } from './allows.ts';
import { apart, flat, typesOf } from './apart.ts';
import { verifyDiscriminator } from './discriminator.ts';
import { at } from './json.ts';
import type { Rejections } from './rejections.ts';
import { contradictions } from './rules.ts';
import { type Components, innerSchemas, judges, type ObjectSchema, REJECTED, type Schema } from './schema.ts';

/** Rejects what can be judged only when every schema is known: alternatives, defaults, circles of references. */
export function verifySchema(schema: Schema, pointer: string, components: Components, rejections: Rejections): void {
  if (schema.kind === 'reference' && leadsBack(schema, components, new Set())) {
    rejections.add(
      pointer,
      `\`${schema.name}\` leads back to itself with no object between, which has no type in TypeScript; put one there`,
    );
  }
  verifyBounds(schema, pointer, rejections);
  if (schema.kind === 'union') {
    verifyUnion(schema.alternatives, pointer, components, rejections);
    const { discriminator } = schema;
    if (discriminator) verifyDiscriminator({ ...schema, discriminator }, pointer, components, rejections);
  }
  if (schema.kind === 'object') {
    const hidden = schema.properties.find(({ only }) => only !== undefined);
    if (hidden && schema.additional)
      rejections.add(
        at(at(pointer, 'properties'), hidden.name),
        'a field of one direction beside free fields would pass as one of them in the other; leave additionalProperties out',
      );
    verifyFields(schema, pointer, components, rejections);
    verifyDefaults(schema, pointer, components, rejections);
    verifyDisjoint(schema, pointer, components, rejections);
  }
  verifyRules(schema, pointer, components, rejections);
  for (const [step, inner] of steps(schema)) verifySchema(inner, `${pointer}${step}`, components, rejections);
}

/**
 * Whether a schema is what it refers to: reading would ask the same of the same value for ever, or, through lists alone,
 * types.ts would be circular.
 */
function leadsBack(schema: Schema, components: Components, above: ReadonlySet<string>): boolean {
  if (judges(schema).some((judge) => leadsBack(judge, components, above))) return true;
  if (schema.kind === 'array') return leadsBack(schema.items, components, above);
  if (schema.kind === 'union') return schema.alternatives.some((inner) => leadsBack(inner, components, above));
  if (schema.kind !== 'reference') return false;
  if (above.has(schema.name)) return true;
  const target = components.get(schema.name);
  return target !== undefined && leadsBack(target, components, new Set([...above, schema.name]));
}

/** The schemas inside one with the way to each. */
function steps(schema: Schema): [string, Schema][] {
  if (schema.kind === 'array') return [['/items', schema.items]];
  if (schema.kind === 'object') {
    const inner = schema.properties.map((property): [string, Schema] => [
      at('/properties', property.name),
      property.schema,
    ]);
    return typeof schema.additional === 'object' ? [...inner, ['/additionalProperties', schema.additional]] : inner;
  }
  if (schema.kind !== 'union') return [];
  const keyword = schema.exactlyOne ? 'oneOf' : 'anyOf';
  return schema.alternatives.map((inner, index): [string, Schema] => [at(`/${keyword}`, index), inner]);
}

/**
 * A validator answers what the first matching alternative reads. Where reading may change a value (unknown fields,
 * unknown values), it must be plain which alternative is meant.
 */
function verifyUnion(
  alternatives: readonly Schema[],
  pointer: string,
  components: Components,
  rejections: Rejections,
): void {
  for (const [index, one] of alternatives.entries()) {
    for (const other of alternatives.slice(index + 1)) {
      const changed = changes(one, components, new Set()) || changes(other, components, new Set());
      if (!changed || apart(one, other, components)) continue;
      rejections.add(
        pointer,
        'two alternatives may match the same value and read it differently; give each a required property with its own const',
      );
      return;
    }
  }
}

/** Whether reading a value may answer another value. */
function changes(schema: Schema, components: Components, seen: Set<string>): boolean {
  if (schema.kind === 'reference') {
    if (seen.has(schema.name)) return false;
    seen.add(schema.name);
    const target = components.get(schema.name);
    return target !== undefined && changes(target, components, seen);
  }
  if (schema.kind === 'object') return true;
  if (schema.kind === 'literal') return schema.unknownValue !== undefined;
  return innerSchemas(schema).some((inner) => changes(inner, components, seen));
}

/** openapi-fetch takes a field of type null for a read-only one, and leaves it out of what may be sent. */
function verifyFields(schema: ObjectSchema, pointer: string, components: Components, rejections: Rejections): void {
  for (const [step, inner] of steps(schema)) {
    const only = flat(inner, components);
    if (
      only.length === 0 ||
      only.includes(REJECTED) ||
      !only.every((one) => typesOf(one).length > 0 && typesOf(one).every((type) => type === 'null'))
    )
      continue;
    rejections.add(
      `${pointer}${step}`,
      'a field that can only be null has no use; give it another type or leave it out',
    );
  }
}

function verifyDefaults(schema: ObjectSchema, pointer: string, components: Components, rejections: Rejections): void {
  for (const property of schema.properties) {
    if (property.default === undefined || allows(property.schema, property.default, components)) continue;
    const place = at(at(at(pointer, 'properties'), property.name), 'default');
    rejections.add(place, 'the default is no value of its own schema; correct one of the two');
  }
}

function verifyBounds(schema: Schema, pointer: string, rejections: Rejections): void {
  for (const [keyword, why] of contradictions(schema)) rejections.add(at(pointer, keyword), why);
}

function verifyDisjoint(
  schema: Schema & ObjectSchema,
  pointer: string,
  components: Components,
  rejections: Rejections,
): void {
  const named = new Set<unknown>(schema.rules?.flatMap(({ name, values = [] }) => (name === 'disjoint' ? values : [])));
  for (const property of schema.properties) {
    if (!named.has(property.name) || flat(property.schema, components).some(({ kind }) => kind === 'array')) continue;
    rejections.add(at(pointer, 'x-moddy-disjoint'), `\`${property.name}\` is no array`);
  }
}

/** What judges a value does not read it: it has one meaning in both directions, and no field of its own. */
function verifyRules(schema: Schema, pointer: string, components: Components, rejections: Rejections): void {
  for (const { name, schemas = [] } of schema.rules ?? []) {
    for (const judge of schemas) {
      verifyBounds(judge, pointer, rejections);
      if (leadsBack(judge, components, new Set()))
        rejections.add(pointer, `a schema under \`${name}\` leads back to itself; write what it means in place`);
      else if (reads(judge, components, new Set()))
        rejections.add(
          pointer,
          'readOnly, writeOnly and x-moddy-unknown-value have no meaning in a condition; refer to a schema without them',
        );
      const unlisted = name === 'when' ? unlistedIn(schema, judge, components, []) : undefined;
      if (unlisted !== undefined)
        rejections.add(
          pointer,
          `a condition names \`${unlisted}\`, which a reader would not keep; list it in the properties of the schema, too`,
        );
    }
  }
}

function reads(schema: Schema, components: Components, seen: Set<string>): boolean {
  if (schema.kind === 'reference') {
    if (seen.has(schema.name)) return false;
    seen.add(schema.name);
  }
  const target = schema.kind === 'reference' ? components.get(schema.name) : undefined;
  if (schema.kind === 'literal' && schema.unknownValue !== undefined) return true;
  if (schema.kind === 'object' && schema.properties.some(({ only }) => only !== undefined)) return true;
  return [...innerSchemas(schema), ...judges(schema), ...(target ? [target] : [])].some((inner) =>
    reads(inner, components, seen),
  );
}

/** A property that a condition names and the schema beside it neither lists nor keeps among its free fields. */
function unlistedIn(read: Schema, judge: Schema, components: Components, above: readonly Schema[]): string | undefined {
  if (above.includes(judge)) return undefined;
  const below = [...above, judge];
  for (const one of flat(read, components)) {
    for (const other of flat(judge, components)) {
      if (one.kind === 'array' && other.kind === 'array') {
        const unlisted = unlistedIn(one.items, other.items, components, below);
        if (unlisted !== undefined) return unlisted;
      }
      for (const { name, schema } of one.kind === 'object' && other.kind === 'object' ? other.properties : []) {
        const listed = one.kind === 'object' ? one.properties.find((property) => property.name === name) : undefined;
        if (listed === undefined && one.kind === 'object' && one.additional === undefined) return name;
        const unlisted = listed && unlistedIn(listed.schema, schema, components, below);
        if (unlisted !== undefined) return unlisted;
      }
    }
  }
  return undefined;
}
