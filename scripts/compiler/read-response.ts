import type { ComponentReader } from './component-reader.ts';
import { at, isObject, type Json, type JsonObject, own } from './json.ts';
import type { HeaderModel, ResponseModel } from './operation.ts';
import { readHeader, rejectHeaderName } from './read-parameter.ts';
import type { Schema } from './schema.ts';

export function readResponse(json: JsonObject, pointer: string, reader: ComponentReader): ResponseModel {
  const content = own(json, 'content');
  const body = content === undefined ? undefined : readJsonContent(content, at(pointer, 'content'), reader);
  if (typeof own(json, 'description') !== 'string')
    reader.rejections.add(pointer, 'OpenAPI requires a description here');
  return { headers: readHeaders(own(json, 'headers'), at(pointer, 'headers'), reader), ...(body && { body }) };
}

/** The schema of `application/json`, the one media type. */
export function readJsonContent(json: Json | undefined, pointer: string, reader: ComponentReader): Schema | undefined {
  if (!isObject(json)) return undefined; // Refused with the keys.
  for (const type of Object.keys(json)) {
    if (type !== 'application/json') reader.rejections.add(at(pointer, type), 'only `application/json` is compiled');
  }
  const media = own(json, 'application/json');
  if (!isObject(media)) {
    reader.rejections.add(pointer, 'expected `application/json`');
    return undefined;
  }
  const where = at(pointer, 'application/json');
  return reader.schema(own(media, 'schema'), at(where, 'schema'));
}

function readHeaders(json: Json | undefined, pointer: string, reader: ComponentReader): HeaderModel[] {
  if (!isObject(json)) return [];
  const seen = new Set<string>();
  return Object.keys(json).flatMap((name) => {
    const where = at(pointer, name);
    rejectHeaderName(name, where, reader);
    if (seen.has(name.toLowerCase())) reader.rejections.add(where, `\`${name}\` is there twice`);
    seen.add(name.toLowerCase());
    const read = reader.reads('headers', (one, place) => readHeader('', one, place, reader));
    const found = reader.part('headers', own(json, name), where, read);
    return found ? [{ ...found.value, name }] : [];
  });
}
