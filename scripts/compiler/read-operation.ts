import type { ComponentReader } from './component-reader.ts';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import { suggestedId } from './names.ts';
import type { OperationModel, ParameterModel, RequestBodyModel, Security, Shared, Status } from './operation.ts';
import { namesIn } from './path-template.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

interface Place {
  readonly json: JsonObject;
  /** The path item around the operation. */
  readonly item: JsonObject;
  readonly method: OperationModel['method'];
  readonly path: string;
  readonly pointer: string;
  readonly security: Security | undefined;
  readonly reader: ComponentReader;
}

/** Names that every object has, or that make a promise of one. */
const TAKEN = new Set(['then', ...Object.getOwnPropertyNames(Object.prototype)]);

/** Nothing where the operation takes a body that is no JSON: it is left out of a foreign document. */
export function readOperation(place: Place): OperationModel | undefined {
  const { json, method, path, security } = place;
  const text = (key: string) => {
    const value = own(json, key);
    return typeof value === 'string' ? value : '';
  };
  const body = readRequestBody(place);
  if (body === 'left out') return undefined;
  return {
    id: readId(place),
    method,
    path,
    summary: text('summary'),
    description: text('description'),
    deprecated: own(json, 'deprecated') === true,
    ...(security && { security }),
    parameters: readParameters(place),
    ...(body && { requestBody: body }),
    responses: readResponses(place),
  };
}

/** The operationId, by which handler and client function are named; one that is missing is made of method and path. */
function readId({ json, method, path, pointer, reader }: Place): string {
  const id = own(json, 'operationId');
  const suggested = suggestedId(typeof id === 'string' ? id : `${method} ${path}`);
  if (id === undefined && !reader.isServed) return suggested;
  if (typeof id === 'string' && /^[A-Za-z][A-Za-z0-9_.-]*$/.test(id) && !TAKEN.has(id)) return id;
  reader.rejections.add(
    at(pointer, 'operationId'),
    `handler and client function are named by it: letters, digits, - _ . and no name of JavaScript; write ${suggested}`,
  );
  return suggested;
}

function readParameters({ json, item, path, pointer, reader }: Place): Shared<ParameterModel>[] {
  const itemPointer = pointer.slice(0, pointer.lastIndexOf('/'));
  const direct = parameterList(own(json, 'parameters'), at(pointer, 'parameters'), reader);
  const inherited = parameterList(own(item, 'parameters'), at(itemPointer, 'parameters'), reader);
  const replaced = new Set(direct.map(({ value }) => keyOf(value)));
  const parameters = [...inherited.filter(({ value }) => !replaced.has(keyOf(value))), ...direct];
  const named = new Set(parameters.filter(({ value }) => value.in === 'path').map(({ value }) => value.name));
  for (const name of namesIn(path)) {
    if (!named.delete(name))
      reader.rejections.add(pointer, `{${name}} of the path has no parameter; add one with in: path`);
  }
  for (const name of named) reader.rejections.add(at(pointer, 'parameters'), `the path has no {${name}}`);
  return parameters;
}

/** Header names are the same in any case. */
const keyOf = ({ in: place, name }: ParameterModel) => `${place} ${place === 'header' ? name.toLowerCase() : name}`;

function parameterList(json: Json | undefined, pointer: string, reader: ComponentReader): Shared<ParameterModel>[] {
  const seen = new Set<string>();
  return (isArray(json) ? json : []).flatMap((item, index) => {
    const found = reader.part('parameters', item, at(pointer, index));
    if (found === undefined) return [];
    if (seen.has(keyOf(found.value)))
      reader.rejections.add(at(pointer, index), `\`${found.value.name}\` is there twice`);
    seen.add(keyOf(found.value));
    return [found];
  });
}

function readRequestBody({ json, method, pointer, reader }: Place): RequestBodyModel | 'left out' | undefined {
  const body = own(json, 'requestBody');
  if (body === undefined) return undefined;
  if (method === 'get' || method === 'delete') {
    reader.rejections.add(
      at(pointer, 'requestBody'),
      `a body of ${method.toUpperCase()} has no meaning (RFC 9110); use parameters or post`,
    );
  }
  const found = reader.part('requestBodies', body, at(pointer, 'requestBody'));
  if (found === undefined || found.value !== undefined) return found?.value;
  return reader.leaveOut(pointer, 'a request body that is no JSON is not compiled; serve the operation beside the app')
    ? 'left out'
    : undefined;
}

function readResponses({ json, pointer, reader }: Place): OperationModel['responses'] {
  const responses = own(json, 'responses');
  const statuses = isObject(responses) ? Object.keys(responses).filter((key) => !key.startsWith('x-')) : [];
  if (!isObject(responses) || statuses.length === 0) {
    reader.rejections.add(at(pointer, 'responses'), 'an operation needs at least one response');
    return [];
  }
  if (!statuses.some((status) => /^2[0-9]{2}$/.test(status)))
    reader.rejections.add(at(pointer, 'responses'), 'no success; write each of them by its number, as `200`');
  return statuses.flatMap((key) => {
    const where = at(at(pointer, 'responses'), key);
    const response = reader.part('responses', own(responses, key), where);
    const status = statusOf(key);
    if (status === undefined || response === undefined) return [];
    if (reader.isServed && typeof status !== 'number')
      reader.rejections.add(
        where,
        `a server says which status it means; write each by its number instead of \`${key}\``,
      );
    const empty = /^(1..|204|205|304)$/.test(key);
    if (empty && response.value.body) reader.rejections.add(where, `a ${key} has no body; remove its content`);
    return [{ status, response }];
  });
}

/** Nothing for what was rejected with the keys. */
function statusOf(key: string): Status | undefined {
  if (/^[1-5][0-9]{2}$/.test(key)) return Number(key);
  return key === 'default' || key === '1XX' || key === '3XX' || key === '4XX' || key === '5XX' ? key : undefined;
}
