/* The parts of operations: parameters, headers, bodies and responses, each in place or a component. */

import { type Place as TextPlace, unsendable } from '@moddy/runtime/client/sendable';
import { isObject } from './json.ts';
import { Names } from './names.ts';
import type { BodyModel, HeaderModel, ParameterModel, RequestBodyModel, ResponseModel, Shared } from './operation.ts';
import type { Place } from './place.ts';
import { type Holder, type Reader, readSchema } from './read-schema.ts';
import { readDefault, rejectInherited } from './read-typed.ts';
import { type Components, REJECTED, resolve, type Schema } from './schema.ts';
import { verifyDefault } from './verify-schemas.ts';

/** The model of each kind of component, except schemas. */
interface Parts {
  readonly parameters: ParameterModel;
  readonly headers: HeaderModel;
  readonly responses: ResponseModel;
  /** Undefined for a body that is no JSON. */
  readonly requestBodies: RequestBodyModel | undefined;
}
type PartKind = keyof Parts;
type TextModel = Pick<ParameterModel, 'required' | 'schema' | 'default'>;

const READERS: { readonly [Kind in PartKind]: (place: Place, reader: ComponentReader) => Parts[Kind] } = {
  parameters: readParameter,
  headers: readHeader,
  responses: readResponse,
  requestBodies: readBody,
};

/** Reads parts in place or by reference, each component once. */
export class ComponentReader {
  readonly securitySchemes: ReadonlyMap<string, { readonly isBearer: boolean }>;
  /** Schemas outside components/schemas by pointer, for the checks that need all of them. */
  readonly inline = new Map<string, Schema>();
  readonly #reader: Reader;
  readonly #components: Place;
  readonly #names = new Names();
  readonly #read = new Map<string, unknown>();
  /** The schemas of parameters and headers, which are read from text. */
  readonly #texts: { readonly read: TextModel; readonly at: Place; readonly within: TextPlace }[] = [];

  constructor(components: Place, reader: Reader) {
    this.#reader = reader;
    this.#components = components;
    this.securitySchemes = new Map(
      components.at('securitySchemes').entries.map(([name, one]) => [name, readScheme(name, one)]),
    );
  }

  /** A part written in place, or the component that its `$ref` names. */
  part<Kind extends PartKind>(kind: Kind, place: Place): Shared<Parts[Kind]> | undefined {
    if (!isObject(place.json)) return undefined; // Rejected with the keys.
    const ref = place.at('$ref');
    if (ref.isAbsent) return { value: READERS[kind](place, this) };
    const prefix = `#/components/${kind}/`;
    const name = ref.text?.startsWith(prefix) ? ref.text.slice(prefix.length) : undefined;
    const target = this.#components.at(kind, name ?? '');
    if (name !== undefined && isObject(target.json))
      return { component: name, value: this.#component(kind, name, target) };
    ref.reject(`${JSON.stringify(ref.json)}: it leads nowhere; write ${prefix}<name> of one that is there`);
    return undefined;
  }

  /** Reads the components that nobody refers to, too. */
  readAll(): void {
    for (const kind of Object.keys(READERS) as PartKind[]) {
      for (const [name, place] of this.#components.at(kind).entries) {
        if (isObject(place.json)) this.#component(kind, name, place);
      }
    }
  }

  schema(place: Place, holder: Holder = 'other'): Schema {
    const schema = readSchema(place, this.#reader, holder);
    this.inline.set(place.pointer, schema);
    return schema;
  }

  text(at: Place, within: TextPlace, required: boolean): TextModel {
    const read = { required, schema: this.schema(at, 'parameter'), ...(!required && readDefault(at)) };
    this.#texts.push({ read, at, within });
    return read;
  }

  verifyTexts(components: Components): void {
    for (const { read, at, within } of this.#texts) {
      verifyDefault(read, at, components);
      const found = resolve(read.schema, components);
      const isList = found?.kind === 'array' && within !== 'response header';
      verifyText(isList ? resolve(found.items, components) : found, at, within, isList);
    }
  }

  #component<Kind extends PartKind>(kind: Kind, name: string, place: Place): Parts[Kind] {
    if (!this.#read.has(place.pointer)) {
      const taken = this.#names.claim(kind, name);
      if (taken !== undefined) place.reject(taken);
      if (!place.at('$ref').isAbsent) place.reject(ONLY_REFERS);
      this.#read.set(place.pointer, READERS[kind](place, this));
    }
    // Set above, by the reader of the same kind.
    return this.#read.get(place.pointer) as Parts[Kind];
  }
}

/** Text has no null or object, and only one way to be read. */
function verifyText(found: Schema | undefined, at: Place, within: TextPlace, isItem: boolean): void {
  if (found === undefined || found === REJECTED) return;
  const types = found.kind === 'literal' ? new Set(found.values.map((value) => typeof value)) : undefined;
  if (types ? types.size !== 1 || types.has('object') : !TEXT.has(found.kind))
    at.reject(
      'write one string, number, integer, boolean or enumeration, or (but in a response header) a list of one; no null',
    );
  for (const value of found.kind === 'literal' ? found.values : []) {
    const fault = typeof value === 'string' ? unsendable(value, within, isItem) : undefined;
    if (fault) at.reject(`${JSON.stringify(value)} ${fault}; write another value`);
  }
}

const ONLY_REFERS = 'a component that only refers to another; refer to that one';
const TEXT: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);

