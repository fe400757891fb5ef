import type { ComponentReader } from './component-reader.ts';
import { at, type Json, type JsonObject, own } from './json.ts';
import type { HeaderModel, ParameterModel } from './operation.ts';
import { readDefault } from './read-object.ts';

const STYLE = { path: 'simple', query: 'form', header: 'simple' } as const;
/** RFC 9110 5.6.2: token. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** What a URL carries as it is (RFC 3986), brackets as browsers do. */
const QUERY_NAME = /^[A-Za-z0-9._~$@:[\]-]+$/;
/** OpenAPI 3.1, Parameter Object: a parameter of these names is ignored, and so is Content-Type among response headers. */
const IGNORED = new Set(['accept', 'content-type', 'authorization']);
/** Belong to the connection (RFC 9110 7.6.1) or are made by HTTP itself: nobody can choose them. */
const OF_THE_CONNECTION = new Set(
  'connection content-length cookie expect host keep-alive set-cookie te trailer transfer-encoding upgrade'.split(' '),
);

export function readParameter(json: JsonObject, pointer: string, reader: ComponentReader): ParameterModel {
  const { rejections } = reader;
  const name = own(json, 'name');
  const place = own(json, 'in');
  const known = place === 'path' || place === 'query' || place === 'header' ? place : undefined;
  if (typeof name !== 'string' || name === '') rejections.add(at(pointer, 'name'), 'expected a name');
  else if (name in Object.prototype)
    rejections.add(at(pointer, 'name'), 'every JavaScript object inherits a field of this name; rename it');
  if (known === undefined) rejections.add(at(pointer, 'in'), 'expected path, query or header');
  if (known === 'query' && typeof name === 'string' && !QUERY_NAME.test(name))
    rejections.add(
      at(pointer, 'name'),
      'a name in a query is letters, digits and . _ ~ $ @ : [ ] -, which a URL keeps; write it so',
    );
  if (known === 'header' && typeof name === 'string') rejectHeaderName(name, at(pointer, 'name'), reader);
  const required = readFlag(own(json, 'required'), at(pointer, 'required'), reader);
  if (known === 'path' && !required) rejections.add(pointer, 'a path parameter needs `required: true`');
  rejectStyle(json, STYLE[known ?? 'header'], pointer, reader);
  const description = own(json, 'description');
  return {
    in: known ?? 'header',
    name: typeof name === 'string' ? name : '',
    required,
    schema: reader.textSchema(own(json, 'schema'), at(pointer, 'schema'), known ?? 'header'),
    ...(!required && readDefault(own(json, 'schema'), at(pointer, 'schema'), rejections)),
    description: typeof description === 'string' ? description : '',
  };
}

/** A response header; its name is the key under which it stands. */
export function readHeader(json: JsonObject, pointer: string, reader: ComponentReader): HeaderModel {
  rejectStyle(json, 'simple', pointer, reader);
  return {
    name: '',
    required: readFlag(own(json, 'required'), at(pointer, 'required'), reader),
    schema: reader.textSchema(own(json, 'schema'), at(pointer, 'schema'), 'response header'),
  };
}

export function rejectHeaderName(name: string, pointer: string, { rejections }: ComponentReader): void {
  if (!HEADER_NAME.test(name)) rejections.add(pointer, `\`${name}\` cannot be the name of a header`);
  if (IGNORED.has(name.toLowerCase()))
    rejections.add(pointer, `\`${name}\` is said by content and security; remove it here`);
  if (OF_THE_CONNECTION.has(name.toLowerCase()))
    rejections.add(pointer, `\`${name}\` is made by HTTP itself; remove it here`);
}

/** Scalars look the same with and without `explode`, so only the style must be the default. */
function rejectStyle(json: JsonObject, style: string, pointer: string, reader: ComponentReader): void {
  const given = own(json, 'style');
  if (given !== undefined && given !== style)
    reader.rejections.add(at(pointer, 'style'), `only the default, \`${style}\`, is compiled; remove it`);
  const explode = own(json, 'explode');
  if (explode !== undefined && explode !== (style === 'form')) {
    reader.rejections.add(at(pointer, 'explode'), `only the default, \`${style === 'form'}\`, is compiled; remove it`);
  }
}

export function readFlag(json: Json | undefined, pointer: string, { rejections }: ComponentReader): boolean {
  if (json !== undefined && typeof json !== 'boolean') rejections.add(pointer, 'expected true or false');
  return json === true;
}
