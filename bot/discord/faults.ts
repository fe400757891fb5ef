import { RetryLater } from '@moddy/runtime/errors';
import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';

/** A refusal by Discord that no repetition changes. */
export type DiscordRejection =
  | 'dm_closed'
  | 'no_mutual_guild'
  | 'unknown_user'
  | 'not_in_guild'
  | 'unknown_role'
  | 'missing_permissions'
  | 'guild_unavailable'
  | 'unknown_channel';

/** Discord's JSON error codes (Discord docs, "Opcodes and Status Codes"). */
const rejectionOfCode: Readonly<Record<number, DiscordRejection>> = {
  50007: 'dm_closed',
  50278: 'no_mutual_guild',
  10013: 'unknown_user',
  50033: 'unknown_user',
  10007: 'not_in_guild',
  10011: 'unknown_role',
  50028: 'unknown_role',
  50013: 'missing_permissions',
  50001: 'guild_unavailable',
  10004: 'guild_unavailable',
  10003: 'unknown_channel',
};

export const OPENING_TOO_FAST = 40003;
export const INVALID_FORM_BODY = 50035;
/** Its 401 is about the token of one interaction, not about the bot's. */
const INVALID_WEBHOOK_TOKEN = 50027;
/** Codes that mean "too much at the moment" though their status is not 429. */
const BUSY_CODES: ReadonlySet<number> = new Set([20016, 20028, 40062, 130000]);

/** Seconds to wait when Discord names no time. */
const RETRY_AFTER_OUTAGE = 5;
const RETRY_AFTER_BUSY = 30;
const RETRY_AFTER_UNAUTHORIZED = 30;

/** Discord's JSON error code, undefined for an answer without one. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : undefined;
}

/** The final refusal that an error of Discord's REST API is, if it is one. */
export function rejectionOf(error: unknown): DiscordRejection | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : rejectionOfCode[code];
}

/** The token is not good: Discord said so, or discord.js has thrown it away after Discord said so. */
export function isUnauthorized(error: unknown): boolean {
  if (error instanceof DiscordAPIError) return error.status === 401 && error.code !== INVALID_WEBHOOK_TOKEN;
  return error instanceof Error && error.message.startsWith('Expected token to be set');
}

/** "Not now" for everything that time mends; undefined where it does not: a refusal, or a fault of ours. */
export function notNowOf(error: unknown): RetryLater | undefined {
  if (error instanceof RetryLater) return error;
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.timeToReset, error.retryAfter, error.sublimitTimeout);
    return new RetryLater('Discord asks for patience', waitMs / 1_000, { cause: error });
  }
  if (isUnauthorized(error)) {
    return new RetryLater('Discord refuses the bot token', RETRY_AFTER_UNAUTHORIZED, { cause: error });
  }
  if (error instanceof HTTPError)
    return new RetryLater('Discord is not available', RETRY_AFTER_OUTAGE, { cause: error });
  if (error instanceof DiscordAPIError) return busyOf(error);
  return isConnectionError(error)
    ? new RetryLater('Discord is not reachable', RETRY_AFTER_OUTAGE, { cause: error })
    : undefined;
}

function busyOf(error: DiscordAPIError): RetryLater | undefined {
  const code = codeOf(error);
  // A 403 or 429 without a code is the edge's page in front of Discord: this address sent too many bad requests.
  const isEdge = code === undefined && (error.status === 403 || error.status === 429);
  if (!isEdge && (code === undefined || !BUSY_CODES.has(code))) return undefined;
  return new RetryLater('Discord asks for patience', RETRY_AFTER_BUSY, { cause: error });
}

/** undici's and Node's errors of a request that got no answer. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || error.name.startsWith('ConnectTimeout'))
    return true;
  if ('code' in error && typeof error.code === 'string') return /^(?:E[A-Z]+|UND_ERR_\w+)$/.test(error.code);
  return error instanceof AggregateError && error.errors.some(isConnectionError);
}