function readScheme(name: string, place: Place): { readonly isBearer: boolean } {
  const type = place.at('type');
  rejectInherited(name, place);
  // RFC 9110 11.1: the name of a scheme has no case.
  const isBearer = type.json === 'http' && place.at('scheme').text?.toLowerCase() === 'bearer';
  if (!place.at('$ref').isAbsent) place.reject(ONLY_REFERS);
  else if (place.rejections.isServed && !isBearer)
    place.reject('our services check a bearer; write `type: http, scheme: bearer`');
  else if (type.text === undefined) type.reject('expected apiKey, http, mutualTLS, oauth2 or openIdConnect');
  return { isBearer };
}

/** RFC 9110 5.6.2: token. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** The characters that a URL carries as they are (RFC 3986), and brackets as in browsers. */
const QUERY_NAME = /^[A-Za-z0-9._~$@:[\]-]+$/;
/** OpenAPI 3.1, Parameter Object: a parameter of these names is ignored, and so is Content-Type among response headers. */
const IGNORED = new Set(['accept', 'content-type', 'authorization']);
/** Belong to the connection (RFC 9110 7.6.1) or are made by HTTP itself: nobody can choose them. */
const OF_THE_CONNECTION = new Set(
  'connection content-length cookie expect host keep-alive set-cookie te trailer transfer-encoding upgrade'.split(' '),
);

function readParameter(place: Place, reader: ComponentReader): ParameterModel {
  const [nameAt, within, schema] = [place.at('name'), place.at('in'), place.at('schema')];
  const name = nameAt.text ?? '';
  const known = within.json === 'path' || within.json === 'query' || within.json === 'header' ? within.json : undefined;
  if (name === '') nameAt.reject('expected a name');
  rejectInherited(name, nameAt);
  if (within.json === 'cookie')
    within.reject('cookies are not compiled; write it as a header, or as a security scheme');
  else if (known === undefined) within.reject('expected path, query or header');
  if (known === 'query' && !QUERY_NAME.test(name))
    nameAt.reject('a name in a query is letters, digits and . _ ~ $ @ : [ ] -, which a URL keeps; write it so');
  if (known === 'header' && nameAt.text !== undefined) rejectHeaderName(name, nameAt);
  const required = place.at('required').flag();
  if (known === 'path' && !required) place.reject('a path parameter needs `required: true`');
  rejectStyle(place, known === 'query' ? 'form' : 'simple');
  const description = place.at('description').text ?? '';
  return { in: known ?? 'header', name, description, ...reader.text(schema, known ?? 'header', required) };
}

/** A response header; its name is the key under which it stands. */
function readHeader(place: Place, reader: ComponentReader): HeaderModel {
  const required = place.at('required').flag();
  rejectStyle(place, 'simple');
  return { name: '', ...reader.text(place.at('schema'), 'response header', required) };
}

function rejectHeaderName(name: string, place: Place): void {
  if (!HEADER_NAME.test(name)) place.reject(`\`${name}\` cannot be the name of a header; rename it`);
  if (IGNORED.has(name.toLowerCase())) place.reject(`\`${name}\` is said by content and security; remove it here`);
  if (OF_THE_CONNECTION.has(name.toLowerCase())) place.reject(`\`${name}\` is made by HTTP itself; remove it here`);
}

/** Scalars look the same with and without `explode`, so only the style must be the default. */
function rejectStyle(place: Place, style: string): void {
  for (const [key, only] of Object.entries({ style, explode: style === 'form' })) {
    const given = place.at(key);
    if (!given.isAbsent && given.json !== only) given.reject(`only the default, \`${only}\`, is compiled; remove it`);
  }
}

function readResponse(place: Place, reader: ComponentReader): ResponseModel {
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

function readBody(place: Place, reader: ComponentReader): RequestBodyModel | undefined {
  const required = place.at('required').flag();
  const content = readContent(place.at('content'), reader);
  return content === undefined || content.raw !== undefined ? undefined : { required, ...content };
}

/** The format by which types.ts tells bytes from strings. */
export const BYTES = 'x-moddy-bytes';

/** RFC 9110 8.3.1: its case means nothing. RFC 8259 11: JSON has no parameters. */
const essenceOf = (media: string): string => media.split(';', 1)[0]?.trim().toLowerCase() ?? '';
const isJson = (media: string): boolean => /^application\/(?:\S+\+)?json$/.test(essenceOf(media));

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
    if (body.rejections.isServed && essenceOf(media) !== media) body.reject(`write \`${essenceOf(media)}\``);
    return {
      media: essenceOf(media),
      schema: reader.schema(schema.isAbsent ? schema.with({}) : schema),
      pointer: body.pointer,
    };
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
    rejectInherited(name, inner);
    if (seen.has(name.toLowerCase())) inner.reject(`\`${name}\` is there twice`);
    seen.add(name.toLowerCase());
    const found = reader.part('headers', inner);
    return found ? [{ ...found.value, name }] : [];
  });
}
