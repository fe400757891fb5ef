import { at, isObject, type Json, type JsonObject, own } from './json.ts';
import type { HeaderModel, ResponseModel } from './operation.ts';
import type { Parts } from './parts.ts';
import { readHeader, refuseHeaderName } from './read-parameter.ts';
import type { Schema } from './schema.ts';

export function readResponse(json: JsonObject, pointer: string, parts: Parts): ResponseModel {
  const content = own(json, 'content');
  const body = content === undefined ? undefined : readJsonContent(content, at(pointer, 'content'), parts);
  if (typeof own(json, 'description') !== 'string') parts.refusals.add(pointer, 'OpenAPI requires a description here');
  return { headers: readHeaders(own(json, 'headers'), at(pointer, 'headers'), parts), ...(body && { body }) };
}

/** The schema of `application/json`, the one media type. */
export function readJsonContent(json: Json | undefined, pointer: string, parts: Parts): Schema | undefined {
  if (!isObject(json)) return undefined; // Refused with the keys.
  for (const type of Object.keys(json)) {
    if (type !== 'application/json') parts.refusals.add(at(pointer, type), 'only `application/json` is compiled');
  }
  const media = own(json, 'application/json');
  if (!isObject(media)) {
    parts.refusals.add(pointer, 'expected `application/json`');
    return undefined;
  }
  const where = at(pointer, 'application/json');
  return parts.schema(own(media, 'schema'), at(where, 'schema'));
}

function readHeaders(json: Json | undefined, pointer: string, parts: Parts): HeaderModel[] {
  if (!isObject(json)) return [];
  const seen = new Set<string>();
  return Object.keys(json).flatMap((name) => {
    const where = at(pointer, name);
    refuseHeaderName(name, where, parts);
    if (seen.has(name.toLowerCase())) parts.refusals.add(where, `\`${name}\` is there twice`);
    seen.add(name.toLowerCase());
    const read = parts.reads('headers', (one, place) => readHeader('', one, place, parts));
    const found = parts.part('headers', own(json, name), where, read);
    return found ? [{ ...found.value, name }] : [];
  });
}
