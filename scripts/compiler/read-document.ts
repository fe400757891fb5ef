import { Forms } from './forms.ts';
import { isArray, isObject, type Json } from './json.ts';
import { FORM, Names, pascalCase, suggestedId } from './names.ts';
import type { DocumentModel, OperationModel, Security } from './operation.ts';
import { rejectAmbiguousPaths } from './path-template.ts';
import { Place } from './place.ts';
import { METHODS, readOperation } from './read-operation.ts';
import { ComponentReader } from './read-parts.ts';
import { type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
import type { Schema } from './schema.ts';
import { verifySchema } from './verify-schemas.ts';
import { digestOf, rejectKeys } from './walk.ts';

/** Reads the whole document; `rejections` lists the parts that are not compiled. */
export function readDocument(name: string, json: Json, rejections: Rejections): DocumentModel {
  const { isServed } = rejections;
  const document = new Place(json, '', rejections);
  const openapi = document.at('openapi');
  if (!/^3\.1\.\d+$/.test(openapi.text ?? '')) {
    const old = openapi.text?.startsWith('3.0') ? '; migrate the document, as with `npx @scalar/openapi-upgrader`' : '';
    openapi.reject(`expected 3.1.x${old}`);
  }
  rejectKeys(document, 'document');
  const components = document.at('components');
  const around: Reader = { components: new Map(components.at('schemas').entries), inlining: new Set() };
  const schemas = readSchemas(around);
  const reader = new ComponentReader(components, around);
  rejectServers(document.at('servers'));
  const operations = readOperations(document, reader);
  reader.readAll();
  // Reading a component adds those that it refers to; the loop reaches them, too.
  for (const [key, place] of around.components) {
    if (schemas.has(key)) continue;
    schemas.set(key, readSchema(place, { ...around, inlining: new Set([key]) }));
    if (isServed) place.reject('of ours, a $ref leads to a component; move this schema to components/schemas');
  }
  for (const [key, schema] of schemas) verifySchema(schema, around.components.get(key) ?? document, schemas);
  for (const [pointer, schema] of reader.inline)
    verifySchema(schema, new Place(undefined, pointer, rejections), schemas);
  reader.verifyTexts(schemas);
  const schemes = schemesOf(operations, reader);
  for (const { requestBody: body } of operations) {
    if (body && body.schema.kind !== 'reference' && new Forms(schemas).mayBeLeftOut(body.schema))
      rejections.add(body.pointer, NEEDS_A_TYPE);
  }
  const version = document.at('info', 'version');
  if (version.text === undefined) version.reject('expected a version as a string');
  return {
    name,
    isServed,
    version: version.text ?? '',
    digest: digestOf(json),
    schemas,
    operations,
    inline: reader.inline,
    ...(schemes && { schemes }),
  };
}

const NEEDS_A_TYPE = 'a default needs a type of its own for the client; move the schema to components/schemas';

/** Our services answer at the root; an app that embeds a foreign document mounts it where its servers say. */
function rejectServers(servers: Place): void {
  for (const [, server] of servers.entries) {
    const url = server.at('url');
    const path = (url.text ?? '').replace(/^[^/]*:\/\/[^/]*/, '').replace(/\/$/, '');
    if (path === '') continue;
    const instead = url.rejections.isServed
      ? 'write it into each path'
      : 'mount the app there, and let baseUrl end with it';
    url.leaveOut(`the paths are served at the root, not under ${path}; ${instead}`);
  }
}

/** The names of the schemes, if checking them takes more than one bearer. */
function schemesOf(operations: readonly OperationModel[], { securitySchemes }: ComponentReader): string[] | undefined {
  const requirements = operations.flatMap(({ security }) => security ?? []);
  const names = [...new Set(requirements.flatMap(Object.keys))];
  const isBearer = names.length <= 1 && names.every((name) => securitySchemes.get(name)?.isBearer);
  const hasScopes = requirements.some((one) => Object.values(one).some((scopes) => scopes.length > 0));
  return isBearer && !hasScopes ? undefined : names;
}

function readSchemas(reader: Reader): Map<string, Schema> {
  const { components } = reader;
  const schemas = new Map<string, Schema>();
  const names = new Names();
  const identifiers = new Map([...components.keys()].map((name) => [pascalCase(name), name]));
  for (const [name, place] of [...components]) {
    const base = identifiers.get(pascalCase(name).replace(FORM, ''));
    const taken = names.claim('schemas', name);
    if (taken !== undefined) place.reject(taken);
    else if (base !== undefined && FORM.test(name))
      place.reject(`\`${name}\` is how a form of \`${base}\` is named; write ${name}Value`);
    schemas.set(name, readSchema(place, { ...reader, inlining: new Set([name]) }));
  }
  return schemas;
}

function readOperations(document: Place, reader: ComponentReader): OperationModel[] {
  const paths = document.at('paths').entries.filter(([path]) => !path.startsWith('x-'));
  rejectAmbiguousPaths(paths);
  const securedByDefault = readSecurity(document.at('security'), reader);
  const operations: OperationModel[] = [];
  const ids = new Map<string, string>();
  for (const [path, item] of paths) {
    for (const method of METHODS) {
      const place = item.at(method);
      if (!isObject(place.json)) continue;
      const own = place.at('security');
      const security = own.isAbsent ? securedByDefault : readSecurity(own, reader);
      const operation = readOperation({ place, item, method, path, reader, security });
      if (operation === undefined) continue;
      const earlier = ids.get(operation.id);
      if (earlier !== undefined) {
        let instead = suggestedId(`${method} ${path}`);
        while (ids.has(instead)) instead += '2';
        place.at('operationId').reject(`\`${operation.id}\` is also the operation at ${earlier}; write ${instead}`);
        ids.set(instead, place.pointer);
      }
      ids.set(operation.id, place.pointer);
      operations.push(operation);
    }
  }
  if (operations.length === 0 && !paths.some(([, item]) => item.has('$ref')))
    document
      .at('paths')
      .reject('no operation to serve or call; webhooks are for their receiver: write them as paths of its document');
  return operations;
}

/** Undefined where everybody may call: `[]`, or a list with the empty requirement. */
function readSecurity(place: Place, { securitySchemes }: ComponentReader): Security | undefined {
  const security = place.list('a list of requirements, or `[]` for an open operation').map((requirement) => {
    if (!isObject(requirement.json))
      requirement.reject('expected an object from the name of a security scheme to its scopes');
    const scopesOf = requirement.entries.map(([scheme, scopes]): [string, string[]] => {
      const isList = isArray(scopes.json) && scopes.json.every((scope) => typeof scope === 'string');
      if (!securitySchemes.has(scheme))
        scopes.reject('this security scheme is not there; add it to components/securitySchemes');
      else if (!isList) scopes.reject('expected a list of scopes; write `[]` for none');
      return [scheme, isArray(scopes.json) ? scopes.json.map(String) : []];
    });
    return Object.fromEntries(scopesOf);
  });
  const isPlain =
    security.length <= 1 &&
    security.every((one) => Object.values(one).join('|') === '' && Object.keys(one).length === 1);
  if (place.rejections.isServed && isArray(place.json) && !isPlain)
    place.reject('our services check one bearer; write `[{ <its name>: [] }]`, or `[]` for an open operation');
  return security.every((one) => Object.keys(one).length > 0) && security.length > 0 ? security : undefined;
}
