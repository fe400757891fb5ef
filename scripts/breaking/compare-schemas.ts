/* The effects of a changed schema on a peer with the old one. Both directions share a file, since they mirror each other. */

import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, listAt, own } from '../compiler/json.ts';
import { alternativesOf, counterpart, nameOf } from './alternatives.ts';
import { EXACT, LOWER, UPPER, valuesOfRule } from './intersection.ts';
import { type Direction, followed, inner, jsonOf, type Side, shownProperties, valuesOf } from './side.ts';

export type Report = (what: string, meaning: string) => void;

/** Reports every rule by which a value of the old schema (sent) or of the new one (answered) is no longer accepted. */
export function compareSchemas(was: Side, is: Side, place: string, direction: Direction, report: Report): void {
  if (direction === 'sent') compareDefaults(was.schema, is.schema, place, report);
  visit(followed(was), followed(is), place, { direction, report, seen: new Map() });
}

interface Walk {
  readonly direction: Direction;
  readonly report: Report;
  /** The pairs that are compared already, by identity: a recursive schema has no last place. */
  readonly seen: Map<Json | undefined, Set<Json | undefined>>;
}

function visit(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report, seen } = walk;
  const compared = seen.get(was.schema) ?? new Set();
  if (compared.has(is.schema)) return;
  seen.set(was.schema, compared.add(is.schema));
  // The writer is the old caller or the new server, the reader the other one.
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

/** The formats that are rules; every other one is an annotation. */
const FORMATS: ReadonlySet<Json> = new Set(['date-time', 'int64']);

function visitOfType(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report } = walk;
  const [old, now] = [jsonOf(was), jsonOf(is)];
  const [writer, reader] = direction === 'sent' ? [old, now] : [now, old];
  const broken = (what: string) => report(`\`${place}\` ${what}`, meaningOf(direction));
  for (const value of valuesOf(writer).filter((one) => one !== null)) {
    const allowed = valuesOf(reader);
    // A reader with `x-moddy-unknown-value` understands every string.
    if (allowed.length === 0 || allowed.includes(value) || own(reader, 'x-moddy-unknown-value') !== undefined) continue;
    broken(`${direction === 'sent' ? 'no longer takes' : 'may now be'} ${JSON.stringify(value)}`);
  }
  if (
    valuesOf(writer).length === 0 &&
    valuesOf(reader).length > 0 &&
    own(reader, 'x-moddy-unknown-value') === undefined
  ) {
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
    const obeyed = valuesOfRule(own(writer, keyword));
    const asked = valuesOfRule(own(reader, keyword)).filter((value) => keyword !== 'format' || FORMATS.has(value));
    if (asked.every((value) => obeyed.some((one) => isDeepStrictEqual(one, value)))) continue;
    broken(`${keyword} ${text(own(old, keyword))} became ${text(own(now, keyword))}`);
  }
  if (own(old, 'items') !== undefined)
    visit(inner(was, own(old, 'items')), inner(is, own(now, 'items')), `${place}[]`, walk);
  visitProperties(was, is, place, walk);
}

function text(value: Json | undefined): string {
  if (value === undefined) return '(none)';
  const all = valuesOfRule(value).map((one) => JSON.stringify(one));
  return all.length > 1 ? all.join(' and ') : JSON.stringify(value);
}

function visitProperties(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report } = walk;
  const [old, now] = [jsonOf(was), jsonOf(is)];
  const [before, after] = [shownProperties(was, direction), shownProperties(is, direction)];
  const needed = listAt(old, 'required').filter((name) => String(name) in before);
  const needs = listAt(now, 'required').filter((name) => String(name) in after);
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
        report(`\`${name}\` of ${place} was removed`, 'what an old caller sends there is ignored');
      continue;
    }
    if (direction === 'sent') compareDefaults(schema, after[name], `${place}.${name}`, report);
    visit(inner(was, schema), inner(is, after[name]), `${place}.${name}`, walk);
  }
  visitFreeFields(was, is, place, walk);
}

/** Fields that `properties` does not list. A server sends none unless `additionalProperties` says so. */
function visitFreeFields(was: Side, is: Side, place: string, walk: Walk): void {
  const { direction, report } = walk;
  const [before, after] = [shownProperties(was, direction), shownProperties(is, direction)];
  const [old, now] = [own(jsonOf(was), 'additionalProperties'), own(jsonOf(is), 'additionalProperties')];
  const meaning = meaningOf(direction);
  if (direction === 'sent' && now === false && old !== false)
    report(`\`${place}\` no longer takes unknown fields`, meaning);
  if (direction === 'answered' && old === false) {
    for (const name of Object.keys(after).filter((one) => before[one] === undefined))
      report(`\`${name}\` of ${place} is new, where an old caller takes no unknown fields`, meaning);
    if (now === true || isObject(now)) report(`\`${place}\` may now have any field`, meaning);
    return;
  }
  if (isObject(old) && isObject(now)) visit(inner(was, old), inner(is, now), `${place}.*`, walk);
  const [written, read] = direction === 'sent' ? [old, now] : [now, old];
  if (!isObject(read) || isObject(written) || written === false) return;
  const message = direction === 'sent' ? 'no longer takes every value' : 'may now have any value';
  report(`\`${place}.*\` ${message}`, meaning);
}

function compareDefaults(was: Json | undefined, is: Json | undefined, place: string, report: Report): void {
  const [old, now] = [defaultOf(was), defaultOf(is)];
  if (old === undefined || now === undefined || isDeepStrictEqual(old, now)) return;
  const message = `default ${text(old)} of \`${place}\` became ${text(now)}`;
  report(message, 'an old caller that leaves it out now means something else');
}

const defaultOf = (json: Json | undefined) => (isObject(json) ? own(json, 'default') : undefined);
