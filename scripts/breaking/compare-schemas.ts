/* What a change of a schema means to the side that was not changed; both directions in one file, since they mirror each other. */

import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, own } from '../compiler/json.ts';
import { alternativesOf, counterpart, nameOf } from './alternatives.ts';
import { followed, inner, jsonOf, listAt, propertiesOf, type Side, valuesOf } from './side.ts';

/** `sent`: an old caller's request meets the new server. `answered`: a new server's answer meets an old reader. */
export type Direction = 'sent' | 'answered';

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

function visit(was: Side, is: Side, place: string, walk: Walk): void {
  const key = `${place} ${JSON.stringify(was.schema)}`;
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  const { direction, report } = walk;
  // Whoever writes: the old caller, or the new server. Whoever reads: the new server, or the old caller.
  const [writer, reader] = direction === 'sent' ? [was, is] : [is, was];
  const [written, read] = [alternativesOf(writer), alternativesOf(reader)];
  for (const one of written) {
    const other = counterpart(one, written, read);
    if (other === undefined) {
      const now = direction === 'sent' ? `no longer takes ${nameOf(one)}` : `may now be ${nameOf(one)}`;
      report(`\`${place}\` ${now}`, meaningOf(direction));
    } else if (direction === 'sent') visitOfType(one.side, other.side, place, walk);
    else visitOfType(other.side, one.side, place, walk);
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
    if (
      direction === 'answered' &&
      needed.includes(name) &&
      !(needs.includes(name) || defaultOf(after[name]) !== undefined)
    ) {
      report(`\`${name}\` of ${place} ${name in after ? 'is no longer certain' : 'was removed'}`, meaning);
    }
  }
  for (const [name, schema] of Object.entries(before)) {
    if (after[name] === undefined) {
      if (direction === 'sent')
        report(`\`${name}\` of ${place} was removed`, 'what an old caller says there is ignored');
      continue;
    }
    const [filled, fills] = [defaultOf(schema), defaultOf(after[name])];
    if (direction === 'sent' && filled !== undefined && fills !== undefined && !isDeepStrictEqual(filled, fills)) {
      const message = `default ${text(filled)} of \`${place}.${name}\` became ${text(fills)}`;
      report(message, 'an old caller that leaves it out says something else now');
    }
    visit(inner(was, schema), inner(is, after[name]), `${place}.${name}`, walk);
  }
  const closed =
    direction === 'sent' && own(now, 'additionalProperties') === false && own(old, 'additionalProperties') !== false;
  if (closed) report(`\`${place}\` no longer takes unknown fields`, meaning);
  visitFreeFields(was, is, place, walk);
}

/** The schema of fields without a name. */
function visitFreeFields(was: Side, is: Side, place: string, walk: Walk): void {
  const [old, now] = [own(jsonOf(was), 'additionalProperties'), own(jsonOf(is), 'additionalProperties')];
  if (isObject(old) && isObject(now)) visit(inner(was, old), inner(is, now), `${place}.*`, walk);
  const [written, read] = walk.direction === 'sent' ? [old, now] : [now, old];
  if (!isObject(read) || isObject(written) || written === false) return;
  const message = walk.direction === 'sent' ? 'no longer takes every value' : 'may now have any value';
  walk.report(`\`${place}.*\` ${message}`, meaningOf(walk.direction));
}

const defaultOf = (json: Json | undefined) => (isObject(json) ? own(json, 'default') : undefined);
