import { isIP } from 'node:net';

/** Headers that Railway's public edge adds and private callers never send (Railway docs, "Public networking"). */
const EDGE_HEADERS = ['x-railway-edge', 'x-railway-request-id', 'x-forwarded-host'] as const;

/**
 * Did this request come from outside the private network? True for one that went through Railway's edge and for one
 * whose `Host` is neither `*.railway.internal` nor local, which is what a rebound DNS name looks like.
 */
export function cameFromOutside(header: (name: string) => string | undefined): boolean {
  return EDGE_HEADERS.some((name) => header(name) !== undefined) || !isPrivateHost(header('host') ?? '');
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
