import type { Json, JsonObject } from '../compiler/json.ts';
import { type BodyText, type FieldText, fieldKey, operationsOf, valueAt } from '../conformance/document.ts';
import { canonicalSchema, type Reading } from './canonical-schema.ts';

/** The parts of a document by which two spellings of one contract are compared. */
export function canonicalDocument(
  document: JsonObject,
  { request, response }: { readonly request: Reading; readonly response: Reading },
): JsonObject {
  const fieldsOf = (fields: readonly FieldText[]): Json =>
    Object.fromEntries(
      fields.map((field) => [
        fieldKey(field),
        { required: field.required, schema: canonicalSchema(valueAt(document, field.schema), request) },
      ]),
    );
  const contentOf = (content: BodyText['content'], reading: Reading): Json =>
    Object.fromEntries(
      [...content].map(([type, schema]) => [
        type,
        canonicalSchema(schema === undefined ? undefined : valueAt(document, schema), reading),
      ]),
    );
  return Object.fromEntries(
    operationsOf(document).map(({ id, method, path, secured, parameters, body, responses }) => [
      `${method} ${path}`,
      {
        operationId: id,
        secured,
        parameters: fieldsOf(parameters),
        requestBody: body === undefined ? null : { required: body.required, content: contentOf(body.content, request) },
        responses: Object.fromEntries(
          [...responses].map(([status, { headers, content }]) => [
            status,
            { headers: fieldsOf(headers), content: contentOf(content, response) },
          ]),
        ),
      },
    ]),
  );
}
