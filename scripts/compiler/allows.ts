import type { Scalar } from './json.ts';
import type { Components, Rule, Schema } from './schema.ts';

/** Whether a scalar is a value of a schema; one that leads back to itself has none. */
export function allows(schema: Schema, value: Scalar, components: Components, above: ReadonlySet<string> = new Set()) {
  const within = (one: Schema): boolean => allows(one, value, components, above);
  return isOfKind(schema, value, components, above) && (schema.rules ?? []).every((rule) => obeys(rule, within));
}

/** Every other rule is about lists and objects. */
function obeys({ name, schemas = [] }: Rule, within: (schema: Schema) => boolean): boolean {
  const [first, then, otherwise] = schemas;
  if (name === 'not') return !first || !within(first);
  if (name !== 'when' || !first || !then || !otherwise) return name !== 'oneOfValues';
  return within(within(first) ? then : otherwise);
}

function isOfKind(one: Schema, value: Scalar, components: Components, above: ReadonlySet<string>): boolean {
  switch (one.kind) {
    case 'anything':
      return true;
    case 'literal':
      return one.values.includes(value);
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'string': {
      if (typeof value !== 'string') return false;
      const length = [...value].length;
      const long = length >= (one.minLength ?? 0) && length <= (one.maxLength ?? Number.POSITIVE_INFINITY);
      return long && (one.pattern === undefined || new RegExp(one.pattern, 'u').test(value));
    }
    case 'number':
    case 'integer':
      if (typeof value !== 'number' || (one.kind === 'integer' && !Number.isInteger(value))) return false;
      return (
        value >= (one.minimum ?? Number.NEGATIVE_INFINITY) &&
        value <= (one.maximum ?? Number.POSITIVE_INFINITY) &&
        value > (one.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
        value < (one.exclusiveMaximum ?? Number.POSITIVE_INFINITY) &&
        (one.multipleOf === undefined || value % one.multipleOf === 0)
      );
    case 'union': {
      const matching = one.alternatives.filter((inner) => allows(inner, value, components, above)).length;
      return one.exactlyOne ? matching === 1 : matching > 0;
    }
    case 'reference': {
      const target = above.has(one.name) ? undefined : components.get(one.name);
      return target !== undefined && allows(target, value, components, new Set([...above, one.name]));
    }
    default:
      return false;
  }
}
