import { randomUUID } from 'node:crypto';
import { serve } from '@hono/node-server';
import { OpenAPIHono } from '@hono/zod-openapi';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { account, attend, MAX_BODY_BYTES, SECRET, VERDICT } from './work.ts';

/* @hono/zod-openapi as its manual shows it: `openapi(route, handler)`, Hono's own bearerAuth and bodyLimit. */

const app = new OpenAPIHono();
app.use('*', async (c, next) => {
  const startedAt = performance.now();
  const requestId = randomUUID();
  await next();
  c.header('x-request-id', requestId);
  account(requestId, c.res.status, performance.now() - startedAt);
});
app.use('*', bearerAuth({ token: SECRET }), bodyLimit({ maxSize: MAX_BODY_BYTES }));
app.openapi(botInternal.routes.notifyUser, (c) => c.json(VERDICT, 200));
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => attend(port));
