import { type Json, type JsonObject, unescaped } from '../json.ts';
import { readDocument } from '../read-document.ts';
import { Rejections } from '../rejections.ts';

const message = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string' }, size: { type: 'integer' } },
};
const content = { 'application/json': { schema: { $ref: '#/components/schemas/Message' } } };

const tagged = (kind: string, properties: JsonObject): JsonObject => ({
  type: 'object',
  required: ['kind'],
  properties: { kind: { type: 'string', const: kind }, ...properties },
});

/** A small document with one object of every kind. */
export const plainDocument: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Post', version: '1.0.0' },
  security: [{ bearer: [] }],
  paths: {
    '/messages/{messageId}': {
      post: {
        operationId: 'sendMessage',
        parameters: [
          { name: 'messageId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'X-Attempt', in: 'header', schema: { type: 'integer' } },
        ],
        requestBody: { required: true, content },
        responses: {
          200: { description: 'Sent', headers: { 'X-Age': { schema: { type: 'integer' } } }, content },
          404: { $ref: '#/components/responses/Nothing' },
        },
      },
    },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    responses: { Nothing: { description: 'Nothing there' } },
    schemas: {
      Message: message,
      Word: { type: 'string' },
      Letter: tagged('letter', { pages: { type: 'integer' } }),
      Parcel: tagged('parcel', { weight: { type: 'number' } }),
      Item: {
        oneOf: [{ $ref: '#/components/schemas/Letter' }, { $ref: '#/components/schemas/Parcel' }],
        discriminator: { propertyName: 'kind', mapping: { letter: '#/components/schemas/Letter', parcel: 'Parcel' } },
      },
    },
  },
};

export const OPERATION = '/paths/~1messages~1{messageId}/post';
export const MESSAGE = '/components/schemas/Message';

/** A copy of a document with a value at a JSON pointer; `undefined` removes it. */
export function edited(document: JsonObject, pointer: string, value: Json | undefined): JsonObject {
  const copy: JsonObject = structuredClone(document);
  const steps = pointer.split('/').slice(1).map(unescaped);
  const last = steps.pop() ?? '';
  // A fresh copy, so it may be written to.
  let at = copy as Record<string, unknown>;
  for (const step of steps) {
    const inner = at[step];
    if (typeof inner !== 'object' || inner === null) throw new Error(`nothing at ${pointer}`);
    at = inner as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

export function rejectionsOf(document: Json, isServed = false): string[] {
  const rejections = new Rejections(isServed);
  readDocument('post-internal', document, rejections);
  return rejections.all.map(({ pointer, message: text }) => `${pointer}: ${text}`);
}
