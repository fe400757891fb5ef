import fc from 'fast-check';
import type { FieldText, OperationText } from './document.ts';
import { ANSWER, byteLength, type Request, type Target } from './request.ts';
import { valuesOf } from './values.ts';

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON'];

/** Good requests of an operation; every other kind starts from one. */
export function goodRequests(target: Target, operation: OperationText): fc.Arbitrary<Request> {
  const { document, judge, known, secret } = target;
  const { body } = operation;
  const json =
    body === undefined
      ? fc.constant(undefined)
      : valuesOf(document, body.schema, known).filter(
          (value) => judge.flawsOfRequest(body.schema, value).length === 0 && byteLength(value) < 60_000,
        );
  const fields = operation.parameters.map((field) =>
    fc.tuple(fc.constant(field), fc.option(textOf(target, field), { nil: undefined, freq: field.required ? 1e9 : 3 })),
  );
  return fc
    .tuple(json, fc.tuple(...fields), fc.constantFrom(...JSON_TYPES), fc.uuid(), fc.boolean())
    .map(([value, given, type, requestId, chunked]) => {
      const request: Request = {
        what: 'a good request',
        operation,
        method: operation.method,
        path: operation.path,
        headers: {
          'x-request-id': requestId,
          ...(operation.secured && { authorization: `Bearer ${secret}` }),
          ...(body && { 'content-type': type }),
        },
        expected: ANSWER,
        ...(value !== undefined && { json: value, body: JSON.stringify(value), chunked }),
      };
      return given.reduce((one, [field, text]) => (text === undefined ? one : withField(one, field, text)), request);
    });
}

/** Texts of a parameter that survive the wire: HTTP trims them. */
const textOf = ({ document, judge, known }: Target, field: FieldText): fc.Arbitrary<string> =>
  valuesOf(document, field.schema, known)
    .map(String)
    .filter((text) => isWireText(text) && judge.acceptsText(field, text));
const isWireText = (text: string) => /^[\x20-\x7e]*$/.test(text) && text === text.trim();

export function withField(request: Request, { in: place, name }: FieldText, text: string): Request {
  if (place === 'header') return { ...request, headers: { ...request.headers, [name.toLowerCase()]: text } };
  if (place === 'path') return { ...request, path: request.path.replace(`{${name}}`, encodeURIComponent(text)) };
  const joined = request.path.includes('?') ? '&' : '?';
  return { ...request, path: `${request.path}${joined}${encodeURIComponent(name)}=${encodeURIComponent(text)}` };
}
