import type { RESTGetAPIGatewayBotResult, RESTGetAPIGatewayResult } from 'discord-api-types/v10';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Faults } from '../faults/faults.ts';
import { limitInvalidRequests, limitRequests } from '../faults/limit-requests.ts';
import type { RateLimits } from '../faults/rate-limits.ts';
import { strike } from '../faults/strike.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Interactions } from '../interactions/interactions.ts';
import type { Grants } from '../oauth2/grants.ts';
import { tokenRoutes } from '../oauth2/token-routes.ts';
import type { LoggedRequest } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { applicationRoutes } from './application-routes.ts';
import { authenticate } from './authenticate.ts';
import { commandRoutes } from './command-routes.ts';
import { DiscordError, invalidApiVersion, NotModelled } from './discord-error.ts';
import { type App, type Env, reply } from './env.ts';
import { guildRoutes } from './guild-routes.ts';
import { interactionRoutes } from './interaction-routes.ts';
import { memberRoleRoutes } from './member-role-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { userRoutes } from './user-routes.ts';

export interface RestDeps {
  world: World;
  gateway: Gateway;
  faults: Faults;
  limits: RateLimits;
  interactions: Interactions;
  grants: Grants;
}

/** Everything under /api (Discord docs: API Reference). */
export function rest({ world, gateway, faults, limits, interactions, grants }: RestDeps): Hono<Env> {
  const app = new Hono<Env>();
  app.use(logRequests(world), limitInvalidRequests(limits, world.clock), strike(faults, world.closing.signal));
  app.use(async (c, next) => {
    const version = /^\/api\/v(\d+)\//.exec(new URL(c.req.url).pathname)?.[1];
    if (version !== undefined && version !== '10') throw invalidApiVersion();
    await next();
  });
  app.use(authenticate(world), limitRequests(limits, world.clock));
  gatewayRoutes(app, gateway);
  userRoutes(app, world, limits, grants);
  tokenRoutes(app, world, grants);
  messageRoutes(app, world);
  guildRoutes(app, world, grants);
  memberRoleRoutes(app, world);
  commandRoutes(app, world);
  applicationRoutes(app, world, interactions);
  interactionRoutes(app, world, interactions);
  app.all('*', (c) => {
    throw new NotModelled(`The sandbox does not model ${c.req.method} ${c.req.path}.`);
  });
  app.onError((error) => {
    if (error instanceof DiscordError || error instanceof NotModelled) return error.response();
    // A fault's delay ends with the sandbox.
    if (!world.closing.signal.aborted) console.error(error);
    return Response.json({ message: '500: Internal Server Error', code: 0 }, { status: 500 });
  });
  return app;
}

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

/** Discord docs: Gateway, Get Gateway and Get Gateway Bot. */
export function gatewayRoutes(app: App, gateway: Gateway): void {
  app.get('/gateway', () => reply<RESTGetAPIGatewayResult>({ url: gateway.url() }));
  app.get('/gateway/bot', () => {
    const { connectUrl, sessionStartsRemaining, sessionStartsResetMs } = gateway.behaviour;
    return reply<RESTGetAPIGatewayBotResult>({
      url: connectUrl || gateway.url(),
      shards: 1,
      session_start_limit: {
        total: 1000,
        remaining: sessionStartsRemaining,
        reset_after: sessionStartsResetMs,
        max_concurrency: 1,
      },
    });
  });
}
