import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
// Hono cannot tell the peer's address; this is the adapter's documented way to it.
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import { BoundedMap } from '../bounded-map.ts';
import { RequestError, TooManyRequests } from '../errors.ts';
import { type BucketLimits, TokenBucket } from '../token-bucket.ts';

/** Headers that Railway's public edge adds and private callers never send (Railway docs, "Public networking"). */
const EDGE_HEADERS = ['x-railway-edge', 'x-railway-request-id', 'x-forwarded-host'] as const;

/**
 * Rejects with 421 what did not come over the private network: a request that passed Railway's edge, or one whose `Host`
 * is neither `*.railway.internal` nor local, as after DNS rebinding.
 */
export const privateNetworkOnly: MiddlewareHandler = async (c, next) => {
  const passedEdge = EDGE_HEADERS.some((name) => c.req.header(name) !== undefined);
  if (passedEdge || !isPrivateHost(c.req.header('host') ?? '')) {
    throw new RequestError(421, 'This API is only served on the private network');
  }
  await next();
};

function isPrivateHost(host: string): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (name === 'localhost' || name.endsWith('.railway.internal')) return true;
  if (isIP(name) === 4) return /^(?:127|10)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\./.test(name);
  return isIP(name) === 6 && (name === '::1' || /^f[cd]/.test(name));
}

/** Lets nobody pass: what `implement` uses when the embedding app supplies no check. */
export const denyAll: MiddlewareHandler = () => {
  throw invalidSecret();
};

const invalidSecret = () => new RequestError(403, 'Invalid secret');

/**
 * The bearer check of a private app. It takes the same time for every token, because digests of one length are compared.
 * @param secrets the current secret and, during a rotation, the previous one.
 * @returns a middleware that throws {RequestError} 401 or 403, and 429 for an address that failed too often.
 */
export function bearerCheck(secrets: readonly string[], limits?: FailureLimits): MiddlewareHandler {
  const accepted = secrets.map(digest);
  const failures = new FailedAuthentications(limits);
  const faultOf = (authorization: string | undefined): RequestError | undefined => {
    if (!authorization) return new RequestError(401, 'Missing Authorization header');
    if (!authorization.startsWith('Bearer ')) return new RequestError(401, 'Invalid Authorization format');
    const sent = digest(authorization.slice('Bearer '.length));
    let matches = false;
    for (const secret of accepted) matches = timingSafeEqual(sent, secret) || matches;
    return matches ? undefined : invalidSecret();
  };
  return async (c, next) => {
    const fault = faultOf(c.req.header('authorization'));
    if (fault !== undefined) {
      failures.count(getConnInfo(c).remote.address ?? '');
      throw fault;
    }
    await next();
  };
}

const digest = (text: string) => hash('sha256', text, 'buffer');

/** Limits on the failures of one address. */
export interface FailureLimits extends BucketLimits {
  /** Addresses remembered; beyond this number the one with the oldest failure is forgotten. */
  readonly addresses: number;
}

/**
 * A peer with the wrong secret asks about once a second, twice if it has a previous secret. It must keep getting 403,
 * which names its fault, and never 429, which would hide it.
 */
export const FAILURE_LIMITS: FailureLimits = { burst: 120, perSecond: 2, addresses: 1_000 };

/**
 * Limits failed authentications by address. Only failures are counted and only failures are rejected, so that a caller
 * with the secret is never affected by others at its address.
 */
export class FailedAuthentications {
  readonly #limits: FailureLimits;
  readonly #now: () => number;
  readonly #buckets: BoundedMap<string, TokenBucket>;

  /** @param now milliseconds on a clock that never goes back. */
  constructor(limits: FailureLimits = FAILURE_LIMITS, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
    this.#buckets = new BoundedMap({ maxSize: limits.addresses });
  }

  get addresses(): number {
    return this.#buckets.size;
  }

  /** Counts a failure. @throws {TooManyRequests} when the address has made too many. */
  count(address: string): void {
    const bucket = this.#buckets.get(address) ?? new TokenBucket(this.#limits, this.#now);
    this.#buckets.set(address, bucket);
    const waitSeconds = bucket.take();
    if (waitSeconds > 0) throw new TooManyRequests('Too many failed authentications', waitSeconds);
  }
}
