import { Pool } from 'undici';

/** Connections to one peer; more calls than these wait their turn. */
const CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * An idle connection is closed after this, even if the peer's `Keep-Alive` is longer. It is well below the lame duck of
 * `service.ts`: a connection that is still used then gets `Connection: close`, so no request meets a closing peer.
 */
const IDLE_MS = 1_000;

/** Far above any answer of a contract; another server at the peer's address must not fill our memory. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Statuses whose `Response` must have no body (Fetch standard, 2.2.3). */
const NULL_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` over a pool of kept connections. It follows no redirect, because fetch would keep the bearer on one of the
 * same origin, and passes every status on; the global fetch makes a connection error of 421.
 *
 * @throws errors of undici and of the signal.
 */
export function createFetch(baseUrl: string): (request: Request) => Promise<Response> {
  const pool = new Pool(new URL(baseUrl).origin, {
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  });
  return async (request) => {
    const { url, method, signal } = request;
    const { statusCode, headers, body } = await pool.request({
      // Not by the origin's length: a URL loses a port that is the scheme's own.
      path: url.slice(url.indexOf('/', url.indexOf('//') + 2)),
      // undici names the methods of HTTP; a document has no other.
      method: method as 'GET' | 'POST',
      headers: Object.fromEntries(request.headers),
      body: request.body === null ? null : await request.text(),
      signal,
    });
    const content = new Uint8Array(await body.arrayBuffer());
    const response = new Response(NULL_BODY.has(statusCode) ? null : content, {
      status: statusCode,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      ),
    });
    contents.set(response, content);
    return response;
  };
}

/** The content of each response as it came: openapi-fetch parses an error's body, and a number may lose digits by it. */
const contents = new WeakMap<Response, Uint8Array<ArrayBuffer>>();

export const contentOf = (response: Response): Uint8Array<ArrayBuffer> => contents.get(response) ?? new Uint8Array();
