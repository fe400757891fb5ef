import { createRequire } from 'node:module';
import { withDeadline } from '@moddy/runtime/deadline';
import { RetryLater } from '@moddy/runtime/errors';
import type { Logger } from '@moddy/runtime/log';
import { DiscordAPIError, REST } from 'discord.js';
import type { BotConfig } from '../config.ts';
import type { Timings } from '../timings.ts';
import { isUnauthorized, notNowOf } from './faults.ts';

export interface Identity {
  readonly applicationId: string;
  readonly botId: string;
}

/** `rejected` is Discord's word on this one call; `not_now` is what time mends. */
export type CallOutcome = 'ok' | 'not_now' | 'refused' | 'failed';

/** Longer waits are the caller's: it keeps what it wants done, and asks again. */
const MAX_WAIT_MS = 1_500;

/**
 * Discord's REST API with one token. discord.js forgets the token at the first 401; so does this, tells it, and tries
 * a new one with back-off, for a rotated token comes back with a restart and a revoked one never.
 */
export class DiscordRest {
  readonly #config: BotConfig;
  readonly #timings: Timings;
  readonly #log: Logger;
  readonly #onCall: (outcome: CallOutcome) => void;
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
    this.#rest = this.build();
    this.#api = new API(this.#rest);
  }

  /** When Discord refused the token, in ms; undefined while it is good. */
  get rejectedSince(): number | undefined {
    return this.#rejectedSince;
  }

  /**
   * Calls Discord. What time mends comes out as `RetryLater`, everything else as Discord's own error.
   * @throws {NotNow | DiscordAPIError}
   */
  async call<Result>(work: (api: API) => Promise<Result>): Promise<Result> {
    if (this.#rejectedSince !== undefined) {
      throw new RetryLater('Discord refuses the bot token', this.#retryInMs / 1_000);
    }
    try {
      const result = await work(this.#api);
      this.#onCall('ok');
      return result;
    } catch (error) {
      if (isUnauthorized(error)) this.#forgetToken();
      const notNow = notNowOf(error);
      this.#onCall(notNow ? 'not_now' : error instanceof DiscordAPIError ? 'refused' : 'failed');
      throw notNow ?? error;
    }
  }

  /** Who the token belongs to; asked once. */
  async identity(): Promise<Identity> {
    this.#identity ??= await this.call(async (api) => {
      const application = await api.applications.getCurrent({
        signal: AbortSignal.timeout(this.#timings.readingDeadlineMs),
      });
      // An application of the first years has a bot of another id; every one that has a token has a bot.
      return { applicationId: application.id, botId: application.bot?.id ?? application.id };
    });
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
      // A shared limit names its wait only in Retry-After, which discord.js hands over as the two others.
      rejectOnRateLimit: ({ timeToReset, retryAfter, sublimitTimeout }) =>
        Math.max(timeToReset, retryAfter, sublimitTimeout) > MAX_WAIT_MS,
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
      await this.#api.applications.getCurrent();
      this.#rejectedSince = undefined;
      this.#retryInMs = this.#timings.tokenRetryMs;
      this.#log.info('Discord accepts the bot token again');
    } catch {
      this.#retryInMs = Math.min(this.#retryInMs * 2, this.#timings.maxTokenRetryMs);
      this.#planProbe();
    }
  }
}

const core = createRequire(import.meta.url)('@discordjs/core/http-only') as typeof import('@discordjs/core/http-only');

/**
 * discord.js's names for Discord's calls. By `require`, as discord.js itself is: `import` takes the other form of the
 * package and of three below it, so that each start loads those twice, for 30 ms of processor time.
 */
export const { API } = core;
export type API = InstanceType<typeof API>;

/**
 * Runs work on Discord within a deadline of its own: a wait on a rate limit ignores abort signals, and the caller has
 * a deadline too.
 * @throws {NotNow} at the deadline.
 */
export const withDiscordDeadline = <Result>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => withDeadline(timeoutMs, work, () => new RetryLater('Discord does not answer in time', 5));
