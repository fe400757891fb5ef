import { setTimeout as delay } from 'node:timers/promises';
import { API } from '@discordjs/core/http-only';
import { withDeadline } from '@moddy/runtime/deadline';
import { RetryLater } from '@moddy/runtime/errors';
import { isRecord } from '@moddy/runtime/is-record';
import type { Logger } from '@moddy/runtime/log';
import { DiscordAPIError, REST } from 'discord.js';
import type { BotConfig } from '../config.ts';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import { isUnauthorized, retryLaterOf } from './faults.ts';
import { Limited, Pauses } from './pauses.ts';

export interface Identity {
  readonly applicationId: string;
  readonly botId: string;
}

/** `refused` is Discord's verdict on this one call; `not_now` is what only needs time. */
export type CallOutcome = 'ok' | 'not_now' | 'refused' | 'failed';

/** Longer waits are the caller's: it keeps its request, and asks again. */
const MAX_WAIT_MS = 1_500;
const MAX_WAITS = 2;

/**
 * Discord's REST API with one token. discord.js forgets the token at the first 401; so does this, tells it, and tries
 * a new one with back-off, for a rotated token comes back with a restart and a revoked one never.
 */
export class DiscordRest {
  readonly #config: BotConfig;
  readonly #timings: Timings;
  readonly #log: Logger;
  readonly #onCall: (outcome: CallOutcome) => void;
  readonly #pauses: Pauses;
  readonly #mayLog = throttleLog();
  #rest: REST;
  #api: API;
  #rejectedSince: number | undefined;
  #retryInMs: number;
  #probe: NodeJS.Timeout | undefined;
  #identity: Identity | undefined;

  constructor(
    config: BotConfig,
    timings: Timings,
    log: Logger,
    onCall: (outcome: CallOutcome) => void = () => undefined,
  ) {
    this.#config = config;
    this.#timings = timings;
    this.#log = log;
    this.#onCall = onCall;
    this.#retryInMs = timings.tokenRetryMs;
    this.#pauses = new Pauses(timings.readingDeadlineMs);
    this.#rest = this.build();
    this.#api = new API(this.#rest);
  }

  /** When Discord rejected the token, in ms; undefined while it is good. */
  get rejectedSince(): number | undefined {
    return this.#rejectedSince;
  }

  /** Until when Discord wants no requests, in ms; undefined while it takes them. */
  get pausedUntil(): number | undefined {
    return this.#pauses.until;
  }

  /**
   * Calls Discord. Everything but Discord's own verdicts and faults of ours comes out as `RetryLater`.
   * @throws {RetryLater | DiscordAPIError}
   */
  async call<Result>(work: (api: API) => Promise<Result>): Promise<Result> {
    if (this.#rejectedSince !== undefined) {
      throw new RetryLater('Discord refuses the bot token', this.#retryInMs / 1_000);
    }
    return this.callWithoutToken(work);
  }

  /** For answers to interactions, which carry a token of their own: they work while Discord rejects the bot's. */
  async callWithoutToken<Result>(work: (api: API) => Promise<Result>): Promise<Result> {
    for (let waits = 0; ; waits += 1) {
      try {
        const result = await work(this.#api);
        if (!isComplete(result)) throw new RetryLater('Discord is not available', 5);
        this.#onCall('ok');
        return result;
      } catch (error) {
        if (isUnauthorized(error)) this.#forgetToken();
        const later = retryLaterOf(error);
        this.#onCall(later ? 'not_now' : error instanceof DiscordAPIError ? 'refused' : 'failed');
        if (later === undefined) throw error;
        const waitMs = later.retryAfterSeconds * 1_000;
        if (!(error instanceof Limited) || waitMs > MAX_WAIT_MS || waits >= MAX_WAITS) {
          if (this.#mayLog(later.message)) this.#log.warn('a call of Discord has to wait', { error });
          throw later;
        }
        await delay(waitMs);
      }
    }
  }

  /** Who the token belongs to; asked once. */
  async identity(): Promise<Identity> {
    if (this.#identity === undefined) {
      const application = await this.call((api) => api.applications.getCurrent());
      // An application of the first years has a bot of another id; every one that has a token has a bot.
      this.#identity = { applicationId: application.id, botId: application.bot?.id ?? application.id };
    }
    return this.#identity;
  }

  stop(): void {
    clearTimeout(this.#probe);
    this.#rest.clearHandlerSweeper();
    this.#rest.clearHashSweeper();
  }

  /** discord.js's own, as configured; for a caller that must not share the handlers' token. */
  build(): REST {
    return new REST({
      api: this.#config.discordApiUrl,
      version: '10',
      timeout: this.#timings.discordTimeoutMs,
      retries: 1,
      makeRequest: this.#pauses.makeRequest,
      // Of its own accord discord.js waits only for a bucket that it knows to be empty; a 429 never reaches it.
      rejectOnRateLimit: ({ timeToReset }) => timeToReset > MAX_WAIT_MS,
    }).setToken(this.#config.discordToken);
  }

  #forgetToken(): void {
    if (this.#rejectedSince !== undefined) return;
    this.#rejectedSince = Date.now();
    this.#log.error('Discord refuses the bot token: set DISCORD_TOKEN to the one of the application page', {
      retryInMs: this.#retryInMs,
    });
    this.#planProbe();
  }

  #planProbe(): void {
    this.#probe = setTimeout(() => void this.#tryAgain(), this.#retryInMs).unref();
  }

  async #tryAgain(): Promise<void> {
    this.stop();
    this.#rest = this.build();
    this.#api = new API(this.#rest);
    try {
      await this.callWithoutToken((api) => api.applications.getCurrent());
      this.#rejectedSince = undefined;
      this.#retryInMs = this.#timings.tokenRetryMs;
      this.#log.info('Discord accepts the bot token again');
    } catch {
      this.#retryInMs = Math.min(this.#retryInMs * 2, this.#timings.maxTokenRetryMs);
      this.#planProbe();
    }
  }
}

/** Discord's resources have an id, a user or a URL, and come in lists; an edge answers 200 with JSON of its own. */
const isComplete = (answer: unknown): boolean =>
  answer === undefined ||
  Array.isArray(answer) ||
  (isRecord(answer) && ('id' in answer || 'user' in answer || 'url' in answer));

/**
 * Runs work on Discord within a deadline of its own: a wait on a rate limit ignores abort signals, and the caller has
 * a deadline too.
 * @throws {RetryLater} at the deadline.
 */
export const withDiscordDeadline = <Result>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => withDeadline(timeoutMs, work, () => new RetryLater('Discord does not answer in time', 5));
