import { isObject, type JsonObject, own } from '../compiler/json.ts';
import { type FieldText, type OperationText, operationsOf, valueAt } from '../conformance/document.ts';
import { compareSchemas, type Direction } from './compare-schemas.ts';

/** A change that a peer which is still of the older version notices. */
export interface Breaking {
  readonly operation: string;
  /** What changed, and what that means to the other side, in plain words. */
  readonly message: string;
}

/** What in a document breaks those who still speak an older one. */
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

function compareOperations(was: Side, is: Side, report: Report): void {
  const [old, now] = [was.operation, is.operation];
  if (old.path !== now.path) report(`the path ${old.path} became ${now.path}`, 'an old caller gets 404');
  else if (old.method !== now.method) report(`${old.method} became ${now.method}`, 'an old caller gets 405');
  if (!old.secured && now.secured) report('the secret is now needed', 'an old caller gets 401');
  for (const parameter of now.parameters) compareParameter(was, is, parameter, report);
  for (const parameter of old.parameters) {
    if (now.parameters.some((one) => sameField(one, parameter))) continue;
    report(`the ${parameter.in} parameter ${parameter.name} was removed`, 'what an old caller says there is ignored');
  }
  if (old.body !== undefined && now.body === undefined)
    report('the body was removed', 'what an old caller says there is ignored');
  if (now.body !== undefined) {
    if (now.body.required && old.body?.required !== true) report('a body is now needed', 'an old caller gets 422');
    if (old.body) compare('sent', was, is, old.body.schema, now.body.schema, report);
  }
  for (const [status, response] of old.responses) {
    const other = now.responses.get(status);
    if (other === undefined) {
      if (status < 300) report(`${status} was removed`, 'an old caller waits for it in vain');
      continue;
    }
    for (const header of response.headers) {
      const still = other.headers.some((one) => one.name.toLowerCase() === header.name.toLowerCase() && one.required);
      if (header.required && !still)
        report(`the header ${header.name} of ${status} is no longer certain`, 'an old caller may miss it');
    }
    for (const [type, schema] of response.content) {
      const next = other.content.get(type);
      if (next === undefined) report(`${status} no longer has ${type}`, 'an old caller cannot read the answer');
      else if (schema !== undefined) compare('answered', was, is, schema, next, report);
    }
  }
  for (const status of now.responses.keys()) {
    if (status < 300 && !old.responses.has(status))
      report(`${status} is new`, 'an old caller does not take it for a success');
  }
}

const sameField = (one: FieldText, other: FieldText): boolean =>
  one.in === other.in && one.name.toLowerCase() === other.name.toLowerCase();

function compareParameter(was: Side, is: Side, parameter: FieldText, report: Report): void {
  const before = was.operation.parameters.find((one) => sameField(one, parameter));
  if (parameter.required && before?.required !== true)
    report(`the ${parameter.in} parameter ${parameter.name} is now needed`, 'an old caller gets 422');
  if (before) compare('sent', was, is, before.schema, parameter.schema, report, parameter.name);
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

/** The component that a schema is, as people call it. */
function nameOf(document: JsonObject, pointer: string): string | undefined {
  const schema = valueAt(document, pointer);
  const ref = isObject(schema) ? own(schema, '$ref') : undefined;
  return typeof ref === 'string' ? ref.slice(ref.lastIndexOf('/') + 1) : undefined;
}
