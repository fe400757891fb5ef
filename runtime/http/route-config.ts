import { type ZodType, z } from 'zod';
import type { Operation, Parameter } from '../contract.ts';

/**
 * The argument of `createRoute` of @hono/zod-openapi, from the table that the runtime serves by; so the document which is
 * emitted from the routes shows what is really validated.
 */
export function routeConfig<O extends Operation>(operation: O) {
  const { id, method, path, secured, security = [{ bearerAuth: [] }], parameters, requestBody } = operation;
  const responses = Object.entries(operation.responses).map(([status, { body, raw, headers }]) => [
    status,
    {
      description: '',
      ...(headers && { headers: fields(headers) }),
      ...(body && { content: { [body.media ?? JSON_MEDIA]: { schema: body.strict } } }),
      ...(raw && { content: { [raw.media]: { schema: z.string() } } }),
    },
  ]);
  return {
    operationId: id,
    method,
    path,
    // Copies: the types of zod-openapi take lists that can be changed.
    security: secured ? security.map((one) => mapOf(one)) : [],
    request: {
      params: place(parameters, 'path'),
      query: place(parameters, 'query'),
      headers: place(parameters, 'header'),
      ...(requestBody && {
        body: {
          required: requestBody.required,
          content: { [requestBody.media ?? JSON_MEDIA]: { schema: requestBody.schema } },
        },
      }),
    },
    responses: Object.fromEntries(responses),
  };
}

const JSON_MEDIA = 'application/json';

const mapOf = (requirement: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(requirement).map(([scheme, scopes]) => [scheme, [...scopes]]));

const place = (parameters: readonly Parameter[], name: Parameter['in']) =>
  fields(parameters.filter((one) => one.in === name));

const fields = (list: readonly { readonly name: string; readonly required: boolean; readonly schema: ZodType }[]) =>
  z.object(Object.fromEntries(list.map(({ name, required, schema }) => [name, required ? schema : schema.optional()])));
