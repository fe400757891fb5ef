import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { parse } from 'yaml';
import { account, attend, authorize, MAX_BODY_BYTES, notifyUser, VERDICT } from './work.ts';

/* Fastify 5 with the document's own schemas for request and answer, and the rest of the work as hooks. */

const document = parse(readFileSync(new URL('../../openapi/bot-internal.yaml', import.meta.url), 'utf8'));
const { requestBody, responses } = document.paths[notifyUser.path].post;

/** Fastify knows a schema by its id; the document refers within itself. */
const within = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"document#/definitions/'));
const schemaOf = ({ content }: { content: Record<string, { schema: unknown }> }) =>
  within(content['application/json']?.schema);

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
app.route({
  method: 'POST',
  url: notifyUser.path,
  schema: { body: schemaOf(requestBody), response: { 200: schemaOf(responses['200']) } },
  handler: () => Promise.resolve(VERDICT),
  onResponse: (request, { statusCode, elapsedTime }, done) => {
    account(request.id, statusCode, elapsedTime);
    done();
  },
});
attend(Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port));
