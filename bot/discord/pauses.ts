import { BoundedMap } from '@moddy/runtime/bounded-map';
import { RetryLater } from '@moddy/runtime/errors';
import { recordOf } from '@moddy/runtime/is-record';
import { DefaultRestOptions, type RESTOptions, type ResponseLike } from 'discord.js';
import { BLOCKED_BY_EDGE } from './faults.ts';

type MakeRequest = RESTOptions['makeRequest'];

/** Seconds to wait when Discord names no time. */
const UNNAMED_SECONDS = 5;
/** 10,000 rejected requests in 10 minutes ban the address for an hour or longer: the longer it lasts, the rarer a try. */
const EDGE_SECONDS = 30;
const MAX_EDGE_SECONDS = 600;
/** The longest pause, even if Discord asked for more; one request tries again after it. */
const MAX_SECONDS = 3_600;
/** Statuses of the API, and of the edge in front of it. */
const REJECTIONS: ReadonlySet<number> = new Set([401, 403, 429]);

/** Thrown before or instead of a request that a limit forbids. */
export class Limited extends RetryLater {}

/**
 * The pauses that Discord asks for, of the whole token or of one route. A 429 of scope `global` and a page of the edge
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
      return await this.#note(route, response);
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

  /**
   * @returns the response for discord.js to read.
   * @throws {RetryLater} for what is not an answer of Discord's API, and for every 429.
   */
  async #note(route: string, response: ResponseLike): Promise<ResponseLike> {
    const { status, headers } = response;
    const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
    if (!REJECTIONS.has(status)) {
      const named = Number(headers.get('retry-after')) || 0;
      if (status >= 500 && named === 0) return response;
      // Discord answers a change of a role without content (Discord docs, "Add Guild Member Role").
      const hasContent = isJson && !route.endsWith('/roles/:id');
      const isAnswer = status === 204 || (status < 300 ? hasContent : isJson && status >= 400 && status < 500);
      if (!isAnswer) {
        // Never read: else its connection would wait for a reader.
        void response.arrayBuffer().catch(() => undefined);
        throw new RetryLater('Discord is not available', Math.min(Math.max(named, UNNAMED_SECONDS), MAX_SECONDS));
      }
      this.#edgePages = 0;
      return response;
    }
    const text = await response.text();
    const body = isJson ? recordOf(text) : undefined;
    const named = [Number(headers.get('retry-after')), Number(body?.retry_after)].find((seconds) => seconds > 0);
    if (body === undefined || (status === 403 && !isCodeOfDiscord(body.code))) {
      const seconds = named ?? Math.min(EDGE_SECONDS * 2 ** this.#edgePages, MAX_EDGE_SECONDS);
      this.#edgePages += 1;
      throw this.#pause('edge', seconds);
    }
    this.#edgePages = 0;
    if (status !== 429) return new Response(text, { status, headers });
    const isGlobal =
      headers.has('x-ratelimit-global') || headers.get('x-ratelimit-scope') === 'global' || body.global === true;
    if (isGlobal) throw this.#pause('global', named ?? UNNAMED_SECONDS);
    const seconds = Math.min(named ?? UNNAMED_SECONDS, MAX_SECONDS);
    this.#heldUntil.set(route, Date.now() + seconds * 1_000);
    throw limited(seconds);
  }

  #pause(cause: 'global' | 'edge', namedSeconds: number): RetryLater {
    const seconds = Math.min(namedSeconds, MAX_SECONDS);
    this.#until = Math.max(this.#until, Date.now() + seconds * 1_000);
    this.#cause = cause;
    return limited(seconds);
  }
}

const limited = (seconds: number): Limited => new Limited('Discord limits the requests', seconds);

/** Discord counts by method and path, with channels, guilds and webhooks each for themselves (Discord docs, "Rate Limits"). */
function routeOf(method: string, pathname: string): string {
  const major = /\/(?:channels|guilds|webhooks)\/[^/]+/.exec(pathname)?.[0] ?? '';
  return `${method} ${major} ${pathname.replace(/\/\d+/g, '/:id')}`;
}

const isCodeOfDiscord = (code: unknown): boolean => typeof code === 'number' && code !== BLOCKED_BY_EDGE;
