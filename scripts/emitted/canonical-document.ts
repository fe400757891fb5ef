import { isArray, isObject, type Json, type JsonObject, own } from '../compiler/json.ts';
import { canonicalSchema, type Reading } from './canonical-schema.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The parts of a document by which two spellings of one contract are compared. */
export function canonicalDocument(
  document: JsonObject,
  readings: { readonly request: Reading; readonly response: Reading },
): JsonObject {
  const operations: Record<string, Json> = {};
  for (const [path, item] of Object.entries(objectOf(document, 'paths'))) {
    for (const method of METHODS) {
      const operation = isObject(item) ? own(item, method) : undefined;
      if (!isObject(item) || !isObject(operation)) continue;
      operations[`${method.toUpperCase()} ${path}`] = {
        operationId: own(operation, 'operationId') ?? null,
        secured: isSecured(operation, document),
        parameters: parametersOf(document, item, operation, readings.request),
        requestBody: bodyOf(document, own(operation, 'requestBody'), readings.request),
        responses: responsesOf(document, operation, readings),
      };
    }
  }
  return operations;
}

const objectOf = (json: JsonObject, key: string): JsonObject => {
  const value = own(json, key);
  return isObject(value) ? value : {};
};

/** Global security counts where the operation does not say. */
function isSecured(operation: JsonObject, document: JsonObject): boolean {
  const security = own(operation, 'security') ?? own(document, 'security');
  return isArray(security) && security.length > 0;
}

function resolved(document: JsonObject, json: Json | undefined): JsonObject {
  if (!isObject(json)) return {};
  const ref = own(json, '$ref');
  if (typeof ref !== 'string') return json;
  let at: Json | undefined = document;
  for (const step of ref.slice(2).split('/')) at = isObject(at) ? own(at, step) : undefined;
  return isObject(at) ? at : {};
}

function parametersOf(document: JsonObject, item: JsonObject, operation: JsonObject, reading: Reading): JsonObject {
  const found: Record<string, Json> = {};
  for (const holder of [item, operation]) {
    const list = own(holder, 'parameters');
    for (const json of isArray(list) ? list : []) {
      const parameter = resolved(document, json);
      const place = String(own(parameter, 'in'));
      const name = String(own(parameter, 'name'));
      found[`${place} ${place === 'header' ? name.toLowerCase() : name}`] = field(parameter, reading);
    }
  }
  return found;
}

const field = (json: JsonObject, reading: Reading): Json => ({
  required: own(json, 'required') === true,
  schema: canonicalSchema(own(json, 'schema'), reading),
});

function bodyOf(document: JsonObject, json: Json | undefined, reading: Reading): Json {
  if (json === undefined) return null;
  const body = resolved(document, json);
  return { required: own(body, 'required') === true, content: contentOf(body, reading) };
}

const contentOf = (json: JsonObject, reading: Reading): Json =>
  Object.fromEntries(
    Object.entries(objectOf(json, 'content')).map(([type, media]) => [
      type,
      canonicalSchema(isObject(media) ? own(media, 'schema') : undefined, reading),
    ]),
  );

function responsesOf(
  document: JsonObject,
  operation: JsonObject,
  readings: { readonly request: Reading; readonly response: Reading },
): Json {
  const found: Record<string, Json> = {};
  for (const [status, json] of Object.entries(objectOf(operation, 'responses'))) {
    const response = resolved(document, json);
    const headers: Record<string, Json> = {};
    for (const [name, header] of Object.entries(objectOf(response, 'headers'))) {
      headers[name.toLowerCase()] = field(resolved(document, header), readings.request);
    }
    found[status] = { headers, content: contentOf(response, readings.response) };
  }
  return found;
}
