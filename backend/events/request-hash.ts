import { createHash } from 'node:crypto';
import { canonicalJson } from '@moddy/runtime/canonical-json';
import { isRecord } from '@moddy/runtime/is-record';

/** SHA-256 of a JSON value, the same for every order of its keys. */
export const requestHash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/**
 * Replaces U+0000 and half surrogate pairs with U+FFFD: JSON allows them and Postgres' jsonb rejects them. The event is
 * worth more than one character of a name in it.
 */
export function storable(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [clean(key), storableValue(value)]));
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(storableValue);
  return isRecord(value) ? storable(value) : value;
}

const clean = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
