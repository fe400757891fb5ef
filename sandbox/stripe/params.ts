import { invalid, missingParameter } from './errors.ts';

export type Param = string | Param[] | Params;
export interface Params {
  [name: string]: Param;
}

const maxDepth = 10;

/** `a[b][0]=c` → `{a: {b: ['c']}}`, as Stripe reads both bodies and query strings. */
export function parseForm(text: string): Params {
  const root: Params = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/\[|\]\[|\]/).filter((part, at, all) => part !== '' || (at > 0 && at < all.length - 1));
    if (path.length > maxDepth) throw invalid(`Parameter nested too deeply: ${name}`);
    let branch = root;
    path.slice(0, -1).forEach((part) => {
      const key = part === '' ? String(Object.keys(branch).length) : part;
      const next = branch[key];
      if (typeof next === 'object' && !Array.isArray(next)) branch = next;
      else {
        const created: Params = Object.create(null);
        branch[key] = created;
        branch = created;
      }
    });
    const last = path.at(-1) ?? '';
    // `expand[]=a&expand[]=b`: an empty index means "the next one".
    branch[name.endsWith('[]') ? String(Object.keys(branch).length) : last] = value;
  }
  return foldLists(root);
}

function fold(name: string, value: Param): Param {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const inner = foldLists(value);
  const indexed = Object.keys(inner).length > 0 && Object.keys(inner).every((key) => /^\d+$/.test(key));
  // Metadata is a hash, even with numeric keys.
  return indexed && name !== 'metadata' ? Object.values(inner) : inner;
}

const foldLists = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, fold(name, value)]));

export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`Invalid string: ${JSON.stringify(value)}`, name);
}

export function requiredText(params: Params, name: string): string {
  const value = text(params, name);
  if (value === undefined) throw missingParameter(name);
  if (value === '') throw invalid(`You passed an empty string for '${name}'.`, name, 'parameter_invalid_empty');
  return value;
}

export function integer(params: Params, name: string): number | undefined {
  const value = text(params, name);
  if (value === undefined || value === '') return undefined;
  if (!/^-?\d+$/.test(value)) throw invalid(`Invalid integer: ${value}`, name, 'parameter_invalid_integer');
  return Number(value);
}

export function flag(params: Params, name: string): boolean | undefined {
  const value = text(params, name);
  if (value === undefined || value === '') return undefined;
  if (value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, name);
  return value === 'true';
}

export function oneOf<T extends string>(params: Params, name: string, allowed: readonly T[]): T | undefined {
  const value = text(params, name);
  if (value === undefined || value === '') return undefined;
  const known = allowed.find((entry) => entry === value);
  if (known === undefined) throw invalid(`Invalid ${name}: must be one of ${allowed.join(', ')}`, name);
  return known;
}

export function hash(params: Params, name: string): Params | undefined {
  const value = params[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' || Array.isArray(value)) throw invalid('Invalid object', name);
  return value;
}

export function list(params: Params, name: string): Param[] {
  const value = params[name];
  if (value === undefined || value === '') return [];
  if (!Array.isArray(value)) throw invalid('Invalid array', name);
  return value;
}

export const hashes = (params: Params, name: string): Params[] =>
  list(params, name).map((entry) => {
    if (typeof entry === 'string' || Array.isArray(entry)) throw invalid('Invalid object', name);
    return entry;
  });

/** Stripe merges metadata key by key; an empty value removes the key, an empty `metadata` all of them. */
export function mergeMetadata(current: Record<string, string>, params: Params): Record<string, string> {
  if (params.metadata === '') return {};
  const merged = { ...current };
  for (const name of Object.keys(hash(params, 'metadata') ?? {})) {
    const value = text(hash(params, 'metadata') ?? {}, name) ?? '';
    if (name.length > 40) throw invalid(`Metadata keys must be at most 40 characters: ${name}`, 'metadata');
    if (value.length > 500) throw invalid('Metadata values can have up to 500 characters', `metadata[${name}]`);
    if (value === '') delete merged[name];
    else merged[name] = value;
  }
  if (Object.keys(merged).length > 50) throw invalid('Metadata can have at most 50 keys', 'metadata');
  return merged;
}

/**
 * The same parameters, and afterwards the names of those that nobody has read: what a handler does not read has no
 * effect here, and would have one at Stripe.
 */
export function watched(params: Params): { readonly params: Params; readonly unread: () => readonly string[] } {
  const left = new Set<string>();
  const watch = <Branch extends Params | Param[]>(branch: Branch, at: string): Branch => {
    const nameOf = (key: string) => (at === '' ? key : `${at}[${key}]`);
    const inner = new Map<string, unknown>();
    for (const [key, value] of Object.entries(branch)) {
      if (typeof value === 'string') left.add(nameOf(key));
      else inner.set(key, watch(value, nameOf(key)));
    }
    return new Proxy(branch, {
      get: (target, key, receiver) => {
        if (typeof key === 'string') left.delete(nameOf(key));
        return typeof key === 'string' && inner.has(key) ? inner.get(key) : Reflect.get(target, key, receiver);
      },
    });
  };
  return { params: watch(params, ''), unread: () => [...left] };
}
