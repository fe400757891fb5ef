import { type ZodType, z } from 'zod';

const compiledOf = new WeakMap<ZodType, ZodType>();

/**
 * A validator as zod compiles it: same verdicts, values and faults, a third of the work. Made when it is first used, for
 * a start needs none of them.
 */
export function compiled<S extends ZodType>(schema: S): S {
  let made = compiledOf.get(schema);
  if (made === undefined) {
    made = z.compile(schema);
    compiledOf.set(schema, made);
  }
  // `z.compile` answers what it was given, and the map holds it by that.
  return made as S;
}
