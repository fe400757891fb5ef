import { at, type JsonObject, own } from './json.ts';
import type { Rejections } from './rejections.ts';

/** Reads the plain values of keywords; what is not of the right form is rejected. Each answers `{}` or one field. */
export interface Values {
  number<Key extends string>(key: Key): { readonly [K in Key]?: number };
  /** A number of things: a whole number from 0. */
  count<Key extends string>(key: Key): { readonly [K in Key]?: number };
  divisor<Key extends string>(key: Key): { readonly [K in Key]?: number };
  pattern<Key extends string>(key: Key): { readonly [K in Key]?: string };
  /** Present only when true. */
  flag<Key extends string>(key: Key): { readonly [K in Key]?: true };
  limits(): { readonly maxBytes?: number; readonly maxDepth?: number };
}

export function valuesOf(json: JsonObject, pointer: string, rejections: Rejections): Values {
  function take<Value, Key extends string>(key: Key, read: (value: unknown) => Value | undefined, form: string) {
    const value = own(json, key);
    const found = value === undefined ? undefined : read(value);
    if (value !== undefined && found === undefined) rejections.add(at(pointer, key), `expected ${form}`);
    // A computed key is a string to the type checker; it is the one that was asked for.
    return (found === undefined ? {} : { [key]: found }) as { readonly [K in Key]?: Value };
  }
  const count = (value: unknown) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined);
  return {
    number: (key) => take(key, (value) => (typeof value === 'number' ? value : undefined), 'a number'),
    count: (key) => take(key, count, 'a whole number from 0'),
    divisor: (key) =>
      take(
        key,
        (value) => count(value) || undefined,
        'a whole number from 1: decimal fractions have no exact remainder',
      ),
    pattern: (key) =>
      take(key, (value) => (isPattern(value) ? value : undefined), 'a regular expression for the `u` flag'),
    flag: (key) => {
      const value = own(json, key);
      if (value === false) return {};
      return take(key, (given) => given === true || undefined, 'true or false');
    },
    limits() {
      const bytes = take('x-moddy-max-bytes', count, 'a number of bytes');
      const depth = take('x-moddy-max-depth', count, 'a number of levels');
      return {
        ...(bytes['x-moddy-max-bytes'] !== undefined && { maxBytes: bytes['x-moddy-max-bytes'] }),
        ...(depth['x-moddy-max-depth'] !== undefined && { maxDepth: depth['x-moddy-max-depth'] }),
      };
    },
  };
}

function isPattern(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    new RegExp(value, 'u');
    return true;
  } catch {
    return false;
  }
}
