import { isDeepStrictEqual } from 'node:util';
import { isArray, type Json, type JsonObject, listAt, own } from '../compiler/json.ts';
import {
  branchesOf,
  followed,
  inner,
  jsonOf,
  type Memory,
  propertiesOf,
  remembered,
  type Side,
  typesIn,
  valuesOf,
} from './side.ts';

/** One branch of a schema, of one JSON type. */
export interface Alternative {
  readonly type: string;
  readonly side: Side;
}

const KNOWN: Memory<Alternative[]> = new WeakMap();

export const alternativesOf = (side: Side): Alternative[] => remembered(KNOWN, side, () => spread(followed(side)));

function spread(side: Side): Alternative[] {
  const json = jsonOf(side);
  const branches = branchesOf(json);
  if (branches.length > 0) return withValuesTogether(branches.flatMap((one) => alternativesOf(inner(side, one))));
  return typesOf(json).map((type) => ({ type, side }));
}

/** Listed values of one type are one alternative, however many schemas list them. */
function withValuesTogether(alternatives: readonly Alternative[]): Alternative[] {
  const found = new Map<Alternative | string, Alternative>();
  for (const alternative of alternatives) {
    const { type, side } = alternative;
    const values = valuesOf(jsonOf(side));
    const earlier = found.get(type);
    const { const: _, ...rest } = jsonOf(side);
    const all = [...(earlier ? valuesOf(jsonOf(earlier.side)) : []), ...values];
    if (values.length === 0) found.set(alternative, alternative);
    else found.set(type, earlier ? { type, side: { ...side, schema: { ...rest, enum: all } } } : alternative);
  }
  return [...found.values()];
}

/** The types that a schema states, or those of its listed values. */
function typesOf(json: JsonObject): string[] {
  if (own(json, 'type') !== undefined) return typesIn(json).map(String);
  const values = valuesOf(json).map((value) => (value === null ? 'null' : isArray(value) ? 'array' : typeof value));
  if (values.length > 0) return [...new Set(values)];
  return [Object.keys(propertiesOf(json)).length > 0 ? 'object' : ANYTHING];
}
const ANYTHING = 'anything';

/** The alternative of the other side that corresponds to one of this side. */
export function counterpart(
  one: Alternative,
  mine: readonly Alternative[],
  others: readonly Alternative[],
): Alternative | undefined {
  const alike = others.filter(
    ({ type }) => type === one.type || type === ANYTHING || (type === 'number' && one.type === 'integer'),
  );
  const same = alike.find((other) => isDeepStrictEqual(jsonOf(one.side), jsonOf(other.side)));
  if (same) return same;
  const ofType = mine.filter(({ type }) => type === one.type);
  // Nothing but their order tells which of several strings was which.
  if (one.type !== 'object') return alike[alike.length === ofType.length ? ofType.indexOf(one) : 0];
  const found = alike.find((other) => !areDistinct(one.side, other.side));
  return found ?? (alike.length === 1 && ofType.length === 1 ? alike[0] : undefined);
}

/** Whether two objects require a property of different listed values. */
function areDistinct(one: Side, other: Side): boolean {
  const theirs = new Map(tagsOf(other));
  return tagsOf(one).some(([name, values]) => theirs.get(name)?.every((value) => !values.includes(value)) ?? false);
}

const tagsOf = (side: Side): [string, readonly Json[]][] =>
  Object.entries(propertiesOf(jsonOf(side))).flatMap(([name, schema]): [string, readonly Json[]][] => {
    const values = valuesOf(jsonOf(inner(side, schema)));
    return values.length > 0 && listAt(jsonOf(side), 'required').includes(name) ? [[name, values]] : [];
  });

export function nameOf({ type, side }: Alternative): string {
  const [tag] = type === 'object' ? tagsOf(side) : [];
  return tag === undefined
    ? type
    : `${type} with ${tag[0]} ${tag[1].map((value) => JSON.stringify(value)).join(' or ')}`;
}
