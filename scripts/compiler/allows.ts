import { flat } from './apart.ts';
import type { Scalar } from './json.ts';
import type { Components, Schema } from './schema.ts';

/** Whether a scalar is a value of a schema. */
export function allows(schema: Schema, value: Scalar, components: Components): boolean {
  return flat(schema, components).some((one) => {
    if (one.kind === 'anything') return true;
    if (one.kind === 'literal') return one.values.includes(value);
    if (one.kind === 'null') return value === null;
    if (one.kind === 'boolean') return typeof value === 'boolean';
    if (one.kind === 'string') {
      if (typeof value !== 'string') return false;
      const length = [...value].length;
      const long = length >= (one.minLength ?? 0) && length <= (one.maxLength ?? Number.POSITIVE_INFINITY);
      return long && (one.pattern === undefined || new RegExp(one.pattern, 'u').test(value));
    }
    if (one.kind !== 'number' && one.kind !== 'integer') return false;
    if (typeof value !== 'number' || (one.kind === 'integer' && !Number.isInteger(value))) return false;
    return (
      value >= (one.minimum ?? Number.NEGATIVE_INFINITY) &&
      value <= (one.maximum ?? Number.POSITIVE_INFINITY) &&
      value > (one.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
      value < (one.exclusiveMaximum ?? Number.POSITIVE_INFINITY) &&
      (one.multipleOf === undefined || value % one.multipleOf === 0)
    );
  });
}
