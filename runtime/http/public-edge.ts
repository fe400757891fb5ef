import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { sentHeader } from './sent-header.ts';

/** Headers that Railway's public edge adds and private callers never send (Railway docs, "Public networking"). */
const EDGE_HEADERS = ['x-railway-edge', 'x-railway-request-id', 'x-forwarded-host'] as const;

/**
 * Makes the test whether a request came from outside the private network: true for one that went through Railway's edge
 * and for one whose `Host` is neither `*.railway.internal` nor local, which is what a rebound DNS name looks like.
 */
export function edgeCheck(): (incoming: IncomingMessage) => boolean {
  /** A peer always writes the same. */
  let lastPrivate: string | undefined;
  return (incoming) => {
    if (EDGE_HEADERS.some((name) => incoming.headers[name] !== undefined)) return true;
    const host = sentHeader(incoming, 'host') ?? '';
    if (host === lastPrivate) return false;
    if (!isPrivateHost(host)) return true;
    lastPrivate = host;
    return false;
  };
}

function isPrivateHost(host: string): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (name === 'localhost' || name.endsWith('.railway.internal')) return true;
  if (isIP(name) === 4) return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(name);
  return isIP(name) === 6 && (name === '::1' || /^f[cd]/.test(name));
}
