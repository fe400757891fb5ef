import { randomUUID } from 'node:crypto';
import { serve } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { RequestError } from '@moddy/runtime/errors';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { attend } from './attend.ts';
import { operations } from './operations.ts';
import { SECRET } from './secret.ts';
import { account, MAX_BODY_BYTES } from './work.ts';

/* @hono/zod-openapi as its manual shows it: `openapi(route, handler)`, Hono's own bearerAuth and bodyLimit. */

const routes = [botInternal.routes.healthCheck, botInternal.routes.notifyUser, backendInternal.routes.notifyEvent];
const app = new OpenAPIHono<{ Variables: { operationId: string } }>();
app.use('*', async (c, next) => {
  const startedAt = performance.now();
  const requestId = randomUUID();
  await next();
  c.header('x-request-id', requestId);
  const operationId = c.get('operationId') ?? 'none';
  account({ requestId, operationId, method: c.req.method, status: c.res.status, startedAt });
});
app.use('*', bearerAuth({ token: SECRET }), bodyLimit({ maxSize: MAX_BODY_BYTES }));
for (const { id, run } of operations) {
  const route = routes.find(({ operationId }) => operationId === id);
  if (route === undefined) throw new Error(`No route for ${id}`);
  // One handler for routes of three types, which have no type in common that `openapi` would take.
  app.openapi(route, async (c) => {
    c.set('operationId', id);
    const body = route.method === 'post' ? c.req.valid('json' as never) : undefined;
    return c.json(await run(body, c.req.header('idempotency-key')), 200) as never;
  });
}
app.onError((error, c) =>
  error instanceof RequestError
    ? c.json({ error: error.message }, error.status)
    : c.json({ error: 'Internal error' }, 500),
);
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => attend(port));
