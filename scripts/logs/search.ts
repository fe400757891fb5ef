import { ALLOWED, LOG_LEVELS } from '@moddy/runtime/log';
import type { Secrets } from './secrets.ts';

/** The records of the test processes, one JSON object a line. */
export type Captured =
  /** A line of a log: one JSON object with allowed fields. */
  | { readonly kind: 'line'; readonly test: string; readonly from: string; readonly text: string }
  /** Output on a service's stderr: free text, and just as visible. */
  | { readonly kind: 'words'; readonly test: string; readonly from: string; readonly text: string }
  /** A credential that a caller presented. */
  | { readonly kind: 'secret'; readonly test: string; readonly value: string };

export interface Fault {
  /** `reason`, `error.message`; empty for the whole line. */
  readonly field: string;
  readonly what: string;
  readonly text: string;
}

/** Patterns that no line may match, in any field. */
const PERSONAL: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an e-mail address', /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/i],
  ['a phone number', /(?<![\w+-])(?:\+\d{8,15}|0[1-9](?:[ .-]?\d\d){4})(?![\w-])/],
  ['a key', /\b(?:sk|rk)_(?:test|live)_\w+|\bwhsec_\w+/],
  ['a bearer token', /\b(?:Bearer \S{4,}|Bot [\w.-]{20,})/],
  ['a password in a URL', /:\/\/[^\s/:@]*:[^\s/@]+@/],
];
const FIELDS: ReadonlySet<string> = new Set([...ALLOWED, 'level', 'time', 'message']);
const LEVELS: ReadonlySet<unknown> = new Set(LOG_LEVELS);

/** The faults of one captured line. */
export function search({ kind, text }: Exclude<Captured, { kind: 'secret' }>, secrets: Secrets): Fault[] {
  if (kind === 'words') return leaks('', text, secrets);
  const line = parse(text);
  if (line === undefined) return [{ field: '', what: 'not one JSON object', text }, ...leaks('', text, secrets)];
  const unknown = Object.keys(line).filter((field) => !FIELDS.has(field));
  const misshapen = [
    ...(LEVELS.has(line.level) ? [] : ['level']),
    ...(typeof line.message === 'string' ? [] : ['message']),
    ...(typeof line.time === 'string' && !Number.isNaN(Date.parse(line.time)) ? [] : ['time']),
  ];
  return [
    ...unknown.map((field) => ({ field, what: 'a field that is not allowed', text })),
    ...misshapen.map((field) => ({ field, what: 'missing or of another kind', text })),
    ...leaves(line, '').flatMap(([field, value]) => leaks(field, value, secrets)),
  ];
}

function leaks(field: string, text: string, secrets: Secrets): Fault[] {
  const found = PERSONAL.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
  if (secrets.standIn(text)) found.push('what a caller proves itself with');
  return found.map((what) => ({ field, what, text }));
}

/** Every text of a value, also the names in it: they are logged too. */
function leaves(value: unknown, field: string): (readonly [field: string, text: string])[] {
  if (typeof value !== 'object' || value === null) return [[field, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => {
    const below = field === '' ? name : `${field}.${name}`;
    return [[below, name] as const, ...leaves(inner, below)];
  });
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
