import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { type Reader, readSchema } from './read-schema.ts';
import { typesIn } from './read-typed.ts';
import type { Values } from './read-values.ts';
import type { Rule, RuleName, Schema } from './schema.ts';

/* Keywords that TypeScript has no type for: rules about the value as it was sent. */

/** Judge values of any type, and stand as a part of their own. */
export const CONDITIONS: readonly string[] = ['not', 'if', 'then', 'else'];

const ANYTHING: Schema = { kind: 'anything' };

export function readConditions(json: JsonObject, pointer: string, reader: Reader): readonly Rule[] {
  const read = (key: string) => {
    const given = own(json, key);
    return given === undefined ? undefined : readSchema(given, at(pointer, key), reader);
  };
  const [excluded, condition, then, otherwise] = CONDITIONS.map(read);
  return [
    ...(excluded ? [{ name: 'not' as const, schemas: [excluded] }] : []),
    // Without `if`, `then` and `else` mean nothing.
    ...(condition ? [when(condition, then ?? ANYTHING, otherwise ?? ANYTHING)] : []),
  ];
}

const when = (...schemas: [condition: Schema, then: Schema, otherwise: Schema]): Rule => ({ name: 'when', schemas });

export const readArrayRules = (json: JsonObject, values: Values, pointer: string, reader: Reader): readonly Rule[] => [
  ...(values.flag('uniqueItems').uniqueItems ? [{ name: 'uniqueItems' as const }] : []),
  ...limits(values),
  ...readContains(json, values, pointer, reader),
];

/** `minContains` and `maxContains` mean nothing without `contains`. */
function readContains(json: JsonObject, values: Values, pointer: string, reader: Reader): readonly Rule[] {
  const { minContains = 1 } = values.count('minContains');
  const { maxContains } = values.count('maxContains');
  const contained = own(json, 'contains');
  if (contained === undefined) return [];
  const items = own(json, 'items');
  const types = isObject(items) ? typesIn(items) : undefined;
  const schemas = [readSchema(contained, at(pointer, 'contains'), { ...reader, types })];
  return [
    { name: 'contains', schemas, values: maxContains === undefined ? [minContains] : [minContains, maxContains] },
  ];
}

export const readObjectRules = (json: JsonObject, values: Values, pointer: string, reader: Reader): readonly Rule[] => [
  ...counted('minProperties', values.count('minProperties').minProperties),
  ...counted('maxProperties', values.count('maxProperties').maxProperties),
  ...readDisjoint(json, pointer, reader),
  ...limits(values),
  ...readPropertyNames(json, pointer, reader),
  ...readDependentRequired(own(json, 'dependentRequired'), at(pointer, 'dependentRequired'), reader),
  ...readDependentSchemas(own(json, 'dependentSchemas'), at(pointer, 'dependentSchemas'), reader),
];

const counted = (name: RuleName, count: number | undefined): readonly Rule[] =>
  count === undefined ? [] : [{ name, values: [count] }];

const limits = (values: Values): readonly Rule[] => {
  const { maxBytes, maxDepth } = values.limits();
  return [...counted('maxBytes', maxBytes), ...counted('maxDepth', maxDepth)];
};

function readPropertyNames(json: JsonObject, pointer: string, reader: Reader): readonly Rule[] {
  const given = own(json, 'propertyNames');
  if (given === undefined) return [];
  const schema = readSchema(given, at(pointer, 'propertyNames'), { ...reader, types: ['string'] });
  return [{ name: 'propertyNames', schemas: [schema] }];
}

const requiring = (...names: readonly string[]): Schema => ({
  kind: 'object',
  properties: names.map((name) => ({ name, schema: ANYTHING, required: true })),
  additional: true,
});

function readDependentRequired(json: Json | undefined, pointer: string, { rejections }: Reader): readonly Rule[] {
  if (json !== undefined && !isObject(json)) rejections.add(pointer, 'expected an object from names to lists of names');
  return Object.entries(isObject(json) ? json : {}).map(([name, names]) => {
    const isList = isArray(names) && names.every((one) => typeof one === 'string');
    if (!isList) rejections.add(at(pointer, name), 'expected a list of property names');
    return when(requiring(name), requiring(...(isList ? names.map(String) : [])), ANYTHING);
  });
}

const readDependentSchemas = (json: Json | undefined, pointer: string, reader: Reader): readonly Rule[] =>
  Object.entries(isObject(json) ? json : {}).map(([name, schema]) =>
    when(requiring(name), readSchema(schema, at(pointer, name), { ...reader, types: ['object'] }), ANYTHING),
  );

function readDisjoint(json: JsonObject, pointer: string, { rejections }: Reader): readonly Rule[] {
  const value = own(json, 'x-moddy-disjoint');
  if (value === undefined) return [];
  const properties = own(json, 'properties');
  const [first, second] = isArray(value) && value.length === 2 ? value : [];
  const named = (name: Json | undefined): name is string =>
    typeof name === 'string' && isObject(properties) && Object.hasOwn(properties, name);
  if (named(first) && named(second) && first !== second) return [{ name: 'disjoint', values: [first, second] }];
  rejections.add(at(pointer, 'x-moddy-disjoint'), 'expected the names of two array properties of this object');
  return [];
}
