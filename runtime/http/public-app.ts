import { Hono } from 'hono';
import type { Logger } from '../log.ts';
import { writeError } from './write-reply.ts';

/** The app of the public listener, to which a service adds what the outside world calls. Never holds the private API. */
export function publicApp(isReady: () => boolean, log: Logger): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => {
    const ready = isReady();
    return c.json({ status: ready ? 'ok' : 'unavailable' }, ready ? 200 : 503);
  });
  app.notFound((c) => c.json({ error: 'Not found' }, 404));
  app.onError((error) => {
    if (error.name !== 'RetryLater' && error.name !== 'RequestError') log.error('public request failed', { error });
    const { status, headers, body } = writeError(error);
    return new Response(body, { status, headers });
  });
  return app;
}
