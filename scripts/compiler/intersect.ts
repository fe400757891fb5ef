import { methodOf } from './rules.ts';
import { noted, type ObjectSchema, type Property, REJECTED, ruled, type Schema, type UnionSchema } from './schema.ts';
import { allows } from './values.ts';

/* `allOf` as one schema that accepts the same values, or the reason why no one schema does. */

type Reason = string;
/** The schema of a component, unless it is being intersected already. */
export type Inlined = (name: string) => Schema | undefined;

export function intersect(a: Schema, b: Schema, inlined: Inlined): Schema | Reason {
  if (a === REJECTED || b === REJECTED) return REJECTED;
  if (same(a, b)) return a;
  const [judged, left, right] = [[...conditionsOf(a), ...conditionsOf(b)], withoutConditions(a), withoutConditions(b)];
  if (judged.length > 0) {
    const met = intersect(left, right, inlined);
    return typeof met === 'string' ? met : ruled(met, judged);
  }
  if (b.kind === 'anything') return a;
  if (a.kind === 'anything') return b;
  if (a.kind === 'reference') return referred(a, b, inlined, (target, below) => intersect(target, b, below));
  if (b.kind === 'reference') return referred(b, a, inlined, (target, below) => intersect(a, target, below));
  if (a.kind === 'union') return alternatives(a, (one) => intersect(one, b, inlined));
  if (b.kind === 'union') return alternatives(b, (one) => intersect(a, one, inlined));
  if (a.kind === 'literal' || b.kind === 'literal') return literals(a, b);
  if (a.kind === 'object' && b.kind === 'object') return objects(a, b, inlined);
  if (a.kind === 'array' && b.kind === 'array') {
    const items = intersect(a.items, b.items, inlined);
    return typeof items === 'string' ? `\`items\`: ${items}` : both({ kind: 'array', items }, a, b);
  }
  if (a.kind === b.kind) return both(a, a, b);
  return isNumber(a) && isNumber(b) ? both({ kind: 'integer' }, a, b) : NOTHING;
}

/** Rules that are not methods judge a value of any type, so they hold for every result of the intersection. */
const conditionsOf = ({ rules = [] }: Schema) => rules.filter((rule) => methodOf(rule) === undefined);
const withoutConditions = ({ rules = [], ...rest }: Schema): Schema =>
  ruled(
    rest,
    rules.filter((rule) => methodOf(rule)),
  );

/** The one reason that removes an alternative of a union; every other one rejects the whole. */
const NOTHING: Reason = 'no value is of both types; correct one of them';

export const leadsBackTo = (name: string): Reason =>
  `allOf leads back to \`${name}\`; name what it describes in components/schemas and refer to that`;

const isNumber = (schema: Schema): boolean => schema.kind === 'number' || schema.kind === 'integer';

/** Whether two schemas say the same, prose apart. */
export const same = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);
const textOf = (value: unknown): string => JSON.stringify(value, (key, inner) => (key === 'notes' ? undefined : inner));

/** A component that the other schema does not narrow keeps its name. */
function referred(
  reference: Schema & { readonly kind: 'reference' },
  other: Schema,
  inlined: Inlined,
  meet: (target: Schema, below: Inlined) => Schema | Reason,
): Schema | Reason {
  const target = inlined(reference.name);
  if (target === undefined) return leadsBackTo(reference.name);
  const met = meet(target, (name) => (name === reference.name ? undefined : inlined(name)));
  if (typeof met === 'string') return met;
  return same(met, target) ? reference : noted(met, other.notes);
}

function alternatives(union: UnionSchema, meet: (one: Schema) => Schema | Reason): Schema | Reason {
  const kept: Schema[] = [];
  for (const one of union.alternatives) {
    const met = meet(one);
    if (met === NOTHING) continue;
    if (typeof met === 'string') return met;
    kept.push(met);
  }
  const [first] = kept;
  if (first === undefined) return NOTHING;
  if (kept.length === 1) return first;
  // The alternatives alone decide; the discriminator spoke of the named ones.
  const { discriminator, ...rest } = union;
  const unchanged = kept.every((one, index) => one === union.alternatives[index]);
  return { ...rest, alternatives: kept, ...(unchanged && discriminator && { discriminator }) };
}

function literals(a: Schema, b: Schema): Schema | Reason {
  const [literal, other] = a.kind === 'literal' ? [a, b] : [b, a];
  if (literal.kind !== 'literal') return NOTHING;
  if (literal.unknownValue !== undefined || (other.kind === 'literal' && other.unknownValue !== undefined))
    return 'an enum with x-moddy-unknown-value is not narrowed; leave one of the two out';
  const values = literal.values.filter((value) => allows(other, value, new Map()));
  const { rules: _, ...rest } = literal;
  return values.length === 0 ? NOTHING : { ...rest, values };
}

/** A schema with the rules and the prose of two. */
const both = (schema: Schema, a: Schema, b: Schema): Schema =>
  ruled(noted(noted(schema, a.notes), b.notes), [...(a.rules ?? []), ...(b.rules ?? [])]);

function objects(a: ObjectSchema & Schema, b: ObjectSchema & Schema, inlined: Inlined): Schema | Reason {
  const properties: Property[] = [];
  for (const name of new Set([...a.properties, ...b.properties].map((property) => property.name))) {
    const [one, other] = [propertyOf(a, name), propertyOf(b, name)];
    if (typeof one === 'string' || typeof other === 'string') return CLOSED;
    const schema = intersect(one.schema, other.schema, inlined);
    const required = one.required || other.required;
    if (typeof schema === 'string') return schema === NOTHING && required ? NOTHING : `\`${name}\`: ${schema}`;
    const [only, otherOnly] = [one.only ?? other.only, other.only ?? one.only];
    if (only !== otherOnly) return `\`${name}\` is readOnly and writeOnly; leave one of them out`;
    const fallback = one.default ?? other.default;
    if (one.default !== undefined && other.default !== undefined && one.default !== other.default)
      return `allOf gives \`${name}\` two defaults; leave one of them out`;
    properties.push({
      name,
      schema: noted(schema, other.schema.notes),
      required,
      ...(!required && fallback !== undefined && { default: fallback }),
      ...(only && { only }),
    });
  }
  const additional = additionalOf(a, b, inlined);
  if (typeof additional === 'string') return additional;
  return both({ kind: 'object', properties, ...additional }, a, b);
}

const CLOSED: Reason = 'additionalProperties within allOf sees only its own properties; write one object instead';

/** The property that an object states for a field, listed or not. */
function propertyOf({ properties, additional }: ObjectSchema, name: string): Property | Reason {
  const listed = properties.find((property) => property.name === name);
  if (listed) return listed;
  if (additional === false) return CLOSED;
  return { name, required: false, schema: typeof additional === 'object' ? additional : { kind: 'anything' } };
}

function additionalOf(a: ObjectSchema, b: ObjectSchema, inlined: Inlined): Pick<ObjectSchema, 'additional'> | Reason {
  const [one, other] = [a.additional, b.additional];
  if (one === false || other === false) return { additional: false };
  if (typeof one === 'object' && typeof other === 'object') {
    const both = intersect(one, other, inlined);
    return typeof both === 'string' ? both : { additional: both };
  }
  if (typeof one === 'object' || typeof other === 'object') {
    if (a.properties.length + b.properties.length > 0) return CLOSED;
    return { additional: typeof one === 'object' ? one : (other ?? true) };
  }
  return one === true || other === true ? { additional: true } : {};
}
