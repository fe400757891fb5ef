import { createHash } from 'node:crypto';
import { canonicalJson } from '@moddy/runtime/canonical-json';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { type Inside, type Keyword, type Kind, keywords } from './keywords.ts';
import type { Place } from './place.ts';

const STATUS = /^(?:[2-5][0-9]{2}|[345]XX|default)$/;

/** Rejects every key of the document that is unknown where it stands, or known and not compiled. */
export function rejectKeys(place: Place, kind: Kind): void {
  const { json, object, rejections } = place;
  const isServed = rejections.isServed;
  if (!isObject(json)) {
    if (isServed && json === false && !place.pointer.endsWith('/additionalProperties'))
      place.reject('of ours, no schema is `false`; leave out what no value may be');
    if (kind !== 'schema' || typeof json !== 'boolean') place.reject(`expected an object (${kind})`);
    return;
  }
  const ours = Object.keys(object).find((key) => OURS.includes(key));
  if (isServed && ours !== undefined && typeof object.description !== 'string')
    place.at(ours).reject('other tools do not know this; write a `description` beside it that says the same');
  for (const [key, inner] of place.entries) {
    const inside = insideOf(key, kindOf(object, kind), inner);
    if (inside) rejectInside(inner, inside);
  }
}

/** Where OpenAPI lets a Reference Object stand instead; schemas and path items have a `$ref` of their own. */
const REFERABLE: ReadonlySet<Kind> = new Set(['parameter', 'request body', 'response', 'header', 'security scheme']);
const kindOf = (value: JsonObject, kind: Kind): Kind =>
  REFERABLE.has(kind) && Object.hasOwn(value, '$ref') ? 'reference' : kind;

function insideOf(key: string, kind: Kind, place: Place): Inside | undefined {
  const table = keywords[kind];
  const known = Object.hasOwn(table, key) ? table[key] : undefined;
  if (known === undefined && key.startsWith('x-')) {
    const meant = OURS.find((ours) => ours.slice('x-moddy-'.length) === key.slice(2)) ?? nearest(key, OURS);
    if (meant !== undefined) place.reject(`\`${key}\` looks like \`${meant}\`; write that, or a name further from it`);
    else if (key.startsWith('x-moddy-')) place.reject(`our extensions are ${OURS.join(', ')}; remove \`${key}\``);
    return undefined;
  }
  if (kind === 'paths') {
    if (!key.startsWith('/')) place.reject(`unknown key \`${key}\`; a path begins with /`);
    return { kind: 'path item', as: 'one' };
  }
  if (kind === 'responses') {
    if (key.startsWith('1')) place.reject(`\`${key}\` is no final answer (RFC 9110 15.2); leave it out`);
    else if (!STATUS.test(key)) place.reject(`write each success by its number, as \`200\`, instead of \`${key}\``);
    return { kind: 'response', as: 'one' };
  }
  if (known === undefined) {
    const meant = nearest(key, Object.keys(table));
    place.reject(`unknown key \`${key}\` in this ${kind}; ${meant ? `write \`${meant}\`, or ` : ''}remove it`);
    return undefined;
  }
  if (known.is === 'rejected') place.reject(`\`${key}\` is not compiled; ${known.note}`);
  if (known.is === 'left out') place.leaveOut(`nothing is made of \`${key}\`; ${known.note}`);
  if (known.is !== 'compiled') return undefined;
  if (place.rejections.isServed && known.isCondition)
    place.reject(`of ours, \`${key}\` is not compiled; write the cases as alternatives of anyOf`);
  return known.holds;
}

const OURS: readonly string[] = Object.keys(keywords.schema).filter((key) => key.startsWith('x-moddy-'));

/** A name that a typing error or two would make of this one. */
const nearest = (name: string, known: readonly string[]): string | undefined =>
  known.find(
    (one) =>
      Math.abs(one.length - name.length) <= 2 && edits(name.toLowerCase(), one.toLowerCase()) <= 2 && one.length > 4,
  );

/** Levenshtein's distance. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + Number(letter !== other)));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function rejectInside(place: Place, { kind, as }: Inside): void {
  if (as === 'one') rejectKeys(place, kind);
  else if (as === 'list' ? isArray(place.json) : isObject(place.json))
    for (const [, inner] of place.entries) rejectKeys(inner, kind);
  else place.reject(as === 'list' ? 'expected a list' : 'expected an object');
}

/** SHA-256 (hex) of what two services must agree on: the document without prose, in any order of its keys. */
export const digestOf = (document: Json): string =>
  createHash('sha256')
    .update(canonicalJson(edited(document, 'document', ({ isProse }, value) => (isProse ? undefined : value))))
    .digest('hex');

/** The value that a key gets instead of its own; undefined removes the key. */
type Edit = (keyword: Keyword, value: Json, key: string) => Json | undefined;

/** A copy without extensions, each key edited. */
export function edited(value: Json, kind: Kind, edit: Edit): Json {
  if (!isObject(value)) return value;
  const found = kindOf(value, kind);
  const kept = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    const known = found === 'paths' ? PATH : found === 'responses' ? RESPONSE : keywords[found][key];
    if (key.startsWith('x-') && !OURS.includes(key)) return [];
    const json = known ? edit(known, inner, key) : inner;
    return json === undefined ? [] : [[key, known?.holds ? editedInside(json, known.holds, edit) : json]];
  });
  return Object.fromEntries(kept);
}

const PATH: Keyword = { is: 'compiled', holds: { kind: 'path item', as: 'one' } };
const RESPONSE: Keyword = { is: 'compiled', holds: { kind: 'response', as: 'one' } };

function editedInside(value: Json, { kind, as }: Inside, edit: Edit): Json {
  if (as === 'list' && isArray(value)) return value.map((item) => edited(item, kind, edit));
  if (as !== 'map' || !isObject(value)) return edited(value, kind, edit);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, edited(inner, kind, edit)]));
}

/** The schema to which steps lead from another, if each of them leads to one. */
export function schemaUnder(place: Place | undefined, steps: readonly string[]): Place | undefined {
  let found = place;
  let as: Inside['as'] = 'one';
  for (const step of steps) {
    const holds: Inside | undefined = as === 'one' ? keywords.schema[step]?.holds : undefined;
    if (as === 'one' && holds?.kind !== 'schema') return undefined;
    as = holds?.as ?? 'one';
    found = found?.at(step);
  }
  return as === 'one' && !found?.isAbsent ? found : undefined;
}
