import { at, isArray, isObject, type Json, type JsonObject, own } from './compiler/json.ts';
import { operationsOf, valueAt } from './conformance/document.ts';
import { headerFaults, headersOf, referenceTo, type StatusFault } from './statuses/headers.ts';

interface Traits {
  readonly body: boolean;
  readonly parameters: boolean;
  readonly secured: boolean;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const hasBody = (traits: Traits) => traits.body;
const isSecured = (traits: Traits) => traits.secured;
/** The statuses that `runtime/` answers by itself, and their operations. A 503 may come from every handler. */
const RUNTIME: Readonly<Record<string, readonly [when: string, applies: (traits: Traits) => boolean]>> = {
  400: ['to a body that is no JSON', hasBody],
  401: ['to a request without the secret', isSecured],
  403: ['to a wrong secret', isSecured],
  405: ['to a method without an operation', () => false],
  413: ['to a body that is too long', hasBody],
  415: ['to a body of another media type', hasBody],
  421: ['to a request through the public edge', () => true],
  422: ['to a request that breaks the contract', (traits) => traits.body || traits.parameters],
  429: ['to an address that fails to authenticate too often', isSecured],
  500: ['to a fault of its own', () => true],
};
/** Handlers answer it too, also where there is nothing in a request that could break the contract. */
const SHARED = '422';

/** Whether a status is the runtime's alone, so that no test of a handler has to answer it. */
export const isRuntimeStatus = (status: number): boolean => String(status) in RUNTIME && String(status) !== SHARED;

/** Checks that every status of the runtime is documented where it can be answered, and only there. */
export function statusFaults(document: Json): StatusFault[] {
  const paths = isObject(document) ? own(document, 'paths') : undefined;
  if (!isObject(document) || !isObject(paths)) return [];
  const faults: StatusFault[] = [];
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = isObject(item) ? own(item, method) : undefined;
      if (!isObject(item) || !isObject(operation)) continue;
      const pointer = at(at(at('/paths', path), method), 'responses');
      const listed = own(operation, 'responses');
      const documented = isObject(listed) ? Object.keys(listed) : [];
      faults.push(...compared(document, traitsOf(document, item, operation), documented, pointer));
      for (const status of documented) faults.push(...headerFaults(document, at(pointer, status), status));
    }
  }
  // A shared response is wrong once, however many operations refer to it.
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.message}`, fault])).values()];
}

function compared(document: JsonObject, traits: Traits, documented: readonly string[], pointer: string): StatusFault[] {
  return Object.entries(RUNTIME).flatMap(([status, [when, applies]]): StatusFault[] => {
    if (applies(traits) && !documented.includes(status)) {
      const message = `${status} is missing, which the runtime answers ${when}`;
      return [{ pointer, message, cure: { paste: responseLine(document, status, when) } }];
    }
    if (applies(traits) || !documented.includes(status) || status === SHARED) return [];
    const message = `${status} is never answered here: the runtime answers it ${when}`;
    return [{ pointer: at(pointer, status), message, cure: { advice: 'remove it' } }];
  });
}

function traitsOf(document: JsonObject, item: JsonObject, operation: JsonObject): Traits {
  const security = own(operation, 'security') ?? own(document, 'security');
  const parameters = [own(item, 'parameters'), own(operation, 'parameters')];
  return {
    body: own(operation, 'requestBody') !== undefined,
    parameters: parameters.some((list) => isArray(list) && list.length > 0),
    secured: isArray(security) && security.length > 0,
  };
}

/** The line of a response: the component that the document uses for this status elsewhere, or all of it. */
function responseLine(document: JsonObject, status: string, when: string): string {
  for (const { pointer } of operationsOf(document)) {
    const response = valueAt(document, `${pointer}/responses/${status}`);
    const ref = isObject(response) ? own(response, '$ref') : undefined;
    if (typeof ref === 'string') return `'${status}': { $ref: '${ref}' }`;
  }
  const headers = headersOf(status).map((header) => `${header.name}: ${referenceTo(document, header)}`);
  const schema =
    valueAt(document, '/components/schemas/ErrorResponse') === undefined
      ? '{ type: object, required: [error], properties: { error: { type: string } } }'
      : "{ $ref: '#/components/schemas/ErrorResponse' }";
  return `'${status}': { description: The answer ${when}, headers: { ${headers.join(', ')} }, content: { application/json: { schema: ${schema} } } }`;
}
