import type { SiteContext } from '../site-app.ts';

export interface RateLimitRules {
  readonly limit: number;
  readonly windowMs: number;
}

/** Counts a use; false when the window's uses are spent. */
export type RateLimit = (key: string) => boolean;

/** Keys remembered at most: about a megabyte. When there are more, the oldest window is forgotten. */
const MAX_KEYS = 10_000;

/** A fixed window per key, in the memory of this replica. */
export function createRateLimit({ limit, windowMs }: RateLimitRules, now: () => Date, maxKeys = MAX_KEYS): RateLimit {
  const windows = new Map<string, { endsAt: number; uses: number }>();
  return (key) => {
    const nowMs = now().getTime();
    const window = windows.get(key);
    if (window !== undefined && nowMs < window.endsAt) {
      window.uses += 1;
      return window.uses <= limit;
    }
    // Deleted first, so that a new window stands last and the map stays in the order of their ends.
    windows.delete(key);
    windows.set(key, { endsAt: nowMs + windowMs, uses: 1 });
    const oldest = windows.keys().next();
    if (windows.size > maxKeys && !oldest.done) windows.delete(oldest.value);
    return true;
  };
}

/**
 * Whom a limit counts. Behind Railway's edge the client stands in `X-Real-IP`, which the edge sets itself; elsewhere
 * anybody could write that header. An IPv6 client has a whole /64 to itself.
 */
export function clientAddress(c: SiteContext, behindEdge: boolean): string {
  const peer = c.env?.incoming?.socket?.remoteAddress ?? '';
  const address = (behindEdge ? c.req.header('x-real-ip') : undefined) ?? peer;
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, '');
  return mapped.includes(':') ? mapped.split(':').slice(0, 4).join(':') : mapped;
}
