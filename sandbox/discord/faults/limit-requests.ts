import type { MiddlewareHandler } from 'hono';
import type { Env } from '../rest/env.ts';
import type { Clock } from '../world/clock.ts';
import type { Limit, RateLimitSettings, RateLimits, Standing } from './rate-limits.ts';

/** Discord docs: Rate Limits. Interaction endpoints do not count towards the global limit. */
export const limitRequests =
  (limits: RateLimits, clock: Clock): MiddlewareHandler<Env> =>
  async (c, next) => {
    const path = c.req.path.replace(/^\/api/, '');
    const interaction = /^\/(interactions|webhooks)\//.test(path);
    const global = interaction ? undefined : limits.use('global', limits.settings.global);
    if (global && !global.allowed) {
      c.res = rejection(clock, global, { 'X-RateLimit-Global': 'true', 'X-RateLimit-Scope': 'global' }, true);
      return;
    }
    const bucket = limits.bucketOf(c.req.method, path);
    const standing = limits.use(bucket.key, bucket.limit);
    const headers = {
      'X-RateLimit-Limit': String(standing.limit),
      'X-RateLimit-Remaining': String(standing.remaining),
      'X-RateLimit-Reset': (standing.resetAt / 1000).toFixed(3),
      'X-RateLimit-Reset-After': secondsLeft(clock, standing).toFixed(3),
      'X-RateLimit-Bucket': bucket.name,
    };
    if (!standing.allowed) {
      c.res = rejection(clock, standing, { ...headers, 'X-RateLimit-Scope': bucket.scope }, false);
      return;
    }
    const writes = writesOf(c.req.method, path, limits.settings);
    const written = writes && limits.use(writes.key, writes.limit);
    if (writes && written && !written.allowed) {
      c.res = rejection(clock, written, { ...headers, 'X-RateLimit-Scope': 'shared' }, false, writes);
      return;
    }
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };

/** Shuts out an address with too many 401, 403 and 429 (Discord docs: Rate Limits, Invalid Request Limit). */
export const limitInvalidRequests =
  (limits: RateLimits, clock: Clock): MiddlewareHandler<Env> =>
  async (c, next) => {
    const before = limits.use('invalid', limits.settings.invalid, 0);
    if (before.remaining === 0) {
      const retryAfter = String(Math.ceil(secondsLeft(clock, before)));
      // From Cloudflare, hence HTML and none of the other headers.
      c.res = new Response('<title>Access denied | discord.com used Cloudflare to restrict access</title>', {
        status: 429,
        headers: { 'Content-Type': 'text/html', 'Retry-After': retryAfter },
      });
      return;
    }
    await next();
    const invalid = [401, 403, 429].includes(c.res.status) && c.res.headers.get('x-ratelimit-scope') !== 'shared';
    if (invalid) limits.use('invalid', limits.settings.invalid);
  };

const secondsLeft = (clock: Clock, standing: Standing): number => Math.max(0, (standing.resetAt - clock.now()) / 1000);

interface Writes {
  readonly key: string;
  readonly limit: Limit;
  readonly code: number;
  readonly message: string;
}

/** The limits a write counts towards beside its route's (Discord docs: Opcodes and Status Codes, JSON, 20028 and 20029). */
function writesOf(method: string, path: string, { channelWrites, guildWrites }: RateLimitSettings): Writes | undefined {
  const of = (place: string) => `The write action you are performing on the ${place} has hit the write rate limit`;
  if (method === 'GET') return undefined;
  const [key, kind] = /^\/(channels|guilds)\/\d+(?=\/)/.exec(path) ?? [];
  if (key === undefined) return undefined;
  return kind === 'channels'
    ? { key: `writes:${key}`, limit: channelWrites, code: 20028, message: of('channel') }
    : { key: `writes:${key}`, limit: guildWrites, code: 20029, message: of('server') };
}

function rejection(
  clock: Clock,
  standing: Standing,
  headers: Record<string, string>,
  global: boolean,
  writes?: Writes,
): Response {
  const seconds = secondsLeft(clock, standing);
  const shared = headers['X-RateLimit-Scope'] === 'shared';
  const message = writes?.message ?? (shared ? 'The resource is being rate limited.' : 'You are being rate limited.');
  return Response.json(
    { message, ...(writes && { code: writes.code }), retry_after: Number(seconds.toFixed(3)), global },
    { status: 429, headers: { ...headers, 'Retry-After': String(Math.ceil(seconds)) } },
  );
}
