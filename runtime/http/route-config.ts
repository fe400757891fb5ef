import { type ZodType, z } from 'zod';
import type { Operation, Parameter } from '../contract.ts';

/**
 * What `createRoute` of @hono/zod-openapi takes, from the table that the runtime serves by; so the document which is
 * emitted from the routes shows what is really validated.
 */
export function routeConfig<O extends Operation>(operation: O) {
  const { id, method, path, secured, parameters, requestBody } = operation;
  const responses = Object.entries(operation.responses).map(([status, { body, headers }]) => [
    status,
    {
      description: '',
      ...(headers && { headers: fields(headers) }),
      ...(body && { content: { 'application/json': { schema: body.strict } } }),
    },
  ]);
  return {
    operationId: id,
    method,
    path,
    security: secured ? [{ bearerAuth: [] }] : [],
    request: {
      params: place(parameters, 'path'),
      query: place(parameters, 'query'),
      headers: place(parameters, 'header'),
      ...(requestBody && {
        body: { required: requestBody.required, content: { 'application/json': { schema: requestBody.schema } } },
      }),
    },
    responses: Object.fromEntries(responses),
  };
}

const place = (parameters: readonly Parameter[], name: Parameter['in']) =>
  fields(parameters.filter((one) => one.in === name));

const fields = (list: readonly { readonly name: string; readonly required: boolean; readonly schema: ZodType }[]) =>
  z.object(Object.fromEntries(list.map(({ name, required, schema }) => [name, required ? schema : schema.optional()])));
