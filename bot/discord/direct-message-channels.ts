import { BoundedMap } from '@moddy/runtime/bounded-map';
import { RetryLater } from '@moddy/runtime/errors';
import { TokenBucket } from '@moddy/runtime/token-bucket';
import type { Timings } from '../timings.ts';
import { codeOf, OPENING_TOO_FAST } from './faults.ts';
import type { DiscordRest } from './rest.ts';

/** The pause that Discord asks for after 40003; earlier attempts only prolong it and lead to quarantine. */
const PAUSE_SECONDS = 600;

/** The bot's direct-message channels: ids remembered, new ones opened slowly, not at all while Discord asks for a pause. */
export function createDirectMessageChannels(rest: DiscordRest, timings: Timings) {
  const channelOfUser = new BoundedMap<string, string>({ maxSize: 50_000 });
  const bucket = new TokenBucket(timings.newChannels);
  let pausedUntil = 0;

  /** Opens no new channels for a while, if that is what the error means. @returns the error to throw. */
  const pausedBy = (error: unknown): unknown => {
    if (codeOf(error) !== OPENING_TOO_FAST) return error;
    pausedUntil = Date.now() + PAUSE_SECONDS * 1_000;
    return new RetryLater('Too many new direct-message channels', PAUSE_SECONDS, { cause: error });
  };

  return {
    pausedBy,
    /** @throws {RetryLater | DiscordAPIError} */
    async channelOf(discordId: string, signal: AbortSignal): Promise<string> {
      const known = channelOfUser.get(discordId);
      if (known !== undefined) return known;
      const waitSeconds = Math.max((pausedUntil - Date.now()) / 1_000, 0) || bucket.take();
      if (waitSeconds > 0) throw new RetryLater('Too many new direct-message channels', waitSeconds);
      try {
        const channel = await rest.call((api) => api.users.createDM(discordId, { signal }));
        channelOfUser.set(discordId, channel.id);
        return channel.id;
      } catch (error) {
        throw pausedBy(error);
      }
    },
    /** The next message opens the channel again: Discord rejected this one. */
    forget: (discordId: string): void => channelOfUser.delete(discordId),
  };
}
