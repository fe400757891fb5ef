export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
export type Scalar = null | boolean | number | string;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isScalar = (value: Json | undefined): value is Scalar =>
  value !== undefined && (value === null || typeof value !== 'object');
export const objectOr = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
export const listOr = (value: Json | undefined): readonly Json[] => (isArray(value) ? value : []);

/** A field of the object itself; `toString` and the like are not inherited from JavaScript. */
export const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** The object or list in a field; an empty one where it has none. */
export const objectAt = (object: JsonObject, key: string): JsonObject => objectOr(own(object, key));
export const listAt = (object: JsonObject, key: string): readonly Json[] => listOr(own(object, key));

/** RFC 6901: one step further down. */
export const at = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** RFC 6901: a step as the key that it names. */
export const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** The JSON type that a value has in JSON Schema's eyes. */
export function typeOf(value: Json): 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}
