import { ComponentReader } from './component-reader.ts';
import { digestOf } from './digest.ts';
import { Forms } from './forms.ts';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { FORM, Names, suggestedId } from './names.ts';
import type { DocumentModel, OperationModel, Security } from './operation.ts';
import { rejectAmbiguousPaths } from './path-template.ts';
import { METHODS, readOperation } from './read-operation.ts';
import { placeOf, type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
import type { Schema } from './schema.ts';
import { verifySchema } from './verify-schemas.ts';
import { rejectKeys } from './walk.ts';

/** Reads the whole document; what is not compiled stands in `rejections` afterwards. */
export function readDocument(name: string, json: Json, rejections: Rejections, isServed = false): DocumentModel {
  const document = isObject(json) ? json : {};
  const openapi = own(document, 'openapi');
  if (typeof openapi !== 'string' || !/^3\.1\.\d+$/.test(openapi))
    rejections.add(
      '/openapi',
      `expected 3.1.x${String(openapi).startsWith('3.0') ? '; migrate the document, as with `npx @scalar/openapi-upgrader`' : ''}`,
    );
  rejectKeys(json, 'document', '', rejections, isServed);
  const components = objectAt(document, 'components');
  const json_ = { ...objectAt(components, 'schemas') };
  const around: Reader = { rejections, components: json_, inner: new Map(), inlining: new Set() };
  const schemas = readSchemas(around);
  const reader = new ComponentReader(components, around, isServed);
  rejectServers(own(document, 'servers'), reader);
  const operations = readOperations(document, reader);
  reader.readAll();
  // What one of them refers to is added while they are read.
  for (const [key, pointer] of around.inner) {
    schemas.set(key, readSchema(own(around.components, key), pointer, { ...around, inlining: new Set([key]) }));
    if (isServed)
      rejections.add(pointer, 'of ours, a $ref leads to a component; move this schema to components/schemas');
  }
  for (const [key, schema] of schemas) verifySchema(schema, placeOf(key, around), schemas, rejections);
  for (const [pointer, schema] of reader.inline) verifySchema(schema, pointer, schemas, rejections);
  for (const { schema, pointer, place } of reader.textSchemas) reader.verifyText(schema, pointer, place, schemas);
  const schemes = schemesOf(operations, reader);
  for (const { requestBody } of operations) {
    if (requestBody === undefined || requestBody.schema.kind === 'reference') continue;
    if (new Forms(schemas).mayBeLeftOut(requestBody.schema))
      rejections.add(
        requestBody.pointer,
        'a default in a body written in place has no type of its own for the client; move the schema to components/schemas',
      );
  }
  return {
    name,
    isServed,
    version: readVersion(document, rejections),
    digest: digestOf(json),
    schemas,
    operations,
    inline: reader.inline,
    ...(schemes && { schemes }),
  };
}

const objectAt = (json: JsonObject, key: string): JsonObject => {
  const value = own(json, key);
  return isObject(value) ? value : {};
};

/** Our services answer at the root; an app that embeds a foreign document mounts it where its servers say. */
function rejectServers(json: Json | undefined, reader: ComponentReader): void {
  for (const [index, server] of (isArray(json) ? json : []).entries()) {
    const url = isObject(server) ? own(server, 'url') : undefined;
    const path = String(url ?? '')
      .replace(/^[^/]*:\/\/[^/]*/, '')
      .replace(/\/$/, '');
    if (path === '') continue;
    const why = `the paths are served at the root, not under ${path}; ${reader.isServed ? 'write it into each path' : 'mount the app there, and let baseUrl end with it'}`;
    reader.leaveOut(at(at('/servers', index), 'url'), why);
  }
}

/** The names of the schemes, if checking them takes more than one bearer. */
function schemesOf(operations: readonly OperationModel[], { securitySchemes }: ComponentReader): string[] | undefined {
  const requirements = operations.flatMap(({ security }) => security ?? []);
  const names = [...new Set(requirements.flatMap((one) => Object.keys(one)))];
  const [only] = names;
  const isPlain =
    names.length <= 1 &&
    (only === undefined || securitySchemes.get(only)?.isBearer === true) &&
    requirements.every((one) => Object.values(one).every((scopes) => scopes.length === 0));
  return isPlain ? undefined : names;
}

function readVersion(document: JsonObject, rejections: Rejections): string {
  const version = own(objectAt(document, 'info'), 'version');
  if (typeof version === 'string') return version;
  rejections.add('/info/version', 'expected a version as a string');
  return '';
}

function readSchemas(reader: Reader): Map<string, Schema> {
  const { components: json, rejections } = reader;
  const schemas = new Map<string, Schema>();
  const names = new Names();
  for (const name of Object.keys(json)) {
    const pointer = at('/components/schemas', name);
    const base = name.replace(FORM, '');
    const taken = names.claim('schemas', name);
    if (taken !== undefined) rejections.add(pointer, taken);
    else if (base !== name && Object.hasOwn(json, base))
      rejections.add(pointer, `\`${name}\` is how a form of \`${base}\` is named; write ${name}Value`);
    schemas.set(name, readSchema(own(json, name), pointer, { ...reader, inlining: new Set([name]) }));
  }
  return schemas;
}

function readOperations(document: JsonObject, reader: ComponentReader): OperationModel[] {
  const { rejections } = reader;
  const paths = objectAt(document, 'paths');
  rejectAmbiguousPaths(
    Object.keys(paths).filter((path) => !path.startsWith('x-')),
    rejections,
  );
  const securedByDefault = readSecurity(own(document, 'security'), '/security', reader);
  const operations: OperationModel[] = [];
  const ids = new Map<string, string>();
  for (const path of Object.keys(paths)) {
    const item = objectAt(paths, path);
    for (const method of METHODS) {
      const json = own(item, method);
      const pointer = at(at('/paths', path), method);
      if (!isObject(json) || path.startsWith('x-')) continue;
      const own_ = own(json, 'security');
      const security = own_ === undefined ? securedByDefault : readSecurity(own_, at(pointer, 'security'), reader);
      const operation = readOperation({ json, item, method, path, pointer, reader, security });
      if (operation === undefined) continue;
      const earlier = ids.get(operation.id);
      if (earlier !== undefined)
        rejections.add(
          at(pointer, 'operationId'),
          `\`${operation.id}\` is also the operation at ${earlier}; write ${suggestedId(`${method} ${path}`)}`,
        );
      ids.set(operation.id, pointer);
      operations.push(operation);
    }
  }
  if (operations.length === 0)
    rejections.add(
      '/paths',
      'a document without an operation has nothing to serve or call; webhooks are for their receiver: write them as paths of its document',
    );
  return operations;
}

/** Undefined where everybody may call: `[]`, or a list with the empty requirement. */
function readSecurity(json: Json | undefined, pointer: string, reader: ComponentReader): Security | undefined {
  const { rejections, securitySchemes, isServed } = reader;
  if (json === undefined) return undefined;
  if (!isArray(json)) {
    rejections.add(pointer, 'expected a list of requirements, or `[]` for an open operation');
    return undefined;
  }
  const security = json.map((one, index) => {
    const place = at(pointer, index);
    if (!isObject(one)) rejections.add(place, 'expected an object from the name of a security scheme to its scopes');
    const entries = Object.entries(isObject(one) ? one : {});
    for (const [scheme, scopes] of entries) {
      if (!securitySchemes.has(scheme))
        rejections.add(at(place, scheme), 'this security scheme is not there; add it to components/securitySchemes');
      else if (!isArray(scopes) || !scopes.every((scope) => typeof scope === 'string'))
        rejections.add(at(place, scheme), 'expected a list of scopes; write `[]` for none');
    }
    return Object.fromEntries(entries.map(([scheme, scopes]) => [scheme, isArray(scopes) ? scopes.map(String) : []]));
  });
  const isPlain =
    security.length <= 1 &&
    security.every((one) => {
      const [scopes, ...others] = Object.values(one);
      return others.length === 0 && scopes?.length === 0;
    });
  if (isServed && !isPlain)
    rejections.add(
      pointer,
      'our services check one bearer without scopes; write `[{ <its name>: [] }]`, or `[]` for an open operation',
    );
  return security.every((one) => Object.keys(one).length > 0) && security.length > 0 ? security : undefined;
}
