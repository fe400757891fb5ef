import { Pool } from 'undici';

/** Connections to one peer; more calls than these wait their turn. */
const CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 3_000;

/** What openapi-fetch hands over; a `Request` of the fetch standard would be made only to be taken apart again. */
export class OutgoingRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;

  constructor(url: string, init: { method?: string; headers?: Headers; body?: string; signal?: AbortSignal }) {
    this.url = url;
    this.method = init.method ?? 'GET';
    this.headers = init.headers ?? new Headers();
    this.body = init.body;
    this.signal = init.signal;
  }
}

/**
 * A `fetch` over a pool of kept connections. It follows no redirect (fetch keeps the bearer on one of the same origin)
 * and gives every status to its caller; the global fetch makes a connection error of 421.
 *
 * @throws undici's errors and those of the signal.
 */
export function createTransport(baseUrl: string): (request: OutgoingRequest) => Promise<Response> {
  const { origin } = new URL(baseUrl);
  const pool = new Pool(origin, { connections: CONNECTIONS, connect: { timeout: CONNECT_TIMEOUT_MS } });
  return async ({ url, method, headers, body, signal }) => {
    const answer = await pool.request({
      path: url.slice(origin.length),
      // undici names the methods of HTTP; a document has no other.
      method: method as 'GET' | 'POST',
      headers: Object.fromEntries(headers),
      body: body ?? null,
      signal: signal ?? null,
    });
    const text = await answer.body.text();
    const retryAfter = answer.headers['retry-after'];
    return new Response(NO_BODY.has(answer.statusCode) ? null : text, {
      status: answer.statusCode,
      headers: typeof retryAfter === 'string' ? { 'retry-after': retryAfter } : {},
    });
  };
}

/** The fetch standard refuses a body for these. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
