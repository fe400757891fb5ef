import { type APIDMChannel, type APIMessage, type APITextChannel, ChannelType } from 'discord-api-types/v10';
import { NO_FLAGS } from './no-flags.ts';
import type { DirectChannel, User } from './records.ts';
import { userObject } from './user-objects.ts';

export const textChannelObject = (id: string, guildId: string, name: string): APITextChannel => ({
  id,
  type: ChannelType.GuildText,
  guild_id: guildId,
  name,
  position: 0,
  topic: null,
  nsfw: false,
  parent_id: null,
  permission_overwrites: [],
  rate_limit_per_user: 0,
  last_message_id: null,
  flags: NO_FLAGS,
});

/** The recipients are the others, never the caller (Discord docs: Channel, Example DM Channel). */
export function directChannelObject(
  world: { readonly users: ReadonlyMap<string, User>; readonly messages: ReadonlyMap<string, readonly APIMessage[]> },
  channel: DirectChannel,
): APIDMChannel {
  const recipient = world.users.get(channel.userId);
  return {
    id: channel.id,
    type: ChannelType.DM,
    name: null,
    last_message_id: world.messages.get(channel.id)?.at(-1)?.id ?? null,
    recipients: recipient ? [userObject(recipient)] : [],
    flags: NO_FLAGS,
  };
}
