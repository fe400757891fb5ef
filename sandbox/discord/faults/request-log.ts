import type { MiddlewareHandler } from 'hono';
import type { Env } from '../rest/env.ts';
import type { LoggedRequest, World } from '../world/world.ts';

const KEPT = 20_000;

/** Writes down every call: on arrival, and again when it is answered or its caller is gone. */
export const logRequests =
  (world: World): MiddlewareHandler<Env> =>
  async (c, next) => {
    const path = c.req.path.replace(/^\/api/, '');
    const request: LoggedRequest = { method: c.req.method, path, at: world.clock.iso() };
    world.requests.push(request);
    if (world.requests.length > KEPT) world.requests.shift();
    world.changes.emit({ type: 'request', phase: 'received', request });
    const { outgoing } = c.env;
    outgoing.once('close', () => {
      if (outgoing.writableFinished) request.status = outgoing.statusCode;
      world.changes.emit({ type: 'request', phase: outgoing.writableFinished ? 'answered' : 'abandoned', request });
    });
    await next();
  };
