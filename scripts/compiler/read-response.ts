import type { ComponentReader } from './component-reader.ts';
import { at, isObject, type Json, type JsonObject, own } from './json.ts';
import type { BodyModel, HeaderModel, RequestBodyModel, ResponseModel } from './operation.ts';
import { readFlag, rejectHeaderName } from './read-parameter.ts';

export function readResponse(json: JsonObject, pointer: string, reader: ComponentReader): ResponseModel {
  const content = own(json, 'content');
  const description = own(json, 'description');
  const body = content === undefined ? undefined : readContent(content, at(pointer, 'content'), reader);
  if (typeof description !== 'string') reader.rejections.add(pointer, 'OpenAPI requires a description here');
  return {
    description: typeof description === 'string' ? description : '',
    headers: readHeaders(own(json, 'headers'), at(pointer, 'headers'), reader),
    ...(body && { body }),
  };
}

/** The body of a request; undefined where it is no JSON. */
export function readBody(json: JsonObject, pointer: string, reader: ComponentReader): RequestBodyModel | undefined {
  const required = readFlag(own(json, 'required'), at(pointer, 'required'), reader);
  const content = readContent(own(json, 'content'), at(pointer, 'content'), reader);
  return content === undefined || content.raw !== undefined ? undefined : { required, ...content };
}

/** The format by which types.ts tells bytes from strings. */
export const BYTES = 'x-moddy-bytes';

const isJson = (media: string): boolean => /^application\/(?:[^;\s]+\+)?json$/.test(media);

/**
 * The body of a request or response, of one media type: JSON if there is any, and the first otherwise. In a foreign
 * document the others are left out.
 */
function readContent(
  json: Json | undefined,
  pointer: string,
  reader: ComponentReader,
): (BodyModel & { readonly pointer: string }) | undefined {
  if (!isObject(json)) {
    reader.rejections.add(pointer, 'expected content; write `application/json` into it');
    return undefined;
  }
  const types = Object.keys(json);
  const media = types.find((type) => type === 'application/json') ?? types.find(isJson) ?? types[0];
  if (media === undefined) {
    reader.rejections.add(pointer, 'expected `application/json`');
    return undefined;
  }
  for (const type of types) {
    if (type !== media)
      reader.leaveOut(at(pointer, type), `only one media type is compiled, here ${media}; leave this one out`);
  }
  const where = at(pointer, media);
  if (!isJson(media)) {
    if (reader.isServed) reader.rejections.add(where, 'only JSON is compiled here; write `application/json`');
    if (!/^[a-z]+\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i.test(media))
      reader.rejections.add(where, 'one media type without parameters is compiled; write it, as `text/plain`');
    const raw = media.startsWith('text/') ? 'text' : 'bytes';
    reader.inline.set(at(where, 'schema'), { kind: 'string', ...(raw === 'bytes' && { notes: { format: BYTES } }) });
    return { media, raw, pointer: where };
  }
  const inner = own(json, media);
  const schema = isObject(inner) ? own(inner, 'schema') : undefined;
  return { media, schema: reader.schema(schema ?? {}, at(where, 'schema')), pointer: where };
}

function readHeaders(json: Json | undefined, pointer: string, reader: ComponentReader): HeaderModel[] {
  if (!isObject(json)) return [];
  const seen = new Set<string>();
  return Object.keys(json).flatMap((name) => {
    const where = at(pointer, name);
    rejectHeaderName(name, where, reader);
    if (seen.has(name.toLowerCase())) reader.rejections.add(where, `\`${name}\` is there twice`);
    seen.add(name.toLowerCase());
    const found = reader.part('headers', own(json, name), where);
    return found ? [{ ...found.value, name }] : [];
  });
}
