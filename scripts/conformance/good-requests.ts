import fc from 'fast-check';
import { isArray } from '../compiler/json.ts';
import type { FieldText, OperationText } from './document.ts';
import { operationsAt } from './paths.ts';
import { ANSWER, byteLength, type Request, type Target } from './request.ts';
import { valuesOf } from './values.ts';

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
  const media = body?.media ?? '';
  const spellings = fc.constantFrom(media, `${media}; charset=utf-8`, media.toUpperCase());
  const fields = operation.parameters.map((field) =>
    fc.tuple(
      fc.constant(field),
      // Not an option that is nearly always there: shrinking would leave it out.
      field.required ? textsOf(target, field) : fc.option(textsOf(target, field), { nil: undefined, freq: 3 }),
    ),
  );
  return fc
    .tuple(json, fc.tuple(...fields), spellings, fc.uuid(), fc.boolean())
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
      return given.reduce((one, [field, texts]) => (texts === undefined ? one : withField(one, field, texts)), request);
    })
    .filter(({ path }) => operationsAt(target.operations, path).includes(operation));
}

/** The text of a parameter, or those of a list, that survive the wire: HTTP trims them. */
const textsOf = ({ document, judge, known }: Target, field: FieldText): fc.Arbitrary<readonly string[]> =>
  valuesOf(document, field.schema, known)
    .map((value) => (isArray(value) ? value.map(String) : [String(value)]))
    .filter(
      (texts) => texts.length > 0 && texts.every((one) => survives(one, field)) && judge.acceptsTexts(field, texts),
    );

function survives(text: string, { in: place }: FieldText): boolean {
  if (!/^[\x20-\x7e]*$/.test(text) || text !== text.trim()) return false;
  // An empty segment matches no template, and dots are resolved before a path is matched.
  return place !== 'path' || !['', '.', '..'].includes(text);
}

/** A list is repeated in a query and joined by commas elsewhere, as OpenAPI's default styles are. */
export function withField(request: Request, { in: place, name }: FieldText, texts: readonly string[]): Request {
  const joined = texts.join(',');
  if (place === 'header') return { ...request, headers: { ...request.headers, [name.toLowerCase()]: joined } };
  if (place === 'path') {
    const encoded = texts.map(encodeURIComponent).join(',');
    return { ...request, path: request.path.replace(`{${name}}`, () => encoded) };
  }
  const [pathname, query = ''] = request.path.split('?');
  const mine = `${encodeURIComponent(name)}=`;
  const others = query.split('&').filter((pair) => pair !== '' && !pair.startsWith(mine));
  const pairs = [...others, ...texts.map((text) => mine + encodeURIComponent(text))];
  return { ...request, path: `${pathname}?${pairs.join('&')}` };
}
