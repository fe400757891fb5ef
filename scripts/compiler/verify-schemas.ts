import { verifyDiscriminator } from './discriminator.ts';
import type { Place } from './place.ts';
import { contradictions } from './rules.ts';
import { type Components, judges, type ObjectSchema, REJECTED, reachable, type Schema, within } from './schema.ts';
import { allows, flat, overlaps, typesOf } from './values.ts';

/** Rejects what can be judged only when every schema is known: alternatives, defaults, circles of references. */
export function verifySchema(schema: Schema, place: Place, components: Components): void {
  if (schema.kind === 'reference' && leadsBack(schema, components))
    place.reject(`\`${schema.name}\` leads back to itself with no object between; put one there`);
  for (const [keyword, why] of contradictions(schema)) place.at(keyword).reject(why);
  if (schema.kind === 'union') {
    verifyUnion(schema.alternatives, place, components);
    const { discriminator } = schema;
    if (discriminator) verifyDiscriminator({ ...schema, discriminator }, place, components);
  }
  if (schema.kind === 'object') {
    const hidden = schema.properties.find(({ only }) => only !== undefined);
    if (hidden && schema.additional)
      place
        .at('properties', hidden.name)
        .reject('would pass as a free field in the other direction; leave additionalProperties out');
    verifyFields(schema, place, components);
    verifyDisjoint(schema, place, components);
  }
  verifyRules(schema, place, components);
  for (const [inner, keys] of within(schema)) verifySchema(inner, place.at(...keys), components);
}

/**
 * Whether a schema is what it refers to: reading would ask the same of the same value for ever, or, through lists alone,
 * types.ts would be circular.
 */
function leadsBack(schema: Schema, components: Components, above: readonly string[] = []): boolean {
  const follow = (one: Schema) => leadsBack(one, components, above);
  if (judges(schema).some(follow)) return true;
  if (schema.kind === 'array') return follow(schema.items);
  if (schema.kind === 'union') return schema.alternatives.some(follow);
  if (schema.kind !== 'reference') return false;
  const target = components.get(schema.name);
  return above.includes(schema.name) || (target ? leadsBack(target, components, [...above, schema.name]) : false);
}

/**
 * A validator answers what the first matching alternative reads. Where reading may change a value (unknown fields,
 * unknown values), it must be plain which alternative is meant.
 */
function verifyUnion(alternatives: readonly Schema[], place: Place, components: Components): void {
  if (overlaps(alternatives, components).some((pair) => pair.some((one) => changes(one, components))))
    place.reject('alternatives may match one value and read it differently; give each a required const of its own');
}

/** Whether reading a value may answer another value. */
const changes = (schema: Schema, components: Components): boolean =>
  [...reachable(schema, components)].some(
    (one) => one.kind === 'object' || (one.kind === 'literal' && one.unknownValue !== undefined),
  );

function verifyFields(schema: ObjectSchema, place: Place, components: Components): void {
  for (const [inner, keys] of within(schema)) {
    const types = flat(inner, components).map((one) => (one === REJECTED ? [] : typesOf(one)));
    // openapi-fetch takes a field of type null for a read-only one, and leaves it out of what may be sent.
    if (types.length > 0 && types.every((some) => some.length > 0 && some.every((type) => type === 'null')))
      place.at(...keys).reject('a field that can only be null has no use; give it another type or leave it out');
  }
  for (const one of schema.properties) verifyDefault(one, place.at('properties', one.name), components);
}

type Read = Pick<ObjectSchema['properties'][number], 'schema' | 'default'>;
export function verifyDefault({ schema, default: value }: Read, place: Place, components: Components): void {
  if (schema !== REJECTED && value !== undefined && !allows(schema, value, components))
    place.at('default').reject('the default is no value of its own schema; correct one of the two');
}

function verifyDisjoint(schema: Schema & ObjectSchema, place: Place, components: Components): void {
  const named = new Set<unknown>(schema.rules?.flatMap(({ name, values = [] }) => (name === 'disjoint' ? values : [])));
  for (const property of schema.properties) {
    if (!named.has(property.name) || flat(property.schema, components).some(({ kind }) => kind === 'array')) continue;
    place.at('x-moddy-disjoint').reject(`\`${property.name}\` is no array`);
  }
}

/** A schema under a rule judges a value without reading it: one meaning in both directions, and no fields of its own. */
function verifyRules(schema: Schema, place: Place, components: Components): void {
  for (const { name, schemas = [] } of schema.rules ?? []) {
    for (const judge of schemas) {
      for (const [keyword, why] of contradictions(judge)) place.at(keyword).reject(why);
      if (leadsBack(judge, components))
        place.reject(`a schema under \`${name}\` leads back to itself; write what it means in place`);
      else if ([...reachable(judge, components)].some(isOneSided))
        place.reject('no readOnly, writeOnly or x-moddy-unknown-value in a condition; refer to a schema without them');
      const unlisted = name === 'when' ? unlistedIn(schema, judge, components) : undefined;
      if (unlisted !== undefined)
        place.reject(`a condition names \`${unlisted}\`, which readers drop; list it in properties, too`);
    }
  }
}

const isOneSided = (schema: Schema): boolean =>
  schema.kind === 'object'
    ? schema.properties.some(({ only }) => only !== undefined)
    : schema.kind === 'literal' && schema.unknownValue !== undefined;

/** A property that a condition names and the schema beside it neither lists nor keeps among its free fields. */
function unlistedIn(
  read: Schema,
  judge: Schema,
  components: Components,
  above: readonly Schema[] = [],
): string | undefined {
  if (above.includes(judge)) return undefined;
  const below = (one: Schema, other: Schema) => unlistedIn(one, other, components, [...above, judge]);
  const pairs = flat(read, components).flatMap((one) => flat(judge, components).map((other) => [one, other] as const));
  for (const [one, other] of pairs) {
    const inItems = one.kind === 'array' && other.kind === 'array' ? below(one.items, other.items) : undefined;
    if (inItems !== undefined) return inItems;
    if (one.kind !== 'object' || other.kind !== 'object') continue;
    for (const { name, schema } of other.properties) {
      const listed = one.properties.find((property) => property.name === name);
      const unlisted = listed ? below(listed.schema, schema) : one.additional === undefined ? name : undefined;
      if (unlisted !== undefined) return unlisted;
    }
  }
  return undefined;
}
