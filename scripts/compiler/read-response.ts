import type { ComponentReader } from './component-reader.ts';
import type { BodyModel, HeaderModel, RequestBodyModel, ResponseModel } from './operation.ts';
import type { Place } from './place.ts';
import { rejectHeaderName } from './read-parameter.ts';

export function readResponse(place: Place, reader: ComponentReader): ResponseModel {
  const description = place.at('description').text;
  const content = place.at('content');
  const body = content.isAbsent ? undefined : readContent(content, reader);
  if (description === undefined) place.reject('OpenAPI requires a description here');
  return {
    description: description ?? '',
    headers: readHeaders(place.at('headers'), reader),
    ...(body && { body }),
  };
}

/** The body of a request; undefined where it is no JSON. */
export function readBody(place: Place, reader: ComponentReader): RequestBodyModel | undefined {
  const required = place.at('required').flag();
  const content = readContent(place.at('content'), reader);
  return content === undefined || content.raw !== undefined ? undefined : { required, ...content };
}

/** The format by which types.ts tells bytes from strings. */
export const BYTES = 'x-moddy-bytes';

const isJson = (media: string): boolean => /^application\/(?:[^;\s]+\+)?json$/.test(media);

/**
 * The body of a request or response, of one media type: JSON if there is any, and the first otherwise. In a foreign
 * document the others are left out.
 */
function readContent(place: Place, reader: ComponentReader): (BodyModel & { readonly pointer: string }) | undefined {
  const types = Object.keys(place.object);
  const media = types.find((type) => type === 'application/json') ?? types.find(isJson) ?? types[0];
  if (media === undefined) {
    place.reject('expected content; write `application/json` into it');
    return undefined;
  }
  for (const type of types.filter((one) => one !== media))
    place.at(type).leaveOut(`only one media type is compiled, here ${media}; leave this one out`);
  const body = place.at(media);
  if (isJson(media)) {
    const schema = body.at('schema');
    return { media, schema: reader.schema(schema.isAbsent ? schema.with({}) : schema), pointer: body.pointer };
  }
  if (body.rejections.isServed) body.reject('only JSON is compiled here; write `application/json`');
  if (!/^[a-z]+\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i.test(media))
    body.reject('one media type without parameters is compiled; write it, as `text/plain`');
  const raw = media.startsWith('text/') ? 'text' : 'bytes';
  reader.inline.set(body.at('schema').pointer, {
    kind: 'string',
    ...(raw === 'bytes' && { notes: { format: BYTES } }),
  });
  return { media, raw, pointer: body.pointer };
}

function readHeaders(place: Place, reader: ComponentReader): HeaderModel[] {
  const seen = new Set<string>();
  return place.entries.flatMap(([name, inner]) => {
    rejectHeaderName(name, inner);
    if (seen.has(name.toLowerCase())) inner.reject(`\`${name}\` is there twice`);
    seen.add(name.toLowerCase());
    const found = reader.part('headers', inner);
    return found ? [{ ...found.value, name }] : [];
  });
}
