/* What a change of a schema means to the side that was not changed; both directions in one file, since they mirror each other. */

import { isArray, isObject, type Json, type JsonObject, own } from '../compiler/json.ts';
import { valueAt } from '../conformance/document.ts';

/** `sent`: an old caller's request meets the new server. `answered`: a new server's answer meets an old reader. */
export type Direction = 'sent' | 'answered';

export interface Side {
  readonly document: JsonObject;
  readonly schema: Json | undefined;
}

export type Report = (what: string, meaning: string) => void;

/** Reports everything by which a value of the old schema (sent) or of the new one (answered) is no longer welcome. */
export function compareSchemas(was: Side, is: Side, place: string, direction: Direction, report: Report): void {
  visit(followed(was), followed(is), place, { direction, report, seen: new Set() });
}

interface Walk {
  readonly direction: Direction;
  readonly report: Report;
  readonly seen: Set<string>;
}

function followed({ document, schema }: Side): Side {
  const ref = isObject(schema) ? own(schema, '$ref') : undefined;
  return typeof ref === 'string'
    ? followed({ document, schema: valueAt(document, ref.slice(1)) })
    : { document, schema };
}

const jsonOf = ({ schema }: Side): JsonObject => (isObject(schema) ? schema : {});
const listAt = (json: JsonObject, key: string): readonly Json[] => {
  const value = own(json, key);
  return isArray(value) ? value : [];
};
const inner = (side: Side, schema: Json | undefined): Side => followed({ document: side.document, schema });

/** The alternatives of a schema by what tells them apart: their JSON type. */
function alternatives(side: Side): Map<string, Side> {
  const json = jsonOf(side);
  for (const key of ['anyOf', 'oneOf']) {
    const listed = listAt(json, key);
    if (listed.length > 0) return new Map(listed.flatMap((one) => [...alternatives(inner(side, one))]));
  }
  const parts = listAt(json, 'allOf');
  if (parts.length > 0) return new Map([['object', { document: side.document, schema: merged(side) }]]);
  const type = own(json, 'type');
  return new Map((isArray(type) ? type : [type ?? 'anything']).map((one) => [String(one), side]));
}

function merged(side: Side): JsonObject {
  const json = jsonOf(side);
  const parts = [...listAt(json, 'allOf').map((part) => merged(inner(side, part))), { ...json, allOf: [] }];
  const properties = Object.assign({}, ...parts.map((part) => own(part, 'properties') ?? {})) as JsonObject;
  return {
    ...Object.assign({}, ...parts),
    allOf: [],
    properties,
    required: parts.flatMap((part) => [...listAt(part, 'required')]),
  };
}

function visit(was: Side, is: Side, place: string, walk: Walk): void {
  const key = `${place} ${JSON.stringify(was.schema)}`;
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  const { direction, report } = walk;
  // Whoever writes: the old caller, or the new server. Whoever reads: the new server, or the old caller.
  const [writer, reader] = direction === 'sent' ? [was, is] : [is, was];
  const [written, read] = [alternatives(writer), alternatives(reader)];
  for (const [type, one] of written) {
    const other = read.get(type) ?? (type === 'integer' ? read.get('number') : undefined);
    if (other === undefined) {
      const now = direction === 'sent' ? `no longer takes ${type}` : `may now be ${type}`;
      report(`\`${place}\` ${now}`, meaningOf(direction));
    } else if (direction === 'sent') visitOfType(one, other, place, walk);
    else visitOfType(other, one, place, walk);
  }
}

export const meaningOf = (direction: Direction): string =>
  direction === 'sent' ? 'an old caller gets 422' : 'an old caller cannot read the answer';

/** The larger of two such bounds refuses more. */
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'x-max-bytes', 'x-max-depth'];
const EXACT = ['pattern', 'multipleOf', 'uniqueItems', 'x-disjoint'];

function visitOfType(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report } = walk;
  const [old, now] = [jsonOf(was), jsonOf(is)];
  const [writer, reader] = direction === 'sent' ? [old, now] : [now, old];
  const broken = (what: string) => report(`\`${place}\` ${what}`, meaningOf(direction));
  for (const value of valuesOf(writer).filter((one) => one !== null)) {
    const allowed = valuesOf(reader);
    // A reader with `x-unknown-value` understands every string.
    if (allowed.length === 0 || allowed.includes(value) || own(reader, 'x-unknown-value') !== undefined) continue;
    broken(`${direction === 'sent' ? 'no longer takes' : 'may now be'} ${JSON.stringify(value)}`);
  }
  if (valuesOf(writer).length === 0 && valuesOf(reader).length > 0 && own(reader, 'x-unknown-value') === undefined) {
    broken(direction === 'sent' ? 'now takes listed values only' : 'may now be more than the listed values');
  }
  for (const [keys, tighter] of [
    [LOWER, (a: number, b: number) => a > b],
    [UPPER, (a: number, b: number) => a < b],
  ] as const) {
    for (const keyword of keys) {
      const [theirs, mine] = [own(writer, keyword), own(reader, keyword)];
      if (typeof mine !== 'number' || (typeof theirs === 'number' && !tighter(mine, theirs))) continue;
      broken(`${keyword} ${text(own(old, keyword))} became ${text(own(now, keyword))}`);
    }
  }
  for (const keyword of EXACT) {
    const [theirs, mine] = [own(writer, keyword), own(reader, keyword)];
    if (mine === undefined || mine === false || JSON.stringify(mine) === JSON.stringify(theirs)) continue;
    broken(`${keyword} ${text(own(old, keyword))} became ${text(own(now, keyword))}`);
  }
  if (own(old, 'items') !== undefined)
    visit(inner(was, own(old, 'items')), inner(is, own(now, 'items')), `${place}[]`, walk);
  visitProperties(was, is, place, walk);
}

const text = (value: Json | undefined) => (value === undefined ? '(none)' : JSON.stringify(value));
const valuesOf = (json: JsonObject): readonly Json[] => {
  const constant = own(json, 'const');
  return constant === undefined ? listAt(json, 'enum') : [constant];
};

function visitProperties(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report } = walk;
  const [old, now] = [jsonOf(was), jsonOf(is)];
  const [before, after] = [propertiesOf(old), propertiesOf(now)];
  const [needed, needs] = [listAt(old, 'required'), listAt(now, 'required')];
  const meaning = meaningOf(direction);
  for (const name of direction === 'sent' ? Object.keys(after) : Object.keys(before)) {
    if (direction === 'sent' && needs.includes(name) && !needed.includes(name)) {
      report(`\`${name}\` of ${place} ${name in before ? 'became required' : 'is new and required'}`, meaning);
    }
    if (direction === 'answered' && needed.includes(name) && !(needs.includes(name) || hasDefault(after[name]))) {
      report(`\`${name}\` of ${place} ${name in after ? 'is no longer certain' : 'was removed'}`, meaning);
    }
  }
  for (const [name, schema] of Object.entries(before)) {
    if (after[name] === undefined) {
      if (direction === 'sent')
        report(`\`${name}\` of ${place} was removed`, 'what an old caller says there is ignored');
      continue;
    }
    visit(inner(was, schema), inner(is, after[name]), `${place}.${name}`, walk);
  }
  const closed =
    direction === 'sent' && own(now, 'additionalProperties') === false && own(old, 'additionalProperties') !== false;
  if (closed) report(`\`${place}\` no longer takes unknown fields`, meaning);
}

const propertiesOf = (json: JsonObject): JsonObject => {
  const value = own(json, 'properties');
  return isObject(value) ? value : {};
};
const hasDefault = (json: Json | undefined) => isObject(json) && own(json, 'default') !== undefined;
