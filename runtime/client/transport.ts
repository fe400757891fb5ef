/// <reference path="../package-internals.d.ts" />
import { request } from 'undici/lib/api/index.js';
import Pool from 'undici/lib/dispatcher/pool.js';

/** Connections to one peer; more calls than these wait their turn. */
const CONNECTIONS = 64;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * A connection that was idle for so long is given up, whatever the peer's `Keep-Alive` says. Well below the lame duck of
 * `service.ts`: one that is still used then has been told to close, so no request meets a peer that is just closing it.
 */
const IDLE_MS = 1_000;

/** No answer of the contract comes near; a stranger at the peer's address must not fill our memory. */
const MAX_ANSWER_BYTES = 1024 * 1024;

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

/** What openapi-fetch reads of an answer; a `Response` of the fetch standard would put a stream around text that is there. */
export class IncomingAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly #text: string;

  constructor(status: number, headers: Readonly<Record<string, string | string[] | undefined>>, text: string) {
    this.status = status;
    this.headers = {
      get: (name) => {
        const value = headers[name.toLowerCase()];
        return typeof value === 'string' ? value : null;
      },
    };
    this.#text = text;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  text(): Promise<string> {
    return Promise.resolve(this.#text);
  }
}

/**
 * A `fetch` over a pool of kept connections. It follows no redirect (fetch keeps the bearer on one of the same origin)
 * and gives every status to its caller; the global fetch makes a connection error of 421.
 *
 * @throws undici's errors and those of the signal.
 */
export function createTransport(baseUrl: string): (request: OutgoingRequest) => Promise<IncomingAnswer> {
  const { origin } = new URL(baseUrl);
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  });
  return async ({ url, method, headers, body, signal }) => {
    const answer = await request.call(pool, {
      // Not by the origin's length: it has lost a port that is the scheme's own.
      path: url.slice(url.indexOf('/', url.indexOf('//') + 2)),
      // undici names the methods of HTTP; a document has no other.
      method: method as 'GET' | 'POST',
      headers: Object.fromEntries(headers),
      body: body ?? null,
      signal: signal ?? null,
    });
    return new IncomingAnswer(answer.statusCode, answer.headers, await answer.body.text());
  };
}
