import { type JsonObject, objectOr, own } from '../compiler/json.ts';
import { namesIn } from '../compiler/path-template.ts';
import {
  type FieldText,
  fieldKey,
  type OperationText,
  operationsOf,
  type ResponseText,
  valueAt,
} from '../conformance/document.ts';
import { compareSchemas } from './compare-schemas.ts';
import type { Direction } from './side.ts';

/** A change that affects a peer of the older version. */
export interface Breaking {
  readonly operation: string;
  /** The change, and its effect on the other side. */
  readonly message: string;
}

/** The changes of a document that break peers of an older one. */
export function breakingChanges(was: JsonObject, is: JsonObject): Breaking[] {
  const now = new Map(operationsOf(is).map((operation) => [operation.id, operation]));
  return operationsOf(was).flatMap((old) => {
    const found: Breaking[] = [];
    const report = (what: string, meaning: string) => {
      const message = `${what}: ${meaning}`;
      if (!found.some((one) => one.message === message)) found.push({ operation: old.id, message });
    };
    const operation = now.get(old.id);
    if (operation === undefined) report(`${old.method} ${old.path} was removed`, 'an old caller gets 404');
    else compareOperations({ document: was, operation: old }, { document: is, operation }, report);
    return found;
  });
}

interface Side {
  readonly document: JsonObject;
  readonly operation: OperationText;
}
type Report = (what: string, meaning: string) => void;
const IGNORED = 'what an old caller sends there is ignored';

function compareOperations(was: Side, is: Side, report: Report): void {
  const [old, now] = [was.operation, is.operation];
  if (shapeOf(old.path) !== shapeOf(now.path))
    report(`the path ${old.path} became ${now.path}`, 'an old caller gets 404');
  else if (old.method !== now.method) report(`${old.method} became ${now.method}`, 'an old caller gets 405');
  if (!old.secured && now.secured) report('the secret is now needed', 'an old caller gets 401');
  if (old.secured && !now.secured) report('the secret is no longer needed', 'everybody can call it');
  compareParameters(was, is, report);
  if (old.body !== undefined && now.body === undefined) report('the body was removed', IGNORED);
  if (now.body !== undefined) {
    if (now.body.required && old.body?.required !== true) report('a body is now needed', 'an old caller gets 422');
    if (old.body && old.body.media !== now.body.media)
      report(`the body became ${now.body.media}`, 'an old caller gets 415');
    if (old.body) compare('sent', was, is, old.body.schema, now.body.schema, report);
  }
  for (const [status, response] of old.responses) {
    const other = now.responses.get(status);
    if (other !== undefined) compareResponses(status, [was, response], [is, other], report);
    else if (status < 300) report(`${status} was removed`, 'an old caller waits for it in vain');
  }
  for (const status of now.responses.keys()) {
    if (status < 300 && !old.responses.has(status))
      report(`${status} is new`, 'an old caller does not take it for a success');
  }
}

/** The names in a path are the document's own: callers send only what stands in their place. */
const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');

function compareParameters(was: Side, is: Side, report: Report): void {
  const before = new Map(was.operation.parameters.map((one) => [placeOf(one, was.operation), one]));
  const after = new Map(is.operation.parameters.map((one) => [placeOf(one, is.operation), one]));
  for (const [place, parameter] of after) {
    const old = before.get(place);
    if (parameter.required && old?.required !== true)
      report(`the ${parameter.in} parameter ${parameter.name} is now needed`, 'an old caller gets 422');
    if (old) compare('sent', was, is, old.schema, parameter.schema, report, parameter.name);
  }
  for (const [place, parameter] of before) {
    if (!after.has(place)) report(`the ${parameter.in} parameter ${parameter.name} was removed`, IGNORED);
  }
}

function placeOf(field: FieldText, { path }: OperationText): string {
  return field.in === 'path' ? `path ${namesIn(path).indexOf(field.name)}` : fieldKey(field);
}

function compareResponses(
  status: number,
  [was, old]: readonly [Side, ResponseText],
  [is, now]: readonly [Side, ResponseText],
  report: Report,
): void {
  for (const header of old.headers) {
    const still = now.headers.find((one) => fieldKey(one) === fieldKey(header));
    if (header.required && !still?.required)
      report(`the header ${header.name} of ${status} is no longer certain`, 'an old caller may miss it');
    if (still) compare('answered', was, is, header.schema, still.schema, report, `${header.name} of ${status}`);
  }
  for (const [type, schema] of old.content) {
    const next = now.content.get(type);
    if (next === undefined) report(`${status} no longer has ${type}`, 'an old caller cannot read the answer');
    else if (schema !== undefined) compare('answered', was, is, schema, next, report);
  }
}

function compare(
  direction: Direction,
  was: Side,
  is: Side,
  old: string,
  now: string,
  report: Report,
  named?: string,
): void {
  const sides = [
    { document: was.document, schema: valueAt(was.document, old) },
    { document: is.document, schema: valueAt(is.document, now) },
  ] as const;
  const place = named ?? nameOf(is.document, now) ?? (direction === 'sent' ? 'the body' : 'the answer');
  compareSchemas(...sides, place, direction, report);
}

/** The name of the component that a schema refers to. */
function nameOf(document: JsonObject, pointer: string): string | undefined {
  const ref = own(objectOr(valueAt(document, pointer)), '$ref');
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined;
}
