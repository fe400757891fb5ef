/* Which values a schema has. */

import { type Scalar, typeOf } from './json.ts';
import { ruleAllows } from './rules.ts';
import { type Components, type LiteralSchema, resolve, type Schema } from './schema.ts';

/** Whether a scalar is a value of a schema; one that leads back to itself has none. */
export function allows(schema: Schema, value: Scalar, components: Components, above: readonly string[] = []): boolean {
  const within = (one: Schema): boolean => allows(one, value, components, above);
  return (
    isOfKind(schema, value, components, above) && (schema.rules ?? []).every((rule) => ruleAllows(rule, value, within))
  );
}

function isOfKind(schema: Schema, value: Scalar, components: Components, above: readonly string[]): boolean {
  switch (schema.kind) {
    case 'anything':
      return true;
    case 'literal':
      return schema.values.includes(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'union': {
      const matching = schema.alternatives.filter((inner) => allows(inner, value, components, above)).length;
      return schema.exactlyOne ? matching === 1 : matching > 0;
    }
    case 'reference': {
      const target = above.includes(schema.name) ? undefined : components.get(schema.name);
      return target !== undefined && allows(target, value, components, [...above, schema.name]);
    }
    default:
      return typeof value === schema.kind;
  }
}

/** Whether no value matches both, in any mode. */
export function apart(one: Schema, other: Schema, components: Components): boolean {
  return flat(one, components).every((a) => flat(other, components).every((b) => apartPlainly(a, b, components)));
}

/** The pairs of schemas that may match one value. */
export const overlaps = (schemas: readonly Schema[], components: Components): readonly (readonly [Schema, Schema])[] =>
  schemas.flatMap((one, index) => {
    const others = schemas.slice(index + 1).filter((other) => !apart(one, other, components));
    return others.map((other) => [one, other] as const);
  });

function apartPlainly(a: Schema, b: Schema, components: Components): boolean {
  if (a.kind === 'object' && b.kind === 'object') {
    return a.properties.some((property) => {
      const same = b.properties.find(({ name }) => name === property.name);
      if (!same || !property.required || !same.required || property.only || same.only) return false;
      const [left, right] = [literalOf(property.schema, components), literalOf(same.schema, components)];
      return left !== undefined && right !== undefined && !left.values.some((value) => right.values.includes(value));
    });
  }
  const types = typesOf(b);
  return !typesOf(a).some((type) => types.includes(type));
}

export function literalOf(schema: Schema, components: Components): LiteralSchema | undefined {
  const found = resolve(schema, components);
  return found?.kind === 'literal' && found.unknownValue === undefined ? found : undefined;
}

/** A schema as its alternatives, references followed; one that leads back to itself adds nothing. */
export function flat(schema: Schema, components: Components, above: ReadonlySet<string> = new Set()): Schema[] {
  if (schema.kind === 'union') return schema.alternatives.flatMap((inner) => flat(inner, components, above));
  if (schema.kind !== 'reference') return [schema];
  const target = above.has(schema.name) ? undefined : components.get(schema.name);
  return target === undefined ? [] : flat(target, components, new Set([...above, schema.name]));
}

/** The JSON types that a schema's values have; nothing for what `flat` takes apart. */
export function typesOf(schema: Schema): readonly ReturnType<typeof typeOf>[] {
  if (schema.kind === 'literal') return [...new Set(schema.values.map(typeOf))];
  if (schema.kind === 'integer') return ['number'];
  if (schema.kind === 'anything') return ['null', 'boolean', 'number', 'string', 'array', 'object'];
  return schema.kind === 'union' || schema.kind === 'reference' ? [] : [schema.kind];
}
