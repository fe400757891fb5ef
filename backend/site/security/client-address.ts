import type { SiteContext } from '../parts.ts';

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
