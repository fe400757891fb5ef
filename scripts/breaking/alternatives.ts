import { isArray, type Json, type JsonObject, own } from '../compiler/json.ts';
import { inner, jsonOf, listAt, propertiesOf, type Side, valuesOf } from './side.ts';

/** One branch of a schema, of one JSON type. */
export interface Alternative {
  readonly type: string;
  readonly side: Side;
}

export function alternativesOf(side: Side): Alternative[] {
  const json = jsonOf(side);
  for (const key of ['anyOf', 'oneOf']) {
    const listed = listAt(json, key);
    if (listed.length > 0) return listed.flatMap((one) => alternativesOf(inner(side, one)));
  }
  if (listAt(json, 'allOf').length > 0) return alternativesOf({ document: side.document, schema: merged(side) });
  return typesOf(json).map((type) => ({ type, side }));
}

/** The types that a schema states, or those of its listed values. */
function typesOf(json: JsonObject): string[] {
  const type = own(json, 'type');
  if (type !== undefined) return (isArray(type) ? type : [type]).map(String);
  const values = valuesOf(json).map((value) => (value === null ? 'null' : isArray(value) ? 'array' : typeof value));
  if (values.length > 0) return [...new Set(values)];
  return [Object.keys(propertiesOf(json)).length > 0 ? 'object' : ANYTHING];
}
const ANYTHING = 'anything';

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

/** The alternative of the other side that corresponds to one of this side. */
export function counterpart(
  one: Alternative,
  mine: readonly Alternative[],
  others: readonly Alternative[],
): Alternative | undefined {
  const alike = others.filter(
    ({ type }) => type === one.type || type === ANYTHING || (type === 'number' && one.type === 'integer'),
  );
  const found = alike.find((other) => one.type !== 'object' || !areDistinct(one.side, other.side));
  const alone = alike.length === 1 && mine.filter(({ type }) => type === one.type).length === 1;
  return found ?? (alone ? alike[0] : undefined);
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
