import type { Scalar } from './json.ts';
import { ruleAllows } from './rules.ts';
import type { Components, Schema } from './schema.ts';

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
