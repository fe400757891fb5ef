import type { ComponentReader } from './component-reader.ts';
import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import type { OperationModel, ParameterModel, Shared } from './operation.ts';
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
  readonly reader: ComponentReader;
}

/** Words that a function of the generated client cannot have as its name. */
const TAKEN = new Set(['close', 'constructor', 'toString', 'valueOf', 'hasOwnProperty']);

export function readOperation(place: Place): OperationModel {
  const { json, method, path, pointer, reader, secured } = place;
  const id = own(json, 'operationId');
  if (typeof id !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(id) || TAKEN.has(id)) {
    reader.rejections.add(
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
  const read = reader.reads('parameters', (one, where) => readParameter(one, where, reader));
  const seen = new Set<string>();
  return (isArray(json) ? json : []).flatMap((item, index) => {
    const found = reader.part('parameters', item, at(pointer, index), read);
    if (found === undefined) return [];
    if (seen.has(keyOf(found.value)))
      reader.rejections.add(at(pointer, index), `\`${found.value.name}\` is there twice`);
    seen.add(keyOf(found.value));
    return [found];
  });
}

function readRequestBody({ json, method, pointer, reader }: Place): Pick<OperationModel, 'requestBody'> {
  const read = reader.reads('requestBodies', (one, where) => {
    const schema = readJsonContent(own(one, 'content'), at(where, 'content'), reader);
    if (schema === undefined) reader.rejections.add(where, 'a request body needs content');
    else if (hasDefault(schema))
      reader.rejections.add(
        where,
        'a default in a body written in place is not typed; move the schema to components/schemas',
      );
    return { required: readFlag(own(one, 'required'), at(where, 'required'), reader), schema };
  });
  const body = own(json, 'requestBody');
  const found = reader.part('requestBodies', body, at(pointer, 'requestBody'), read)?.value;
  if (body !== undefined && (method === 'get' || method === 'delete')) {
    reader.rejections.add(
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

function readResponses({ json, pointer, reader }: Place): OperationModel['responses'] {
  const responses = own(json, 'responses');
  if (!isObject(responses) || Object.keys(responses).length === 0) {
    reader.rejections.add(at(pointer, 'responses'), 'an operation needs at least one response');
    return [];
  }
  return Object.keys(responses).flatMap((status) => {
    const where = at(at(pointer, 'responses'), status);
    const read = reader.reads('responses', (one, place) => readResponse(one, place, reader));
    const response = reader.part('responses', own(responses, status), where, read);
    if (response === undefined) return [];
    const empty = /^(1..|204|205|304)$/.test(status);
    if (empty && response.value.body) reader.rejections.add(where, `a ${status} has no body; remove its content`);
    return [{ status: Number(status), response }];
  });
}
