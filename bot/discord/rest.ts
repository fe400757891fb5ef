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

export type DiscordRest = ReturnType<typeof createDiscordRest>;

/**
 * Discord's REST API with one token. discord.js forgets the token at the first 401; so does this, reports it, and tries
 * a new one with back-off, for a rotated token comes back with a restart and a revoked one never.
 */
export function createDiscordRest(
  config: BotConfig,
  timings: Timings,
  log: Logger,
  onCall: (outcome: CallOutcome) => void = () => undefined,
) {
  const pauses = new Pauses(timings.readingDeadlineMs);
  const mayLog = throttleLog();
  const client = new REST({
    api: config.discordApiUrl,
    version: '10',
    timeout: timings.discordTimeoutMs,
    retries: 1,
    makeRequest: pauses.makeRequest,
    // discord.js by itself waits only for a bucket that it knows to be empty; a 429 never reaches it.
    rejectOnRateLimit: ({ timeToReset }) => timeToReset > MAX_WAIT_MS,
  }).setToken(config.discordToken);
  const api = new API(client);
  let rejectedSince: number | undefined;
  let retryInMs = timings.tokenRetryMs;
  let probe: NodeJS.Timeout | undefined;
  let identity: Identity | undefined;

  /**
   * Calls Discord. Everything but Discord's own verdicts and faults of ours comes out as `RetryLater`.
   * @throws {RetryLater | DiscordAPIError}
   */
  async function call<Result>(work: (api: API) => Promise<Result>): Promise<Result> {
    if (rejectedSince !== undefined) throw new RetryLater('Discord refuses the bot token', retryInMs / 1_000);
    return callWithoutToken(work);
  }

  /** For answers to interactions, which carry a token of their own: they work while Discord rejects the bot's. */
  async function callWithoutToken<Result>(work: (api: API) => Promise<Result>): Promise<Result> {
    for (let waits = 0; ; waits += 1) {
      try {
        const result = await work(api);
        if (!isComplete(result)) throw new RetryLater('Discord is not available', 5);
        onCall('ok');
        return result;
      } catch (error) {
        if (isUnauthorized(error)) forgetToken();
        const later = retryLaterOf(error);
        onCall(later ? 'not_now' : error instanceof DiscordAPIError ? 'refused' : 'failed');
        if (later === undefined) throw error;
        const waitMs = later.retryAfterSeconds * 1_000;
        if (!(error instanceof Limited) || waitMs > MAX_WAIT_MS || waits >= MAX_WAITS) {
          if (mayLog(later.message)) log.warn('a call to Discord has to wait', { error });
          throw later;
        }
        await delay(waitMs);
      }
    }
  }

  function forgetToken(): void {
    if (rejectedSince !== undefined) return;
    rejectedSince = Date.now();
    log.error('Discord refuses the bot token: set DISCORD_TOKEN to the one of the application page', { retryInMs });
    planProbe();
  }

  function planProbe(): void {
    probe = setTimeout(() => void tryAgain(), retryInMs).unref();
  }

  async function tryAgain(): Promise<void> {
    client.setToken(config.discordToken);
    try {
      await callWithoutToken((fresh) => fresh.applications.getCurrent());
      rejectedSince = undefined;
      retryInMs = timings.tokenRetryMs;
      log.info('Discord accepts the bot token again');
    } catch {
      retryInMs = Math.min(retryInMs * 2, timings.maxTokenRetryMs);
      planProbe();
    }
  }

  return {
    /** When Discord rejected the token, in ms; undefined while it is good. */
    get rejectedSince() {
      return rejectedSince;
    },
    /** Until when Discord wants no requests, in ms; undefined while it takes them. */
    get pausedUntil() {
      return pauses.until;
    },
    call,
    callWithoutToken,
    /** The application and the bot of the token; requested once. */
    async identity(): Promise<Identity> {
      if (identity === undefined) {
        const application = await call((current) => current.applications.getCurrent());
        // An application of the first years has a bot of another id; every one that has a token has a bot.
        identity = { applicationId: application.id, botId: application.bot?.id ?? application.id };
      }
      return identity;
    },
    /** discord.js's own, for its gateway. */
    client,
    stop(): void {
      clearTimeout(probe);
      client.clearHandlerSweeper();
      client.clearHashSweeper();
    },
  };
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
