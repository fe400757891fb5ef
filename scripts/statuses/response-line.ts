import { isObject, type JsonObject, own } from '../compiler/json.ts';
import { operationsOf, valueAt } from '../conformance/document.ts';
import { headersOf, referenceTo } from './headers.ts';

/** The line of a response: the component that the document uses for this status elsewhere, or all of it. */
export function responseLine(document: JsonObject, status: string, when: string): string {
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
