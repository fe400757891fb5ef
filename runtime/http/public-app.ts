import { Hono } from 'hono';
import { RequestError, RetryLater } from '../errors.ts';
import type { Logger } from '../log.ts';
import { errorResponse } from './response.ts';

/** The app of the public listener, to which a service adds what the outside world calls. Never holds the private API. */
export function publicApp(isReady: () => boolean, log: Logger): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => {
    const ready = isReady();
    return c.json({ status: ready ? 'ok' : 'unavailable' }, ready ? 200 : 503);
  });
  app.notFound((c) => c.json({ error: 'Not found' }, 404));
  app.onError((error) => {
    if (!(error instanceof RetryLater) && !(error instanceof RequestError))
      log.error('public request failed', { error });
    return errorResponse(error);
  });
  return app;
}
