import type { MiddlewareHandler } from 'hono';
import type { World } from '../world/world.ts';
import { unauthorized } from './discord-error.ts';
import type { Env } from './env.ts';

// Their own secrets stand in the path or the body (Discord docs: Receiving and Responding, OAuth2), or there is none (Gateway, Get Gateway).
const withoutBotToken = [
  /^\/api\/gateway$/,
  /^\/api\/interactions\/[^/]+\/[^/]+\/callback$/,
  /^\/api\/webhooks\/[^/]+\/[^/]+(\/|$)/,
  /^\/api\/oauth2\/token(\/revoke)?$/,
];

/** Discord docs: API Reference, Authentication. */
export const authenticate =
  (world: World): MiddlewareHandler<Env> =>
  async (c, next) => {
    const header = c.req.header('authorization') ?? '';
    const path = withoutVersion(c.req.path);
    const bearer = header.startsWith('Bearer ') && ['/api/users/@me', '/api/oauth2/@me'].includes(path);
    const open = bearer || withoutBotToken.some((pattern) => pattern.test(path));
    if (!open && header !== `Bot ${world.token}`) throw unauthorized();
    await next();
  };

/** Routes are written once, for the current version and for URLs that name none. */
export const withoutVersion = (path: string): string => path.replace(/^\/api\/v\d+(?=\/|$)/, '/api');
