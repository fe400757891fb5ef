import { at, type Json, type JsonObject, own } from './json.ts';
import type { HeaderModel, ParameterModel } from './operation.ts';
import type { Parts } from './parts.ts';

const STYLE = { path: 'simple', query: 'form', header: 'simple' } as const;
/** RFC 9110 5.6.2: token. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** OpenAPI 3.1, Parameter Object: a parameter of these names is ignored, and so is Content-Type among response headers. */
const IGNORED = new Set(['accept', 'content-type', 'authorization']);

export function readParameter(json: JsonObject, pointer: string, parts: Parts): ParameterModel {
  const { refusals } = parts;
  const name = own(json, 'name');
  const place = own(json, 'in');
  const known = place === 'path' || place === 'query' || place === 'header' ? place : undefined;
  if (typeof name !== 'string' || name === '') refusals.add(at(pointer, 'name'), 'expected a name');
  if (known === undefined) refusals.add(at(pointer, 'in'), 'expected path, query or header');
  if (known === 'header' && typeof name === 'string') refuseHeaderName(name, at(pointer, 'name'), parts);
  const required = readFlag(own(json, 'required'), at(pointer, 'required'), parts);
  if (known === 'path' && !required) refusals.add(pointer, 'a path parameter needs `required: true`');
  refuseStyle(json, STYLE[known ?? 'header'], pointer, parts);
  return {
    in: known ?? 'header',
    name: typeof name === 'string' ? name : '',
    required,
    schema: parts.textSchema(own(json, 'schema'), at(pointer, 'schema')),
  };
}

export function readHeader(name: string, json: JsonObject, pointer: string, parts: Parts): HeaderModel {
  refuseStyle(json, 'simple', pointer, parts);
  return {
    name,
    required: readFlag(own(json, 'required'), at(pointer, 'required'), parts),
    schema: parts.textSchema(own(json, 'schema'), at(pointer, 'schema')),
  };
}

export function refuseHeaderName(name: string, pointer: string, { refusals }: Parts): void {
  if (!HEADER_NAME.test(name)) refusals.add(pointer, `\`${name}\` cannot be the name of a header`);
  if (IGNORED.has(name.toLowerCase()))
    refusals.add(pointer, `\`${name}\` is said by content and security; remove it here`);
}

/** Scalars look the same with and without `explode`, so only the style must be the default. */
function refuseStyle(json: JsonObject, style: string, pointer: string, parts: Parts): void {
  const given = own(json, 'style');
  if (given !== undefined && given !== style)
    parts.refusals.add(at(pointer, 'style'), `only the default, \`${style}\`, is compiled; remove it`);
  const explode = own(json, 'explode');
  if (explode !== undefined && explode !== (style === 'form')) {
    parts.refusals.add(at(pointer, 'explode'), `only the default, \`${style === 'form'}\`, is compiled; remove it`);
  }
}

export function readFlag(json: Json | undefined, pointer: string, { refusals }: Parts): boolean {
  if (json !== undefined && typeof json !== 'boolean') refusals.add(pointer, 'expected true or false');
  return json === true;
}
