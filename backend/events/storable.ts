/**
 * What JSON allows and Postgres' jsonb refuses, U+0000 and half surrogate pairs, as U+FFFD: an event is worth more
 * than one character of a name in it.
 */
export function storable(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [clean(key), storableValue(value)]));
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(storableValue);
  return isRecord(value) ? storable(value) : value;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const clean = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
