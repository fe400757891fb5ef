import type { Json, JsonObject, Scalar } from './json.ts';

export const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type Type = (typeof TYPES)[number];

/** A schema of the document, understood: the emitters' input. Everything that is not here was rejected. */
export type Schema = {
  /** The document's notes on the schema for readers; types.ts carries them as comments. */
  readonly notes?: JsonObject;
  readonly rules?: readonly Rule[];
} & (
  | { readonly kind: 'reference'; readonly name: string }
  /** `{}`: any JSON value. */
  | { readonly kind: 'anything' }
  | { readonly kind: 'null' | 'boolean' | 'string' | 'number' | 'integer' }
  | LiteralSchema
  | { readonly kind: 'array'; readonly items: Schema }
  | ObjectSchema
  | UnionSchema
);

/** A keyword that no type of TypeScript describes; rules.ts lists them. */
export interface Rule {
  readonly name: string;
  /** Judged as JSON Schema does, in every mode. */
  readonly schemas?: readonly Schema[];
  readonly values?: readonly Json[];
}

/** `false`: no value. */
export const NOTHING: Schema = { kind: 'literal', values: [] };

/** Stands for a schema that was rejected, so that reading goes on and finds the rest; nothing more is reported about it. */
export const REJECTED: Schema = { kind: 'null' };

/** `enum` and `const`; without a value, `false`. */
export interface LiteralSchema {
  readonly kind: 'literal';
  readonly values: readonly Scalar[];
  readonly unknownValue?: string;
}

export interface Property {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly default?: Scalar;
  /** `readOnly`: only in responses. `writeOnly`: only in requests. */
  readonly only?: 'response' | 'request';
}

export interface ObjectSchema {
  readonly kind: 'object';
  readonly properties: readonly Property[];
  /** Undefined where the document does not say: then the mode decides. */
  readonly additional?: boolean | Schema;
}

export interface UnionSchema {
  readonly kind: 'union';
  readonly alternatives: readonly Schema[];
  /** `oneOf`: exactly one alternative matches. */
  readonly exactlyOne: boolean;
  readonly discriminator?: Discriminator;
}

/** Tells the alternatives of a union apart, in the document's words. */
export interface Discriminator {
  readonly propertyName: string;
  /** The component that a value of the property stands for. */
  readonly mapping: ReadonlyMap<string, string>;
}

export type Components = ReadonlyMap<string, Schema>;

/** The schemas directly inside one, each with the keys under which it stands. */
export function within(schema: Schema): readonly (readonly [Schema, readonly (string | number)[]])[] {
  if (schema.kind === 'array') return [[schema.items, ['items']]];
  if (schema.kind === 'union')
    return schema.alternatives.map((inner, index) => [inner, [schema.exactlyOne ? 'oneOf' : 'anyOf', index]]);
  if (schema.kind !== 'object') return [];
  const inner = schema.properties.map((property) => [property.schema, ['properties', property.name]] as const);
  return typeof schema.additional === 'object' ? [...inner, [schema.additional, ['additionalProperties']]] : inner;
}

export const innerSchemas = (schema: Schema): readonly Schema[] => within(schema).map(([inner]) => inner);

/** The schemas by which a value is judged and not read. */
export const judges = ({ rules = [] }: Schema): readonly Schema[] => rules.flatMap(({ schemas = [] }) => schemas);

/** A schema and all that it leads to, each component once. */
export function* reachable(schema: Schema, components: Components, seen = new Set<string>()): Generator<Schema> {
  const ahead = [schema];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    yield next;
    const target = next.kind === 'reference' && !seen.has(next.name) ? components.get(next.name) : undefined;
    if (next.kind === 'reference') seen.add(next.name);
    ahead.push(...[...innerSchemas(next), ...judges(next), ...(target ? [target] : [])].reverse());
  }
}

/** A schema with more rules, each once. */
export function ruled(schema: Schema, rules: readonly Rule[]): Schema {
  const all = new Map([...(schema.rules ?? []), ...rules].map((rule) => [JSON.stringify(rule), rule]));
  return all.size === 0 ? schema : { ...schema, rules: [...all.values()] };
}

/** A schema with more prose. */
export const noted = (schema: Schema, notes: JsonObject | undefined): Schema =>
  notes ? { ...schema, notes: { ...schema.notes, ...notes } } : schema;

/** Follows references; undefined where they lead nowhere or in a circle. */
export function resolve(
  schema: Schema,
  components: Components,
  above: readonly string[] = [],
): Exclude<Schema, { kind: 'reference' }> | undefined {
  if (schema.kind !== 'reference') return schema;
  const target = above.includes(schema.name) ? undefined : components.get(schema.name);
  return target && resolve(ruled(target, schema.rules ?? []), components, [...above, schema.name]);
}
