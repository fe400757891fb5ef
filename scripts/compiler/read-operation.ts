import { isObject } from './json.ts';
import { isOperationId, suggestedId } from './names.ts';
import type { OperationModel, ParameterModel, RequestBodyModel, Security, Shared, Status } from './operation.ts';
import { namesIn } from './path-template.ts';
import type { Place } from './place.ts';
import type { ComponentReader } from './read-parts.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

interface Around {
  readonly place: Place;
  /** The path item around the operation. */
  readonly item: Place;
  readonly method: OperationModel['method'];
  readonly path: string;
  readonly security: Security | undefined;
  readonly reader: ComponentReader;
}

/** Nothing where the operation takes a body that is no JSON: it is left out of a foreign document. */
export function readOperation(around: Around): OperationModel | undefined {
  const { place, method, path, security } = around;
  const body = readRequestBody(around);
  if (body === 'left out') return undefined;
  return {
    id: readId(around),
    method,
    path,
    summary: place.at('summary').text ?? '',
    description: place.at('description').text ?? '',
    deprecated: place.at('deprecated').json === true,
    ...(security && { security }),
    parameters: readParameters(around),
    ...(body && { requestBody: body }),
    responses: readResponses(around),
  };
}

/** The operationId, by which handler and client function are named; one that is missing is made of method and path. */
function readId({ place, method, path }: Around): string {
  const id = place.at('operationId');
  const suggested = suggestedId(id.text ?? `${method} ${path}`);
  if (id.isAbsent && !id.rejections.isServed) return suggested;
  if (id.text !== undefined && isOperationId(id.text)) return id.text;
  id.reject(`it names functions: letters, digits, - _ . and no name of JavaScript; write ${suggested}`);
  return suggested;
}

function readParameters({ place, item, path, reader }: Around): Shared<ParameterModel>[] {
  const direct = parameterList(place.at('parameters'), reader);
  const inherited = parameterList(item.at('parameters'), reader);
  const replacing = new Map(direct.map(({ value }) => [keyOf(value), value.name]));
  for (const { value } of inherited) {
    if ((replacing.get(keyOf(value)) ?? value.name) !== value.name)
      place.at('parameters').reject(`write \`${value.name}\` as the path does: it is the same header in any case`);
  }
  const parameters = [...inherited.filter(({ value }) => !replacing.has(keyOf(value))), ...direct];
  const named = new Set(parameters.filter(({ value }) => value.in === 'path').map(({ value }) => value.name));
  for (const name of namesIn(path)) {
    if (!named.delete(name)) place.reject(`{${name}} of the path has no parameter; add one with in: path`);
  }
  for (const name of named) place.at('parameters').reject(`the path has no {${name}}`);
  return parameters;
}

/** Header names are the same in any case. */
const keyOf = ({ in: place, name }: ParameterModel) => `${place} ${place === 'header' ? name.toLowerCase() : name}`;

function parameterList(place: Place, reader: ComponentReader): Shared<ParameterModel>[] {
  const seen = new Set<string>();
  return place.list().flatMap((inner) => {
    const found = reader.part('parameters', inner);
    if (found === undefined) return [];
    if (seen.has(keyOf(found.value))) inner.reject(`\`${found.value.name}\` is there twice`);
    seen.add(keyOf(found.value));
    return [found];
  });
}

function readRequestBody({ place, method, reader }: Around): RequestBodyModel | 'left out' | undefined {
  const body = place.at('requestBody');
  if (body.isAbsent) return undefined;
  if (method === 'get' || method === 'delete')
    body.reject(`a body of ${method.toUpperCase()} has no meaning (RFC 9110); use parameters or post`);
  const found = reader.part('requestBodies', body);
  if (found === undefined || found.value !== undefined) return found?.value;
  const isLeftOut = place.leaveOut(
    'a request body that is no JSON is not compiled; serve the operation beside the app',
  );
  return isLeftOut ? 'left out' : undefined;
}

function readResponses({ place, reader }: Around): OperationModel['responses'] {
  const responses = place.at('responses');
  const entries = responses.entries.filter(([key]) => !key.startsWith('x-'));
  if (!isObject(responses.json) || entries.length === 0) {
    responses.reject('an operation needs at least one response');
    return [];
  }
  if (!entries.some(([status]) => /^2[0-9]{2}$/.test(status)))
    responses.reject('no success; write each of them by its number, as `200`');
  return entries.flatMap(([key, inner]) => {
    const response = reader.part('responses', inner);
    const status = statusOf(key);
    if (status === undefined || response === undefined) return [];
    if (inner.rejections.isServed && typeof status !== 'number')
      inner.reject(`a server says which status it means; write each by its number instead of \`${key}\``);
    if (/^(204|205|304)$/.test(key) && response.value.body) inner.reject(`a ${key} has no body; remove its content`);
    return [{ status, response }];
  });
}

/** Nothing for what was rejected with the keys. */
const statusOf = (key: string): Status | undefined =>
  /^[2-5][0-9]{2}$/.test(key) ? Number(key) : (['default', '3XX', '4XX', '5XX'] as const).find((one) => one === key);
