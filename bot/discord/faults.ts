import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { DiscordAPIError, RateLimitError } from 'discord.js';

/** Discord's verdict: no repetition changes it. */
export type DiscordRejection =
  | 'dm_closed'
  | 'no_mutual_guild'
  | 'unknown_user'
  | 'not_in_guild'
  | 'unknown_role'
  | 'missing_permissions'
  | 'role_refused'
  | 'guild_unavailable'
  | 'unknown_channel';

type Row = { readonly verdict: DiscordRejection } | { readonly retryAfterSeconds: number };

/** Seconds to wait when Discord names no time. */
const AFTER_OUTAGE = 5;
const AFTER_BUSY = 30;
const AFTER_UNAUTHORIZED = 30;
const AFTER_FORBIDDEN = 300;
const AFTER_FLAGGED = 600;

/** Discord forbids a call for a reason that has no verdict here: kept, and tried again much later. */
export class Forbidden extends RetryLater {
  constructor(cause: unknown) {
    super('Discord forbids it', AFTER_FORBIDDEN, { cause });
  }
}

export const OPENING_TOO_FAST = 40003;
/** Cloudflare, in front of the API, rejects the request in JSON. */
export const BLOCKED_BY_EDGE = 40333;
export const ALREADY_ACKNOWLEDGED = 40060;
export const TWO_FACTOR_REQUIRED = 60003;
/** Its 401 is about the token of one interaction, not about the bot's. */
const INVALID_WEBHOOK_TOKEN = 50027;

/**
 * The meaning of Discord's JSON error codes here (Discord docs, "Opcodes and Status Codes"). A code that is missing is a
 * fault of ours, unless its status is 403: the request was wrong in a way that only a new version fixes.
 */
const byCode: Readonly<Record<number, Row>> = {
  10003: { verdict: 'unknown_channel' },
  10004: { verdict: 'guild_unavailable' },
  10007: { verdict: 'not_in_guild' },
  10011: { verdict: 'unknown_role' },
  10013: { verdict: 'unknown_user' },
  // Slow mode, the write limits of a channel and of a server, a feature disabled for now, "resource overloaded".
  20016: { retryAfterSeconds: AFTER_BUSY },
  20028: { retryAfterSeconds: AFTER_BUSY },
  20029: { retryAfterSeconds: AFTER_BUSY },
  40004: { retryAfterSeconds: AFTER_BUSY },
  40006: { retryAfterSeconds: AFTER_BUSY },
  40062: { retryAfterSeconds: AFTER_BUSY },
  110001: { retryAfterSeconds: AFTER_BUSY },
  130000: { retryAfterSeconds: AFTER_BUSY },
  // Sooner attempts prolong it and lead to quarantine.
  [OPENING_TOO_FAST]: { retryAfterSeconds: AFTER_FLAGGED },
  // The application is flagged as spam: only Discord's support lifts that.
  20026: { retryAfterSeconds: AFTER_FLAGGED },
  // "Maximum number of guild roles reached (250)": the member has as many as a member can have.
  30005: { verdict: 'role_refused' },
  50001: { verdict: 'guild_unavailable' },
  50007: { verdict: 'dm_closed' },
  50013: { verdict: 'missing_permissions' },
  50028: { verdict: 'unknown_role' },
  50033: { verdict: 'unknown_user' },
  50278: { verdict: 'no_mutual_guild' },
  // "Two factor is required": the server asks it of moderators, and the owner of the application has none.
  [TWO_FACTOR_REQUIRED]: { verdict: 'missing_permissions' },
};

/** Discord's JSON error code, also behind a `RetryLater`; undefined for an answer without one. */
export function codeOf(error: unknown): number | undefined {
  const answer = error instanceof RetryLater ? error.cause : error;
  return answer instanceof DiscordAPIError && typeof answer.code === 'number' ? answer.code : undefined;
}

/** The final verdict that an error of Discord's REST API is, if it is one. */
export function rejectionOf(error: unknown): DiscordRejection | undefined {
  const row = byCode[codeOf(error) ?? -1];
  return row !== undefined && 'verdict' in row ? row.verdict : undefined;
}

/** The token is not good: Discord said so, or discord.js has thrown it away after Discord said so. */
export function isUnauthorized(error: unknown): boolean {
  if (error instanceof DiscordAPIError) return error.status === 401 && error.code !== INVALID_WEBHOOK_TOKEN;
  return error instanceof Error && error.message.startsWith('Expected token to be set');
}

/**
 * "Not now" for everything that is not a complete answer of Discord's API, and for its answers that say so. Undefined
 * for the rest: Discord's verdicts, and faults of ours.
 */
export function retryLaterOf(error: unknown): RetryLater | undefined {
  if (error instanceof RetryLater) return error;
  if (error instanceof RequestError) return undefined;
  const later = (message: string, seconds: number) => new RetryLater(message, seconds, { cause: error });
  if (isUnauthorized(error)) return later('Discord refuses the bot token', AFTER_UNAUTHORIZED);
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.timeToReset, error.retryAfter, error.sublimitTimeout);
    return later('Discord limits the requests', waitMs / 1_000);
  }
  const code = codeOf(error);
  if (code === undefined) return later('Discord is not available', AFTER_OUTAGE);
  const row = byCode[code];
  if (row === undefined)
    return error instanceof DiscordAPIError && error.status === 403 ? new Forbidden(error) : undefined;
  return 'retryAfterSeconds' in row ? later('Discord limits the requests', row.retryAfterSeconds) : undefined;
}
