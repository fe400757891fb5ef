import { RetryLater } from '@moddy/runtime/errors';
import { BoundedMap } from '../bounded-map.ts';
import type { Timings } from '../timings.ts';
import { codeOf, OPENING_TOO_FAST } from './faults.ts';
import type { DiscordRest } from './rest.ts';

/** What Discord asks for after 40003; sooner attempts only prolong it and lead to quarantine. */
const PAUSE_SECONDS = 600;

/** The bot's direct-message channels: ids remembered, new ones opened slowly, not at all while Discord asks for a pause. */
export class DirectMessageChannels {
  readonly #rest: DiscordRest;
  readonly #channelOfUser = new BoundedMap<string, string>({ maxSize: 50_000 });
  readonly #bucket: TokenBucket;
  #pausedUntil = 0;

  constructor(rest: DiscordRest, timings: Timings) {
    this.#rest = rest;
    this.#bucket = new TokenBucket(timings.newChannels);
  }

  /** @throws {RetryLater | DiscordAPIError} */
  async channelOf(discordId: string, signal: AbortSignal): Promise<string> {
    const known = this.#channelOfUser.get(discordId);
    if (known !== undefined) return known;
    const waitSeconds = Math.max((this.#pausedUntil - Date.now()) / 1_000, 0) || this.#bucket.take();
    if (waitSeconds > 0) throw new RetryLater('Too many new direct-message channels', waitSeconds);
    try {
      const channel = await this.#rest.call((api) => api.users.createDM(discordId, { signal }));
      this.#channelOfUser.set(discordId, channel.id);
      return channel.id;
    } catch (error) {
      throw this.pausedBy(error);
    }
  }

  /** Opens no new channels for a while, if that is what the error means. @returns the error to throw. */
  pausedBy(error: unknown): unknown {
    if (codeOf(error) !== OPENING_TOO_FAST) return error;
    this.#pausedUntil = Date.now() + PAUSE_SECONDS * 1_000;
    return new RetryLater('Too many new direct-message channels', PAUSE_SECONDS, { cause: error });
  }

  /** The next message opens the channel again: Discord rejected this one. */
  forget(discordId: string): void {
    this.#channelOfUser.delete(discordId);
  }
}

/** Lets `burst` through at once and `perSecond` more as time goes. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = Date.now();

  constructor({ burst, perSecond }: { burst: number; perSecond: number }) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
  }

  /** Takes one; answers 0, or the seconds until there is one again. */
  take(): number {
    const now = Date.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1_000) * this.#perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
