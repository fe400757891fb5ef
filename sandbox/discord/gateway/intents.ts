import type { APIUser } from 'discord-api-types/v10';
import { GatewayDispatchEvents, GatewayIntentBits } from 'discord-api-types/v10';
import type { World } from '../world/world.ts';
import type { Dispatch } from './dispatch.ts';

const known = Object.values(GatewayIntentBits)
  .filter((bit) => typeof bit === 'number')
  .reduce((all, bit) => all | bit, 0);

export const areValid = (intents: unknown): intents is number =>
  typeof intents === 'number' && Number.isInteger(intents) && intents >= 0 && (intents & ~known) === 0;

/** Discord docs: Gateway, Privileged Intents. */
export function areAllowed(world: World, intents: number): boolean {
  const { guildMembers, guildPresences, messageContent } = world.privileged;
  return (
    (guildMembers || !(intents & GatewayIntentBits.GuildMembers)) &&
    (guildPresences || !(intents & GatewayIntentBits.GuildPresences)) &&
    (messageContent || !(intents & GatewayIntentBits.MessageContent))
  );
}

/** The part of an event that a session with these intents sees (Discord docs: Gateway, List of Intents). */
export function visibleTo(world: World, intents: number, event: Dispatch): Dispatch | undefined {
  switch (event.t) {
    case GatewayDispatchEvents.GuildMemberAdd:
    case GatewayDispatchEvents.GuildMemberRemove:
      return intents & GatewayIntentBits.GuildMembers ? event : undefined;
    case GatewayDispatchEvents.GuildMemberUpdate:
      // A bot always hears about itself.
      return intents & GatewayIntentBits.GuildMembers || event.d.user.id === world.botId ? event : undefined;
    case GatewayDispatchEvents.GuildCreate:
    case GatewayDispatchEvents.GuildDelete:
    case GatewayDispatchEvents.GuildRoleUpdate:
    case GatewayDispatchEvents.GuildRoleCreate:
    case GatewayDispatchEvents.GuildRoleDelete:
      return intents & GatewayIntentBits.Guilds ? event : undefined;
    case GatewayDispatchEvents.MessageCreate:
    case GatewayDispatchEvents.MessageUpdate: {
      const requested = event.d.guild_id ? GatewayIntentBits.GuildMessages : GatewayIntentBits.DirectMessages;
      if (!(intents & requested)) return undefined;
      if (intents & GatewayIntentBits.MessageContent || contentIsOwn(world, event.d)) return event;
      return { ...event, d: { ...event.d, ...withheld } };
    }
    default:
      return event;
  }
}

/** The fields a bot without the message content intent finds empty (Discord docs: Gateway, Message Content Intent). */
export const withheld = { content: '', embeds: [], attachments: [], components: [] };

/** The intent's exceptions: direct messages, the bot's own messages, messages that mention it. */
export const contentIsOwn = (
  world: World,
  message: { guild_id?: string; author: APIUser; mentions: { id: string }[] },
): boolean =>
  !message.guild_id || message.author.id === world.botId || message.mentions.some(({ id }) => id === world.botId);
