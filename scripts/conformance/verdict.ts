import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, listAt, objectOr, own } from '../compiler/json.ts';
import { type ResponseText, valueAt } from './document.ts';
import type { Flaw } from './judge.ts';
import type { Request, Target } from './request.ts';
import type { Answer } from './send.ts';

/** Why an answer is not what the document promises for this request; undefined where it is. */
export function undocumented(request: Request, answer: Answer, target: Target): string | undefined {
  const { operation, expected } = request;
  const form =
    operation === undefined
      ? plainRejection(request, answer, target)
      : documentedForm(request, operation.responses, answer, target);
  if (form !== undefined) return form;
  if (answer.status === 500) return `500 without a fault: ${answer.body}`;
  if (expected.kind === 'refusal') {
    if (!expected.statuses.includes(answer.status))
      return `expected ${expected.statuses.join(' or ')}, got ${describe(answer)}`;
    return wrongAllow(expected.allow, answer) ?? (expected.at && wrongPlaces(expected.at, answer));
  }
  const isFinal = answer.status < 300 || (operation !== undefined && VERDICTS.has(answer.status));
  return isFinal || answer.status === 503 || isOwnRejection(request, answer, target)
    ? undefined
    : `a valid request got ${describe(answer)}`;
}

/** A handler may answer these statuses to a valid request, where its operation documents them. */
const VERDICTS: ReadonlySet<number> = new Set([404, 409, 410]);

const describe = ({ status, body }: Answer) => `${status} ${body.slice(0, 300)}`;

function documentedForm(
  { method }: Request,
  responses: ReadonlyMap<number, ResponseText>,
  answer: Answer,
  { judge }: Target,
): string | undefined {
  const documented = responses.get(answer.status);
  if (documented === undefined) return `the status ${describe(answer)} is not documented`;
  for (const field of documented.headers) {
    const text = answer.headers[field.name.toLowerCase()];
    if (text === undefined && field.required) return `${answer.status} without ${field.name}`;
    if (typeof text === 'string' && !judge.acceptsTexts(field, [text]))
      return `${answer.status} with ${field.name}: ${text}`;
  }
  if (method === 'HEAD') return answer.body === '' ? undefined : `${describe(answer)}: a body in answer to HEAD`;
  if (documented.content.size === 0)
    return answer.body === '' ? undefined : `${describe(answer)}: no body is documented`;
  const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  if (!documented.content.has(type)) return `the media type ${type} of ${answer.status} is not documented`;
  const schema = documented.content.get(type);
  const json = parsed(answer.body);
  if (json === undefined) return `${describe(answer)} is no JSON`;
  const flaws = schema === undefined ? [] : judge.flawsOfAnswer(schema, json);
  if (flaws.length > 0)
    return `${describe(answer)} breaks its schema at ${flaws.map(({ path }) => path || '/').join(', ')}`;
  return otherText(documented.examples, answer);
}

function otherText(examples: readonly Json[], answer: Answer): string | undefined {
  if (!EXACT.has(answer.status) || examples.length === 0) return undefined;
  const json = parsed(answer.body);
  const isExample = examples.some((one) => isDeepStrictEqual(one, json));
  return isExample ? undefined : `${describe(answer)} is none of the documented examples`;
}

/** Callers tell the causes of these by their text, so the examples are the texts. */
const EXACT: ReadonlySet<number> = new Set([401, 403]);

/** Judges an error that no operation documents: 404, 405, and a rejection before the path is read. */
function plainRejection({ method }: Request, answer: Answer, { operations }: Target): string | undefined {
  if (!answer.headers['x-request-id']) return `${answer.status} without X-Request-Id`;
  const json = parsed(answer.body);
  const isError = isObject(json) && typeof own(json, 'error') === 'string';
  if (method === 'HEAD') return undefined;
  const examples = operations.flatMap(({ responses }) => responses.get(answer.status)?.examples ?? []);
  return isError ? otherText(examples, answer) : `${describe(answer)} is no error body`;
}

function wrongAllow(expected: readonly string[] | undefined, { status, headers }: Answer): string | undefined {
  if (expected === undefined) return undefined;
  const listed = String(headers.allow ?? '')
    .split(/, */)
    .sort()
    .join(', ');
  return listed === expected.join(', ')
    ? undefined
    : `${status} with Allow: ${listed}, expected ${expected.join(', ')}`;
}

/** Each fault that is named is one that the judge found, and at least one is named. */
function wrongPlaces(places: readonly Flaw[], answer: Answer): string | undefined {
  const named = pathsOf(answer);
  if (named.length === 0) return `${describe(answer)} names no place`;
  const stray = named.find((path) => !places.some((place) => covers(place, path)));
  const expected = places.map(({ path }) => path).join(', ');
  return stray === undefined ? undefined : `${describe(answer)} names ${stray}, but the fault is at ${expected}`;
}

const covers = ({ path, orBelow }: Flaw, named: string) => named === path || (orBelow && named.startsWith(`${path}/`));

function pathsOf(answer: Answer): string[] {
  return listAt(objectOr(parsed(answer.body)), 'details').map((one) => String(own(objectOr(one), 'path')));
}

/** The two documented rejections of a request that its schema allows: a key used twice, and an id that does not exist. */
function isOwnRejection(request: Request, answer: Answer, { listable }: Target): boolean {
  const paths = answer.status === 422 ? pathsOf(answer) : [];
  return (
    paths.length > 0 &&
    paths.every((path) => {
      if (path === '/header/Idempotency-Key') return request.headers['idempotency-key'] !== undefined;
      const value = path.startsWith('/body/') ? valueAt(request.json ?? null, path.slice('/body'.length)) : undefined;
      return /^\/body\/\w+\/\d+$/.test(path) && typeof value === 'string' && !listable.includes(value);
    })
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
