import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import type { OperationModel, ParameterModel, Shared } from './operation.ts';
import type { Parts } from './parts.ts';
import { namesIn } from './path-template.ts';
import { readFlag, readParameter } from './read-parameter.ts';
import { readJsonContent, readResponse } from './read-response.ts';
import { innerSchemas, type Schema } from './schema.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

interface Place {
  readonly json: JsonObject;
  /** The path item around the operation. */
  readonly item: JsonObject;
  readonly method: OperationModel['method'];
  readonly path: string;
  readonly pointer: string;
  readonly secured: boolean;
  readonly parts: Parts;
}

/** Words that a function of the generated client cannot have as its name. */
const TAKEN = new Set(['close', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']);

export function readOperation(place: Place): OperationModel {
  const { json, method, path, pointer, parts, secured } = place;
  const id = own(json, 'operationId');
  if (typeof id !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(id) || TAKEN.has(id)) {
    parts.refusals.add(
      at(pointer, 'operationId'),
      'expected a camelCase name of its own: handler and client function are named by it',
    );
  }
  const summary = own(json, 'summary');
  return {
    id: typeof id === 'string' ? id : '',
    method,
    path,
    summary: typeof summary === 'string' ? summary : '',
    secured,
    parameters: readParameters(place),
    ...readRequestBody(place),
    responses: readResponses(place),
  };
}

function readParameters({ json, item, path, pointer, parts }: Place): Shared<ParameterModel>[] {
  const itemPointer = pointer.slice(0, pointer.lastIndexOf('/'));
  const direct = parameterList(own(json, 'parameters'), at(pointer, 'parameters'), parts);
  const inherited = parameterList(own(item, 'parameters'), at(itemPointer, 'parameters'), parts);
  const replaced = new Set(direct.map(({ value }) => keyOf(value)));
  const parameters = [...inherited.filter(({ value }) => !replaced.has(keyOf(value))), ...direct];
  const named = new Set(parameters.filter(({ value }) => value.in === 'path').map(({ value }) => value.name));
  for (const name of namesIn(path)) {
    if (!named.delete(name))
      parts.refusals.add(pointer, `{${name}} of the path has no parameter; add one with in: path`);
  }
  for (const name of named) parts.refusals.add(at(pointer, 'parameters'), `the path has no {${name}}`);
  return parameters;
}

/** Header names are the same in any case. */
const keyOf = ({ in: place, name }: ParameterModel) => `${place} ${place === 'header' ? name.toLowerCase() : name}`;

function parameterList(json: Json | undefined, pointer: string, parts: Parts): Shared<ParameterModel>[] {
  const read = parts.reads('parameters', (one, where) => readParameter(one, where, parts));
  const seen = new Set<string>();
  return (isArray(json) ? json : []).flatMap((item, index) => {
    const found = parts.part('parameters', item, at(pointer, index), read);
    if (found === undefined) return [];
    if (seen.has(keyOf(found.value))) parts.refusals.add(at(pointer, index), `\`${found.value.name}\` is there twice`);
    seen.add(keyOf(found.value));
    return [found];
  });
}

function readRequestBody({ json, method, pointer, parts }: Place): Pick<OperationModel, 'requestBody'> {
  const read = parts.reads('requestBodies', (one, where) => {
    const schema = readJsonContent(own(one, 'content'), at(where, 'content'), parts);
    if (schema === undefined) parts.refusals.add(where, 'a request body needs content');
    else if (hasDefault(schema))
      parts.refusals.add(
        where,
        'a default in a body written in place is not typed; move the schema to components/schemas',
      );
    return { required: readFlag(own(one, 'required'), at(where, 'required'), parts), schema };
  });
  const body = own(json, 'requestBody');
  const found = parts.part('requestBodies', body, at(pointer, 'requestBody'), read)?.value;
  if (body !== undefined && (method === 'get' || method === 'delete')) {
    parts.refusals.add(
      at(pointer, 'requestBody'),
      `a body of ${method.toUpperCase()} has no meaning (RFC 9110); use parameters or post`,
    );
  }
  return found?.schema ? { requestBody: { required: found.required, schema: found.schema } } : {};
}

/** openapi-typescript leaves such a property optional here, and makes it certain everywhere else. */
const hasDefault = (schema: Schema): boolean =>
  (schema.kind === 'object' && schema.properties.some((property) => property.default !== undefined)) ||
  innerSchemas(schema).some(hasDefault);

function readResponses({ json, pointer, parts }: Place): OperationModel['responses'] {
  const responses = own(json, 'responses');
  if (!isObject(responses) || Object.keys(responses).length === 0) {
    parts.refusals.add(at(pointer, 'responses'), 'an operation needs at least one response');
    return [];
  }
  return Object.keys(responses).flatMap((status) => {
    const where = at(at(pointer, 'responses'), status);
    const read = parts.reads('responses', (one, place) => readResponse(one, place, parts));
    const response = parts.part('responses', own(responses, status), where, read);
    if (response === undefined) return [];
    const empty = /^(1..|204|205|304)$/.test(status);
    if (empty && response.value.body) parts.refusals.add(where, `a ${status} has no body; remove its content`);
    return [{ status: Number(status), response }];
  });
}
