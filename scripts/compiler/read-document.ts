import { ComponentReader } from './component-reader.ts';
import { digestOf } from './digest.ts';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import type { DocumentModel, OperationModel } from './operation.ts';
import { rejectAmbiguousPaths } from './path-template.ts';
import { METHODS, readOperation } from './read-operation.ts';
import { readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
import type { Schema } from './schema.ts';
import { verifySchema } from './verify-schemas.ts';
import { rejectKeys } from './walk.ts';

/** Reads the whole document; what is not compiled stands in `rejections` afterwards. */
export function readDocument(name: string, json: Json, rejections: Rejections): DocumentModel {
  rejectKeys(json, 'document', '', rejections);
  const document = isObject(json) ? json : {};
  const openapi = own(document, 'openapi');
  if (typeof openapi !== 'string' || !/^3\.1\.\d+$/.test(openapi)) rejections.add('/openapi', 'expected 3.1.x');
  const components = objectAt(document, 'components');
  const schemas = readSchemas(components, rejections);
  const reader = new ComponentReader(components, {
    rejections,
    components: objectAt(components, 'schemas'),
    inlining: new Set(),
  });
  const securedByDefault = readSecurity(own(document, 'security'), '/security', reader);
  const operations = readOperations(document, reader, securedByDefault);
  reader.readAll();
  for (const [schema, pointer] of [...schemas.entries()].map(
    ([key, value]) => [value, at('/components/schemas', key)] as const,
  )) {
    verifySchema(schema, pointer, schemas, rejections);
  }
  for (const { schema, pointer } of reader.inlineSchemas) verifySchema(schema, pointer, schemas, rejections);
  for (const { schema, pointer, mayBeList } of reader.textSchemas)
    reader.verifyText(schema, pointer, mayBeList, schemas);
  return { name, version: readVersion(document, rejections), digest: digestOf(json), schemas, operations };
}

const objectAt = (json: JsonObject, key: string): JsonObject => {
  const value = own(json, key);
  return isObject(value) ? value : {};
};

function readVersion(document: JsonObject, rejections: Rejections): string {
  const version = own(objectAt(document, 'info'), 'version');
  if (typeof version === 'string') return version;
  rejections.add('/info/version', 'expected a version as a string');
  return '';
}

/** Words that a generated module uses itself. */
const RESERVED = new Set(['Proof', 'Holds', 'Same', 'Read', 'Schemas']);

function readSchemas(components: JsonObject, rejections: Rejections): Map<string, Schema> {
  const json = objectAt(components, 'schemas');
  const schemas = new Map<string, Schema>();
  for (const name of Object.keys(json)) {
    const pointer = at('/components/schemas', name);
    const base = name.replace(/(Strict|Tolerant)$/, '');
    if (!/^[A-Z][A-Za-z0-9]*$/.test(name))
      rejections.add(pointer, 'the name becomes a constant; write it in PascalCase');
    else if (RESERVED.has(name)) rejections.add(pointer, 'generated code uses this name itself; choose another');
    else if (base !== name && Object.hasOwn(json, base))
      rejections.add(pointer, `\`${name}\` is how a form of \`${base}\` is named; choose another`);
    schemas.set(name, readSchema(own(json, name), pointer, { rejections, components: json, inlining: new Set() }));
  }
  return schemas;
}

function readOperations(document: JsonObject, reader: ComponentReader, securedByDefault: boolean): OperationModel[] {
  const { rejections } = reader;
  const paths = objectAt(document, 'paths');
  rejectAmbiguousPaths(Object.keys(paths), rejections);
  const operations: OperationModel[] = [];
  const ids = new Map<string, string>();
  for (const path of Object.keys(paths)) {
    const item = objectAt(paths, path);
    for (const method of METHODS) {
      const json = own(item, method);
      const pointer = at(at('/paths', path), method);
      if (!isObject(json)) continue;
      const secured = own(json, 'security');
      const operation = readOperation({
        json,
        item,
        method,
        path,
        pointer,
        reader,
        secured: secured === undefined ? securedByDefault : readSecurity(secured, at(pointer, 'security'), reader),
      });
      const earlier = ids.get(operation.id);
      if (earlier !== undefined)
        rejections.add(
          at(pointer, 'operationId'),
          `\`${operation.id}\` is also the operation at ${earlier}; choose another`,
        );
      ids.set(operation.id, pointer);
      operations.push(operation);
    }
  }
  if (operations.length === 0) rejections.add('/paths', 'a document without an operation has nothing to compile');
  return operations;
}

/** True for the bearer scheme, false for `[]`. */
function readSecurity(
  json: Json | undefined,
  pointer: string,
  { rejections, bearerSchemes }: ComponentReader,
): boolean {
  if (json === undefined || (isArray(json) && json.length === 0)) return false;
  const only = isArray(json) && json.length === 1 ? json[0] : undefined;
  const entries = isObject(only) ? Object.entries(only) : [];
  const [scheme, scopes] = entries[0] ?? [];
  const known =
    entries.length === 1 && scheme !== undefined && bearerSchemes.has(scheme) && isArray(scopes) && scopes.length === 0;
  if (!known)
    rejections.add(
      pointer,
      'expected `[]`, or a list with one entry: the http bearer scheme of components and no scopes',
    );
  return true;
}
