import { RetryLater } from '@moddy/runtime/errors';
import { DefaultRestOptions, type RESTOptions, type ResponseLike } from 'discord.js';
import { BoundedMap } from '../bounded-map.ts';

type MakeRequest = RESTOptions['makeRequest'];

/** Seconds to wait when Discord names no time. */
const BUCKET_SECONDS = 5;
const GLOBAL_SECONDS = 5;
/** 10,000 rejected requests in 10 minutes ban the address for an hour or longer: the longer it lasts, the rarer a try. */
const EDGE_SECONDS = 30;
const MAX_EDGE_SECONDS = 600;

/** Thrown before or instead of a request that a limit forbids. */
export class Limited extends RetryLater {}

/**
 * What Discord asks of all requests of the token, and of single routes. A 429 of scope `global` and a page of the edge
 * in front of the API pause everything; any other 429 holds its route. Requests in a pause are not sent.
 */
export class Pauses {
  #until = 0;
  #cause: 'global' | 'edge' = 'global';
  #edgePages = 0;
  #isProbing = false;
  readonly #heldUntil = new BoundedMap<string, number>({ maxSize: 10_000 });
  readonly #deadlineMs: number;

  /** @param deadlineMs for one request with its whole body: discord.js itself waits minutes for a body. */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Until when nothing is sent, in ms; undefined without a pause. */
  get until(): number | undefined {
    return this.#until > Date.now() ? this.#until : undefined;
  }

  readonly makeRequest: MakeRequest = async (url, init) => {
    const { pathname } = new URL(url);
    const route = routeOf(init.method ?? 'GET', pathname);
    this.#check(route, pathname);
    const isProbe = this.#edgePages > 0;
    if (isProbe) this.#isProbing = true;
    try {
      const deadline = AbortSignal.timeout(this.#deadlineMs);
      const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
      const response = await DefaultRestOptions.makeRequest(url, { ...init, signal });
      await this.#note(route, response);
      return response;
    } finally {
      if (isProbe) this.#isProbing = false;
    }
  };

  #check(route: string, pathname: string): void {
    const now = Date.now();
    // Interactions do not count towards the global limit (Discord docs, "Rate Limits").
    const isExempt = this.#cause === 'global' && /\/(?:interactions|webhooks)\//.test(pathname);
    if (this.#until > now && !isExempt) throw limited((this.#until - now) / 1_000);
    // After a page of the edge one request finds out whether it is over.
    if (this.#isProbing) throw limited(1);
    const heldUntil = this.#heldUntil.get(route) ?? 0;
    if (heldUntil > now) throw limited((heldUntil - now) / 1_000);
  }

  /** @throws {RetryLater} for what is not an answer of Discord's API, and for every 429. */
  async #note(route: string, response: ResponseLike): Promise<void> {
    const { status, headers } = response;
    const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
    const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
    if (!isJson && (status === 403 || status === 429)) {
      discard(response);
      const seconds = retryAfter > 0 ? retryAfter : Math.min(EDGE_SECONDS * 2 ** this.#edgePages, MAX_EDGE_SECONDS);
      this.#edgePages += 1;
      throw this.#pause('edge', seconds);
    }
    if (!isJson && status !== 204 && status < 500) {
      discard(response);
      throw new RetryLater('Discord is not available', BUCKET_SECONDS);
    }
    if (status < 500) this.#edgePages = 0;
    if (status !== 429) return;
    const body = limitOf(await response.json().catch(() => undefined));
    const seconds = retryAfter > 0 ? retryAfter : body.retryAfter;
    if (headers.has('x-ratelimit-global') || headers.get('x-ratelimit-scope') === 'global' || body.global) {
      throw this.#pause('global', seconds ?? GLOBAL_SECONDS);
    }
    this.#heldUntil.set(route, Date.now() + (seconds ?? BUCKET_SECONDS) * 1_000);
    throw limited(seconds ?? BUCKET_SECONDS);
  }

  #pause(cause: 'global' | 'edge', seconds: number): RetryLater {
    this.#until = Math.max(this.#until, Date.now() + seconds * 1_000);
    this.#cause = cause;
    return limited(seconds);
  }
}

const limited = (seconds: number): Limited => new Limited('Discord limits the requests', seconds);

/** Never read: else its connection would wait for a reader. */
const discard = (response: ResponseLike): void => void response.arrayBuffer().catch(() => undefined);

/** Discord counts by method and path, with channels, guilds and webhooks each for themselves (Discord docs, "Rate Limits"). */
function routeOf(method: string, pathname: string): string {
  const major = /\/(?:channels|guilds|webhooks)\/[^/]+/.exec(pathname)?.[0] ?? '';
  return `${method} ${major} ${pathname.replace(/\/\d+/g, '/:id')}`;
}

function limitOf(body: unknown): { readonly global: boolean; readonly retryAfter: number | undefined } {
  const fields = typeof body === 'object' && body !== null ? body : {};
  const seconds = 'retry_after' in fields && typeof fields.retry_after === 'number' ? fields.retry_after : 0;
  return { global: 'global' in fields && fields.global === true, retryAfter: seconds > 0 ? seconds : undefined };
}
