import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { schemaKeywords } from './keywords.ts';
import { allOfObject } from './read-all-of.ts';
import { readDiscriminator } from './read-discriminator.ts';
import { KEYWORDS, readTyped } from './read-typed.ts';
import type { Rejections } from './rejections.ts';
import { REJECTED, type Schema } from './schema.ts';

/** What reading a schema needs of its surroundings. */
export interface Reader {
  readonly rejections: Rejections;
  /** The text of `components/schemas`. */
  readonly components: JsonObject;
  /** The components whose properties are being copied into an allOf. */
  readonly inlining: ReadonlySet<string>;
}

/**
 * Reads one schema; whatever in it is not compiled is refused. Unknown keywords were refused before.
 * @param property true for the schema of a property: only there a default has an effect.
 */
export function readSchema(json: Json | undefined, pointer: string, reader: Reader, property = false): Schema {
  if (!isObject(json)) {
    reader.rejections.add(pointer, 'expected a schema; write an object with a `type`');
    return REJECTED;
  }
  if (own(json, 'default') !== undefined && (!property || own(json, '$ref') !== undefined)) {
    reader.rejections.add(
      at(pointer, 'default'),
      'a default is compiled only in the schema of a property, not beside $ref; move it there',
    );
  }
  const discriminated = own(json, 'anyOf') !== undefined || own(json, 'oneOf') !== undefined;
  if (own(json, 'discriminator') !== undefined && !discriminated) {
    reader.rejections.add(
      at(pointer, 'discriminator'),
      'a discriminator stands beside anyOf or oneOf; write the alternatives there, or leave it out',
    );
  }
  const keywords = Object.keys(json).filter(
    (key) => schemaKeywords.has(key) && key !== 'default' && key !== 'discriminator',
  );
  const alone = (keyword: string, beside: readonly string[] = []) => {
    for (const key of keywords) {
      if (key === keyword || beside.includes(key)) continue;
      reader.rejections.add(
        at(pointer, key),
        `\`${key}\` beside ${keyword} is not compiled; write it into the schemas there`,
      );
    }
  };
  if (own(json, '$ref') !== undefined) {
    alone('$ref');
    return readReference(json, pointer, reader);
  }
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    if (own(json, keyword) === undefined) continue;
    alone(keyword);
    return readUnion(json, keyword, pointer, reader);
  }
  if (own(json, 'allOf') !== undefined) {
    alone('allOf', ['type', ...KEYWORDS.object]);
    return allOfObject(json, pointer, reader) ?? REJECTED;
  }
  return readTyped(json, keywords, pointer, reader);
}

/** The name of the component schema that a `$ref` leads to. */
export function referredName(
  json: JsonObject,
  pointer: string,
  { rejections, components }: Reader,
): string | undefined {
  const ref = own(json, '$ref');
  const name = typeof ref === 'string' ? /^#\/components\/schemas\/([^/]+)$/.exec(ref)?.[1] : undefined;
  if (name !== undefined && Object.hasOwn(components, name)) return name;
  const why =
    name === undefined
      ? 'only `#/components/schemas/<name>` is followed'
      : 'it leads nowhere; add the schema or mend the name';
  rejections.add(at(pointer, '$ref'), `${JSON.stringify(ref)}: ${why}`);
  return undefined;
}

function readReference(json: JsonObject, pointer: string, reader: Reader): Schema {
  const name = referredName(json, pointer, reader);
  return name === undefined ? REJECTED : { kind: 'reference', name };
}

function readUnion(json: JsonObject, keyword: 'anyOf' | 'oneOf', pointer: string, reader: Reader): Schema {
  const list = own(json, keyword);
  if (!isArray(list) || list.length === 0) {
    reader.rejections.add(at(pointer, keyword), 'expected a list of schemas with at least one');
    return REJECTED;
  }
  const alternatives = list.map((item, index) => readSchema(item, at(at(pointer, keyword), index), reader));
  return {
    kind: 'union',
    alternatives,
    exactlyOne: keyword === 'oneOf',
    ...readDiscriminator(own(json, 'discriminator'), at(pointer, 'discriminator'), reader),
  };
}
