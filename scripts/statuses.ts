import { at, isArray, isObject, type Json, type JsonObject, own } from './compiler/json.ts';

export interface MissingStatus {
  readonly pointer: string;
  readonly status: number;
  readonly why: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The statuses that the runtime can answer and an operation does not document. */
export function missingStatuses(document: Json): MissingStatus[] {
  const paths = isObject(document) ? own(document, 'paths') : undefined;
  if (!isObject(document) || !isObject(paths)) return [];
  const missing: MissingStatus[] = [];
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = isObject(item) ? own(item, method) : undefined;
      if (!isObject(item) || !isObject(operation)) continue;
      const responses = own(operation, 'responses');
      const pointer = at(at(at('/paths', path), method), 'responses');
      for (const [status, why] of answered(document, item, operation)) {
        if (!isObject(responses) || own(responses, String(status)) === undefined)
          missing.push({ pointer, status, why });
      }
    }
  }
  return missing;
}

/** What `runtime/` answers by itself, and when. */
function answered(document: JsonObject, item: JsonObject, operation: JsonObject): Map<number, string> {
  const statuses = new Map([
    [421, 'to a request that came through the public edge'],
    [500, 'to a fault of its own'],
  ]);
  const security = own(operation, 'security') ?? own(document, 'security');
  if (isArray(security) && security.length > 0) {
    statuses.set(401, 'to a request without the secret').set(403, 'to a wrong secret');
    statuses.set(429, 'to an address that fails to authenticate too often');
  }
  if (own(operation, 'requestBody') !== undefined) {
    statuses.set(400, 'to a body that is no JSON').set(413, 'to a body that is too long');
    statuses.set(415, 'to another media type').set(422, 'to a body that breaks the contract');
  }
  const parameters = [own(item, 'parameters'), own(operation, 'parameters')];
  if (parameters.some((list) => isArray(list) && list.length > 0)) {
    statuses.set(422, 'to a request that breaks the contract');
  }
  return statuses;
}
