import type { ComponentReader } from './component-reader.ts';
import type { HeaderModel, ParameterModel } from './operation.ts';
import type { Place } from './place.ts';
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

export function readParameter(place: Place, reader: ComponentReader): ParameterModel {
  const [nameAt, within, schema] = [place.at('name'), place.at('in'), place.at('schema')];
  const name = nameAt.text ?? '';
  const known = within.json === 'path' || within.json === 'query' || within.json === 'header' ? within.json : undefined;
  if (name === '') nameAt.reject('expected a name');
  else if (name in Object.prototype) nameAt.reject('every JavaScript object inherits a field of this name; rename it');
  if (known === undefined) within.reject('expected path, query or header');
  if (known === 'query' && !QUERY_NAME.test(name))
    nameAt.reject('a name in a query is letters, digits and . _ ~ $ @ : [ ] -, which a URL keeps; write it so');
  if (known === 'header' && nameAt.text !== undefined) rejectHeaderName(name, nameAt);
  const required = place.at('required').flag();
  if (known === 'path' && !required) place.reject('a path parameter needs `required: true`');
  rejectStyle(place, STYLE[known ?? 'header']);
  return {
    in: known ?? 'header',
    name,
    required,
    schema: reader.textSchema(schema, known ?? 'header'),
    ...(!required && readDefault(schema)),
    description: place.at('description').text ?? '',
  };
}

/** A response header; its name is the key under which it stands. */
export function readHeader(place: Place, reader: ComponentReader): HeaderModel {
  rejectStyle(place, 'simple');
  return {
    name: '',
    required: place.at('required').flag(),
    schema: reader.textSchema(place.at('schema'), 'response header'),
  };
}

export function rejectHeaderName(name: string, place: Place): void {
  if (!HEADER_NAME.test(name)) place.reject(`\`${name}\` cannot be the name of a header`);
  if (IGNORED.has(name.toLowerCase())) place.reject(`\`${name}\` is said by content and security; remove it here`);
  if (OF_THE_CONNECTION.has(name.toLowerCase())) place.reject(`\`${name}\` is made by HTTP itself; remove it here`);
}

/** Scalars look the same with and without `explode`, so only the style must be the default. */
function rejectStyle(place: Place, style: string): void {
  for (const [key, only] of [
    ['style', style],
    ['explode', style === 'form'],
  ] as const) {
    const given = place.at(key);
    if (!given.isAbsent && given.json !== only) given.reject(`only the default, \`${only}\`, is compiled; remove it`);
  }
}
