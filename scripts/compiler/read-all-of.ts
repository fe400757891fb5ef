import { isDeepStrictEqual } from 'node:util';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { schemaKeywords } from './keywords.ts';
import { readObject } from './read-object.ts';
import { type Reader, readSchema, referredName } from './read-schema.ts';
import type { ObjectSchema, Property } from './schema.ts';

/**
 * `allOf` of objects as the one object it describes. Two closed objects, or two readings of one property, have no
 * such object.
 */
export function allOfObject(json: JsonObject, pointer: string, reader: Reader): ObjectSchema | undefined {
  const parts = partsOf(json, pointer, reader);
  if (parts.length === 0) return undefined;
  const properties = new Map<string, Property>();
  for (const { schema, pointer: place } of parts) {
    for (const property of schema.properties) {
      const earlier = properties.get(property.name);
      if (earlier && !isDeepStrictEqual(earlier, property)) {
        reader.rejections.add(
          place,
          `allOf says two things about \`${property.name}\`; leave the property in one place`,
        );
      }
      properties.set(property.name, property);
    }
    const closed = schema.additional !== undefined && schema.additional !== true;
    if (closed && parts.length > 1) {
      reader.rejections.add(
        place,
        'additionalProperties within allOf sees only its own properties; write one object instead',
      );
    }
  }
  const schemas = parts.map(({ schema }) => schema);
  const [only] = schemas;
  return {
    kind: 'object',
    properties: [...properties.values()],
    ...(only && schemas.length === 1 && only.additional !== undefined && { additional: only.additional }),
    ...(schemas.some(({ additional }) => additional === true) && { additional: true }),
    ...tightest('minProperties', Math.max, schemas),
    ...tightest('maxProperties', Math.min, schemas),
    ...tightest('maxBytes', Math.min, schemas),
    ...tightest('maxDepth', Math.min, schemas),
    ...disjointOf(schemas),
  };
}

interface Part {
  readonly schema: ObjectSchema;
  readonly pointer: string;
}

function partsOf(json: JsonObject, pointer: string, reader: Reader): Part[] {
  const listed = own(json, 'allOf');
  if (!isArray(listed) || listed.length === 0) {
    reader.rejections.add(at(pointer, 'allOf'), 'expected a list of schemas with at least one');
    return [];
  }
  const parts = listed.flatMap((item, index) => {
    const place = at(at(pointer, 'allOf'), index);
    return partOf(item, place, place, reader);
  });
  const besides = Object.keys(json).filter((key) => key !== 'allOf' && key !== 'default' && schemaKeywords.has(key));
  if (besides.length === 0) return parts;
  if (own(json, 'type') !== 'object') reader.rejections.add(pointer, 'properties beside allOf need `type: object`');
  return [...parts, { schema: readObject(json, pointer, reader), pointer }];
}

/** @param place where the part is asked for: a `$ref` leads elsewhere. */
function partOf(item: Json, pointer: string, place: string, reader: Reader): Part[] {
  if (!isObject(item)) {
    reader.rejections.add(place, 'expected a schema');
    return [];
  }
  if (own(item, '$ref') !== undefined) {
    const name = referredName(item, pointer, reader);
    const target = name === undefined ? undefined : own(reader.components, name);
    if (name === undefined || target === undefined) return [];
    if (reader.inlining.has(name)) {
      reader.rejections.add(
        place,
        `allOf leads back to \`${name}\`; name what it describes in components/schemas and refer to that`,
      );
      return [];
    }
    const within = { ...reader, inlining: new Set([...reader.inlining, name]) };
    return partOf(target, at('/components/schemas', name), place, within);
  }
  if (own(item, 'allOf') !== undefined) return partsOf(item, pointer, reader);
  const schema = readSchema(item, pointer, reader);
  if (schema.kind === 'object') return [{ schema, pointer: place }];
  reader.rejections.add(place, 'allOf of anything but objects is not compiled; write the keywords into one schema');
  return [];
}

function tightest<Key extends 'minProperties' | 'maxProperties' | 'maxBytes' | 'maxDepth'>(
  key: Key,
  choose: (...values: number[]) => number,
  schemas: readonly ObjectSchema[],
): { [K in Key]?: number } {
  const values = schemas.map((schema) => schema[key]).filter((value) => value !== undefined);
  // A computed key is a string to the type checker; it is the one that was asked for.
  return (values.length === 0 ? {} : { [key]: choose(...values) }) as { [K in Key]?: number };
}

function disjointOf(schemas: readonly ObjectSchema[]): Pick<ObjectSchema, 'disjoint'> {
  const disjoint = schemas.flatMap((schema) => schema.disjoint ?? []);
  return disjoint.length > 0 ? { disjoint } : {};
}
