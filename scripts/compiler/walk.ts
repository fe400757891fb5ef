import { at, isArray, isObject, type Json, type JsonObject } from './json.ts';
import { type Inside, type Kind, keywords } from './keywords.ts';
import type { Rejections } from './rejections.ts';

const HTTP_STATUS = /^[1-5][0-9]{2}$/;

/** Refuses every key of the document that is unknown where it stands, or known and not compiled. */
export function rejectKeys(value: Json, kind: Kind, pointer: string, rejections: Rejections): void {
  if (!isObject(value)) {
    const empty = kind === 'schema' && typeof value === 'boolean';
    if (!(empty && pointer.endsWith('/additionalProperties'))) rejections.add(pointer, `expected an object (${kind})`);
    return;
  }
  const found = kindOf(value, kind);
  for (const key of Object.keys(value)) {
    const inside = keyword(key, found, at(pointer, key), rejections);
    if (inside) rejectInside(value[key] ?? null, inside, at(pointer, key), rejections);
  }
}

/** Where OpenAPI lets a Reference Object stand instead; schemas and path items have a `$ref` of their own. */
const REFERABLE: ReadonlySet<Kind> = new Set(['parameter', 'request body', 'response', 'header', 'security scheme']);
const kindOf = (value: JsonObject, kind: Kind): Kind =>
  REFERABLE.has(kind) && Object.hasOwn(value, '$ref') ? 'reference' : kind;

function keyword(key: string, kind: Kind, pointer: string, rejections: Rejections): Inside | undefined {
  if (kind === 'paths') {
    if (!key.startsWith('/')) rejections.add(pointer, `unknown key \`${key}\`; a path begins with /`);
    return { kind: 'path item', as: 'one' };
  }
  if (kind === 'responses') {
    if (!HTTP_STATUS.test(key)) rejections.add(pointer, `write each status by its number instead of \`${key}\``);
    return { kind: 'response', as: 'one' };
  }
  const table = keywords[kind];
  const known = Object.hasOwn(table, key) ? table[key] : undefined;
  if (known === undefined) {
    const what = key.startsWith('x-')
      ? `the extension \`${key}\` is not known`
      : `unknown key \`${key}\` in this ${kind}`;
    rejections.add(pointer, `${what}; remove it or mend its spelling`);
    return undefined;
  }
  if (known.is === 'rejected') rejections.add(pointer, `\`${key}\` is not compiled; ${known.advice}`);
  return known.is === 'compiled' ? known.holds : undefined;
}

function rejectInside(value: Json, { kind, as }: Inside, pointer: string, rejections: Rejections): void {
  if (as === 'one') {
    rejectKeys(value, kind, pointer, rejections);
    return;
  }
  if (as === 'list') {
    if (isArray(value))
      for (const [index, item] of value.entries()) rejectKeys(item, kind, at(pointer, index), rejections);
    else rejections.add(pointer, 'expected a list');
    return;
  }
  if (isObject(value))
    for (const [name, item] of Object.entries(value)) rejectKeys(item, kind, at(pointer, name), rejections);
  else rejections.add(pointer, 'expected an object');
}

/** The document without prose: what two services must agree on. */
export function withoutProse(value: Json, kind: Kind): Json {
  if (!isObject(value)) return value;
  const found = kindOf(value, kind);
  const kept: Record<string, Json> = {};
  for (const key of Object.keys(value).sort()) {
    const inner = value[key] ?? null;
    if (found === 'paths') kept[key] = withoutProse(inner, 'path item');
    else if (found === 'responses') kept[key] = withoutProse(inner, 'response');
    else {
      const known = keywords[found][key];
      if (known?.is === 'annotation' && known.prose) continue;
      kept[key] = known?.is === 'compiled' && known.holds ? insideWithoutProse(inner, known.holds) : sorted(inner);
    }
  }
  return kept;
}

function insideWithoutProse(value: Json, { kind, as }: Inside): Json {
  if (as === 'list' && isArray(value)) return value.map((item) => withoutProse(item, kind));
  if (as !== 'map' || !isObject(value)) return withoutProse(value, kind);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, withoutProse(value[key] ?? null, kind)]),
  );
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key] ?? null)]),
  );
}
