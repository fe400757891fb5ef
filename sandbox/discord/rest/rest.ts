import { Hono } from 'hono';
import type { Faults } from '../faults/faults.ts';
import { limitInvalidRequests, limitRequests } from '../faults/limit-requests.ts';
import type { RateLimits } from '../faults/rate-limits.ts';
import { logRequests } from '../faults/request-log.ts';
import { strike } from '../faults/strike.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Interactions } from '../interactions/interactions.ts';
import type { Grants } from '../oauth2/grants.ts';
import { tokenRoutes } from '../oauth2/token-routes.ts';
import type { World } from '../world/world.ts';
import { applicationRoutes } from './application-routes.ts';
import { authenticate } from './authenticate.ts';
import { commandRoutes } from './command-routes.ts';
import { DiscordError, invalidApiVersion, notFound } from './discord-error.ts';
import type { Env } from './env.ts';
import { gatewayRoutes } from './gateway-routes.ts';
import { guildRoutes } from './guild-routes.ts';
import { interactionRoutes } from './interaction-routes.ts';
import { memberRoleRoutes } from './member-role-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { userRoutes } from './user-routes.ts';

export interface RestParts {
  world: World;
  gateway: Gateway;
  faults: Faults;
  limits: RateLimits;
  interactions: Interactions;
  grants: Grants;
}

/** Everything under /api (Discord docs: API Reference). */
export function rest({ world, gateway, faults, limits, interactions, grants }: RestParts): Hono<Env> {
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
  guildRoutes(app, world);
  memberRoleRoutes(app, world);
  commandRoutes(app, world);
  applicationRoutes(app, world, interactions);
  interactionRoutes(app, world, interactions);
  app.all('*', () => {
    throw notFound();
  });
  app.onError((error) => {
    if (error instanceof DiscordError) return error.response();
    // A fault's delay ends with the sandbox.
    if (!world.closing.signal.aborted) console.error(error);
    return Response.json({ message: '500: Internal Server Error', code: 0 }, { status: 500 });
  });
  return app;
}
