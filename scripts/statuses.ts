import { at, isObject, type Json, type JsonObject, objectOr, own } from './compiler/json.ts';
import { type OperationText, operationsOf, valueAt } from './conformance/document.ts';
import { headerFaults, headersOf, referenceTo, type StatusFault } from './statuses/headers.ts';

const hasBody = ({ body }: OperationText) => body !== undefined;
const isSecured = ({ secured }: OperationText) => secured;
/** The statuses that `runtime/` answers by itself, and their operations. A 503 may come from every handler. */
const RUNTIME: Readonly<Record<string, readonly [when: string, applies: (operation: OperationText) => boolean]>> = {
  400: ['to a body that is no JSON', hasBody],
  401: ['to a request without the secret', isSecured],
  403: ['to a wrong secret', isSecured],
  405: ['to a method without an operation', () => false],
  413: ['to a body that is too long', hasBody],
  415: ['to a body of another media type', hasBody],
  421: ['to a request through the public edge', () => true],
  422: ['to a request that breaks the contract', (operation) => hasBody(operation) || operation.parameters.length > 0],
  429: ['to an address that fails to authenticate too often', isSecured],
  500: ['to a fault of its own', () => true],
};
/** Handlers answer it too, also where there is nothing in a request that could break the contract. */
const SHARED = '422';

/** Whether a status is the runtime's alone, so that no test of a handler has to answer it. */
export const isRuntimeStatus = (status: number): boolean => String(status) in RUNTIME && String(status) !== SHARED;

/** Checks that every status of the runtime is documented where it can be answered, and only there. */
export function statusFaults(document: Json): StatusFault[] {
  if (!isObject(document)) return [];
  const faults = operationsOf(document).flatMap((operation) => {
    const pointer = `${operation.pointer}/responses`;
    const documented = Object.keys(objectOr(valueAt(document, pointer)));
    return [
      ...compared(document, operation, documented, pointer),
      ...documented.flatMap((status) => headerFaults(document, at(pointer, status), status)),
    ];
  });
  // A shared response is wrong once, however many operations refer to it.
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.message}`, fault])).values()];
}

function compared(
  document: JsonObject,
  operation: OperationText,
  documented: readonly string[],
  pointer: string,
): StatusFault[] {
  return Object.entries(RUNTIME).flatMap(([status, [when, applies]]): StatusFault[] => {
    if (applies(operation) && !documented.includes(status)) {
      const message = `${status} is missing, which the runtime answers ${when}`;
      return [{ pointer, message, cure: { paste: responseLine(document, status, when) } }];
    }
    if (applies(operation) || !documented.includes(status) || status === SHARED) return [];
    const message = `${status} is never answered here: the runtime answers it ${when}`;
    return [{ pointer: at(pointer, status), message, cure: { advice: 'remove it' } }];
  });
}

/** The line of a response: the component that the document uses for this status elsewhere, or all of it. */
function responseLine(document: JsonObject, status: string, when: string): string {
  for (const { pointer } of operationsOf(document)) {
    const ref = own(objectOr(valueAt(document, `${pointer}/responses/${status}`)), '$ref');
    if (typeof ref === 'string') return `'${status}': { $ref: '${ref}' }`;
  }
  const headers = headersOf(status).map((header) => `${header.name}: ${referenceTo(document, header)}`);
  const schema =
    valueAt(document, '/components/schemas/ErrorResponse') === undefined
      ? '{ type: object, required: [error], properties: { error: { type: string } } }'
      : "{ $ref: '#/components/schemas/ErrorResponse' }";
  return `'${status}': { description: The answer ${when}, headers: { ${headers.join(', ')} }, content: { application/json: { schema: ${schema} } } }`;
}
