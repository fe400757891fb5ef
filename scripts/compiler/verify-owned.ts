import type { DocumentModel, OperationModel } from './operation.ts';
import type { Place } from './place.ts';
import { type Components, resolve, type Schema } from './schema.ts';

/** Statuses that the runtime answers by itself, each with `{ error }`. */
const OWNED: ReadonlySet<number> = new Set([400, 401, 403, 413, 415, 421, 429, 500, 503]);

/** Rejects what a document states about the runtime's own statuses and the runtime does not send. */
export function verifyOwned({ operations, schemas }: DocumentModel, paths: Place): void {
  for (const operation of operations) {
    for (const { status, response } of operation.responses) {
      const place = paths.at(operation.path, operation.method, 'responses', status);
      if (typeof status !== 'number') continue; // Rejected where it was read.
      if (status === 405) place.reject('the runtime answers 405 to other methods of the path; remove it here');
      const sendsDetails = status === 422 && isChecked(operation);
      if (!OWNED.has(status) && !sendsDetails) continue;
      const { body } = response.value;
      if (body?.schema === undefined || !isErrorBody(body.schema, sendsDetails, schemas)) {
        place.reject(
          `the runtime answers ${status} itself, with ${sendsDetails ? WITH_DETAILS : ERROR}; describe that`,
        );
      }
    }
  }
}

const ERROR = '{ error: string }';
const WITH_DETAILS = '{ error: string, details?: [{ path: string, message: string }] }';

/** The runtime answers 422 for a body or parameter that breaks the contract. */
const isChecked = ({ requestBody, parameters }: OperationModel) => requestBody !== undefined || parameters.length > 0;

function isErrorBody(schema: Schema, sendsDetails: boolean, schemas: Components): boolean {
  const error = propertiesOf(schema, schemas, ['error']);
  if (error === undefined || !isPlainString(error.get('error'), schemas)) return false;
  if (!sendsDetails) return true;
  const details = resolve(error.get('details') ?? { kind: 'null' }, schemas);
  if (details?.kind !== 'array' || !isLoose(details)) return false;
  const fault = propertiesOf(details.items, schemas, ['path', 'message']);
  return ['path', 'message'].every((name) => isPlainString(fault?.get(name), schemas));
}

/** The properties of an object that needs no other than these. */
function propertiesOf(schema: Schema, schemas: Components, sent: readonly string[]): Map<string, Schema> | undefined {
  const object = resolve(schema, schemas);
  if (object?.kind !== 'object' || object.rules) return undefined;
  const { properties } = object;
  const needsMore = properties.some(({ name, required }) => required && !sent.includes(name));
  return needsMore ? undefined : new Map(properties.map((property) => [property.name, property.schema]));
}

function isPlainString(schema: Schema | undefined, schemas: Components): boolean {
  const found = schema && resolve(schema, schemas);
  return found?.kind === 'string' && isLoose(found);
}

/** Lists and strings that the runtime sends have at least one element or character. */
const isLoose = ({ rules = [] }: Schema): boolean =>
  rules.every(({ name, values = [] }) => /^min(Items|Length)$/.test(name) && Number(values[0]) <= 1);
