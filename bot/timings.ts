import type { BucketLimits } from '@moddy/runtime/token-bucket';

/** How long the bot waits for what. Tests shorten some of them; production has the defaults. */
export interface Timings {
  /** For a whole handler: the backend gives up after 10 s, and a verdict that nobody reads is an ambiguous one. */
  readonly handlerDeadlineMs: number;
  readonly discordTimeoutMs: number;
  /** For what Discord is asked once for many callers; discord.js itself waits for ever for a body that stalls. */
  readonly readingDeadlineMs: number;
  /** Back-off after Discord rejected the token; doubled up to the maximum. */
  readonly tokenRetryMs: number;
  readonly maxTokenRetryMs: number;
  readonly loginRetryMs: number;
  readonly maxLoginRetryMs: number;
  /** After a fault that only an operator can fix (token, privileged intent). */
  readonly rejectedLoginRetryMs: number;
  /** For one connection to the gateway, from its start to READY or RESUMED. */
  readonly attemptMs: number;
  /** How long a lost session is tried to be resumed, before a fresh one is opened. */
  readonly resumeForMs: number;
  /** IDENTIFYs: Discord allows one in 5 s, and resets the token after 1,000 a day. */
  readonly identifySpacingMs: number;
  readonly identifiesPerWindow: number;
  readonly identifyWindowMs: number;
  /** Discord's heartbeat interval is 41.25 s; an acknowledgement older than this is a connection that is none. */
  readonly maxHeartbeatAgeMs: number;
  /** Roles of the guild and the bot's own are read again after this. */
  readonly guildMaxAgeMs: number;
  /** The health check tolerates an older reading: it is asked often. */
  readonly guildHealthMaxAgeMs: number;
  readonly rememberRejectionMs: number;
  /** For the website's answer to a command: rather an apology soon than an answer late. */
  readonly accountDeadlineMs: number;
  /** Back-off of the reply to a command while Discord does not take it. */
  readonly replyRetryMs: number;
  readonly eventRetryMs: number;
  readonly maxEventRetryMs: number;
  readonly flushEventsMs: number;
  readonly lameDuckMs: number;
  /** How long a stop waits for the answers to commands. */
  readonly commandDrainMs: number;
  /** New direct-message channels: how many at once, and how many more each second. */
  readonly newChannels: BucketLimits;
}

export const TIMINGS: Timings = {
  handlerDeadlineMs: 8_000,
  discordTimeoutMs: 2_500,
  readingDeadlineMs: 5_000,
  tokenRetryMs: 30_000,
  maxTokenRetryMs: 300_000,
  loginRetryMs: 1_000,
  maxLoginRetryMs: 60_000,
  rejectedLoginRetryMs: 300_000,
  attemptMs: 30_000,
  resumeForMs: 120_000,
  identifySpacingMs: 5_000,
  identifiesPerWindow: 20,
  identifyWindowMs: 3_600_000,
  maxHeartbeatAgeMs: 60_000,
  guildMaxAgeMs: 10_000,
  guildHealthMaxAgeMs: 30_000,
  rememberRejectionMs: 60_000,
  accountDeadlineMs: 2_500,
  replyRetryMs: 400,
  eventRetryMs: 500,
  maxEventRetryMs: 30_000,
  flushEventsMs: 5_000,
  lameDuckMs: 1_500,
  commandDrainMs: 5_000,
  newChannels: { burst: 100, perSecond: 5 },
};
