import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RequestError } from '@moddy/runtime/errors';
import Fastify from 'fastify';
import { parse } from 'yaml';
import { attend } from './attend.ts';
import { operations } from './operations.ts';
import { account, authorize, MAX_BODY_BYTES } from './work.ts';

/* Fastify 5 with the documents' own schemas for request and answer, and the rest of the work list as hooks. */

const name = process.env.DATABASE_URL === undefined ? 'bot-internal' : 'backend-internal';
const document: Document = parse(readFileSync(new URL(`../../openapi/${name}.yaml`, import.meta.url), 'utf8'));

interface Document {
  readonly paths: Record<string, Record<string, { readonly requestBody?: Content; readonly responses: Responses }>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}
interface Content {
  readonly content: { readonly 'application/json': { readonly schema: object } };
}
type Responses = Record<string, Content>;

/** Fastify knows a schema by its id; the documents refer within themselves. */
const within = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"document#/definitions/'));

const app = Fastify({
  bodyLimit: MAX_BODY_BYTES,
  genReqId: () => randomUUID(),
  ajv: { customOptions: { strict: false, removeAdditional: false, coerceTypes: false } },
});
app.addSchema({ $id: 'document', definitions: within(document.components.schemas) });
app.addHook('onRequest', (request, _reply, done) => {
  authorize(request.headers.authorization);
  done();
});
app.addHook('onSend', (request, reply, _payload, done) => {
  reply.header('x-request-id', request.id);
  done();
});
app.setErrorHandler((error, _request, reply) =>
  reply
    .status(error instanceof RequestError ? error.status : 500)
    .send({ error: error instanceof Error ? error.message : 'Internal error' }),
);
for (const { id, method, path, run } of operations) {
  const documented = document.paths[path]?.[method];
  const requestBody = documented?.requestBody?.content['application/json'].schema;
  const answer = documented?.responses['200']?.content['application/json'].schema;
  app.route({
    method: method.toUpperCase(),
    url: path,
    schema: { ...(requestBody && { body: within(requestBody) }), response: { 200: within(answer) } },
    handler: (request) => {
      const key = request.headers['idempotency-key'];
      return Promise.resolve(run(request.body, typeof key === 'string' ? key : undefined));
    },
    onResponse: (request, { statusCode, elapsedTime }, done) => {
      const startedAt = performance.now() - elapsedTime;
      account({ requestId: request.id, operationId: id, method: request.method, status: statusCode, startedAt });
      done();
    },
  });
}
attend(Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port));
