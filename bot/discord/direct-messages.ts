import { BoundedMap } from '@moddy/runtime/bounded-map';
import type { RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import type { Timings } from '../timings.ts';
import { createDirectMessageChannels } from './direct-message-channels.ts';
import { Forbidden, rejectionOf } from './faults.ts';
import type { DiscordRest } from './rest.ts';

export type DirectMessageRejection = 'dm_closed' | 'no_mutual_guild' | 'unknown_user';

export interface DirectMessage {
  readonly discordId: string;
  readonly content: RESTPostAPIChannelMessageJSONBody;
  /** Stands in the message's footer. */
  readonly reference: string;
  /** An earlier attempt may have been sent unseen: look for it before sending. */
  readonly checkFirst: boolean;
}

export type DirectMessages = ReturnType<typeof createDirectMessages>;

const CHECKED_MESSAGES = 50;

/** Sends direct messages and tells a closed door from an obstacle. */
export function createDirectMessages(rest: DiscordRest, guildId: string, timings: Timings) {
  const channels = createDirectMessageChannels(rest, timings);
  /**
   * Doors found closed. 10,000 rejected calls in 10 minutes ban the address, so a storm of repetitions must not reach
   * Discord; a minute ends the storm, and is short enough for a member who opens their door and wants the message.
   */
  const rejections = new BoundedMap<string, DirectMessageRejection>({
    maxSize: 50_000,
    maxAgeMs: timings.rememberRejectionMs,
  });

  /** How often rejections were forgotten: the rejection of a message that was sent before is not remembered after it. */
  let reopenings = 0;

  /** Discord says 50007 to both: a member with closed direct messages, and a user who is not here. */
  async function closedOrNotHere(discordId: string, signal: AbortSignal): Promise<'dm_closed' | 'no_mutual_guild'> {
    try {
      await rest.call((api) => api.guilds.getMember(guildId, discordId, { signal }));
      return 'dm_closed';
    } catch (error) {
      if (rejectionOf(error) === undefined) throw error;
      return 'no_mutual_guild';
    }
  }

  async function deliver(message: DirectMessage, signal: AbortSignal): Promise<void> {
    const { discordId, content, reference, checkFirst } = message;
    const channelId = await channels.channelOf(discordId, signal);
    signal.throwIfAborted();
    if (checkFirst && (await isThere(channelId, reference, signal))) return;
    signal.throwIfAborted();
    await rest.call((api) => api.channels.createMessage(channelId, content, { signal }));
  }

  async function isThere(channelId: string, reference: string, signal: AbortSignal): Promise<boolean> {
    const messages = await rest.call((api) =>
      api.channels.getMessages(channelId, { limit: CHECKED_MESSAGES }, { signal }),
    );
    // Users cannot send embeds: a footer is always the bot's own.
    return messages.some(({ embeds }) => embeds.some((embed) => embed.footer?.text.includes(reference) ?? false));
  }

  return {
    /** @throws {RetryLater | DiscordAPIError} */
    async send(message: DirectMessage, signal: AbortSignal): Promise<'sent' | DirectMessageRejection> {
      const { discordId } = message;
      const remembered = rejections.get(discordId);
      if (remembered !== undefined) return remembered;
      const before = reopenings;
      try {
        await deliver(message, signal).catch((error: unknown) => {
          if (rejectionOf(error) !== 'unknown_channel') throw error;
          channels.forget(discordId);
          return deliver(message, signal);
        });
        return 'sent';
      } catch (error) {
        const rejection = rejectionOf(error);
        if (rejection === undefined) throw channels.pausedBy(error);
        // About the channel or the bot, not about the user.
        if (rejection !== 'dm_closed' && rejection !== 'no_mutual_guild' && rejection !== 'unknown_user') {
          channels.forget(discordId);
          throw new Forbidden(error);
        }
        const verdict = rejection === 'dm_closed' ? await closedOrNotHere(discordId, signal) : rejection;
        if (reopenings === before) rejections.set(discordId, verdict);
        return verdict;
      }
    },
    /** A user joined, or the bot did (without an id): Discord may now accept a message that it rejected before. */
    forgetRejections(discordId?: string): void {
      reopenings += 1;
      if (discordId === undefined) rejections.clear();
      else rejections.delete(discordId);
    },
  };
}
