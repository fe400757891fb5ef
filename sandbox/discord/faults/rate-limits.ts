import { createHash } from 'node:crypto';
import type { Clock } from '../world/clock.ts';
import type { RoutePattern } from './route-pattern.ts';
import { matches } from './route-pattern.ts';

export interface Limit {
  limit: number;
  windowMs: number;
}

export interface RateLimitSettings {
  /** All calls of the token together; Discord's own is 50 a second. */
  global: Limit;
  /** Each route of which `routes` says nothing. */
  route: Limit;
  routes: (RoutePattern & Limit & { scope?: 'user' | 'shared' })[];
  /** Answers of 401, 403 and 429 per address, before it is shut out. */
  invalid: Limit;
  /** Messages of all senders into one channel; beyond it 20028. */
  channelWrites: Limit;
  /** Changes of one server by all callers; beyond it 20029. */
  guildWrites: Limit;
  /** DM channels opened anew. */
  newDirectChannels: Limit;
}

/** Generous, so that only tests of limits meet them. */
export const defaultRateLimits = (): RateLimitSettings => ({
  global: { limit: 10_000, windowMs: 1000 },
  route: { limit: 5000, windowMs: 1000 },
  routes: [],
  invalid: { limit: 10_000, windowMs: 600_000 },
  channelWrites: { limit: 10_000, windowMs: 1000 },
  guildWrites: { limit: 10_000, windowMs: 1000 },
  newDirectChannels: { limit: 10_000, windowMs: 600_000 },
});

export interface Standing extends Limit {
  allowed: boolean;
  remaining: number;
  resetAt: number;
}

/** Fixed windows that start with their first call, on the sandbox's clock. */
export class RateLimits {
  settings = defaultRateLimits();
  readonly #windows = new Map<string, { resetAt: number; used: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(settings: Partial<RateLimitSettings>): void {
    this.settings = { ...this.settings, ...settings };
    this.#windows.clear();
  }

  use(key: string, { limit, windowMs }: Limit, cost = 1): Standing {
    const now = this.#clock.now();
    let window = this.#windows.get(key);
    if (!window || window.resetAt <= now) {
      window = { resetAt: now + windowMs, used: 0 };
      this.#windows.set(key, window);
    }
    const allowed = window.used + cost <= limit;
    if (allowed) window.used += cost;
    return { limit, windowMs, allowed, remaining: Math.max(0, limit - window.used), resetAt: window.resetAt };
  }

  /** The bucket of a call: its route, with the ids that count for themselves (Discord docs: Rate Limits, top-level resources). */
  bucketOf(method: string, path: string): { key: string; name: string; limit: Limit; scope: 'user' | 'shared' } {
    const major = /^\/(?:channels|guilds|webhooks)\/\d+/.exec(path)?.[0] ?? '';
    const route = `${method} ${path.replace(/\/\d+/g, '/:id')}`;
    const name = createHash('md5').update(route).digest('hex');
    const found = this.settings.routes.find((each) => matches(each, method, path));
    return { key: `${name}:${major}`, name, limit: found ?? this.settings.route, scope: found?.scope ?? 'user' };
  }
}
