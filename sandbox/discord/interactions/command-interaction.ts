import {
  type APIApplicationCommand,
  type APIChatInputApplicationCommandInteractionData,
  type APIInteraction,
  ApplicationCommandType,
  InteractionContextType,
  InteractionType,
  type Locale,
} from 'discord-api-types/v10';
import { directChannelObject } from '../world/channel-objects.ts';
import { guildObject, memberObject } from '../world/guild-objects.ts';
import { permissionsOf } from '../world/permissions.ts';
import type { User } from '../world/records.ts';
import { userObject } from '../world/user-objects.ts';
import type { World } from '../world/world.ts';
import { dataOptions, type OptionValues, resolve } from './command-options.ts';
import type { Invocation } from './invocation.ts';

// Discord docs: Receiving and Responding, Interaction Object (attachment_size_limit): 10 MiB unless boosted.
const ATTACHMENT_LIMIT = 10 * 1024 * 1024;

export interface CommandUse {
  invocation: Invocation;
  command: APIApplicationCommand;
  user: User;
  values: OptionValues;
  locale: Locale;
}

/** Discord docs: Receiving and Responding, Interaction Object: `member` in a server, `user` in a direct message. */
export function commandInteraction(
  world: World,
  { invocation, command, user, values, locale }: CommandUse,
): APIInteraction {
  const options = dataOptions(command, values);
  const resolved = resolve(world, options);
  const commandData: APIChatInputApplicationCommandInteractionData = {
    id: command.id,
    name: command.name,
    type: ApplicationCommandType.ChatInput,
    ...(command.guild_id ? { guild_id: command.guild_id } : {}),
    ...(options.length > 0 ? { options } : {}),
    ...(resolved ? { resolved } : {}),
  };
  const both = {
    id: invocation.id,
    application_id: world.applicationId,
    type: InteractionType.ApplicationCommand,
    data: commandData,
    token: invocation.token,
    version: 1,
    locale,
    entitlements: [],
    attachment_size_limit: ATTACHMENT_LIMIT,
    channel_id: invocation.channelId,
    app_permissions: permissionsOf(world.guild, world.botId).toString(),
  } as const;

  const direct = world.directChannels.get(invocation.channelId);
  if (direct) {
    return {
      ...both,
      entitlements: [],
      user: userObject(user),
      channel: directChannelObject(world, direct),
      context: InteractionContextType.BotDM,
      authorizing_integration_owners: { 0: '0' },
    };
  }
  const member = world.guild.members.get(user.id);
  const channel = world.guild.channels.get(invocation.channelId);
  if (!member || !channel) throw new Error(`${user.id} cannot use a command in ${invocation.channelId}.`);
  const { features, id, preferred_locale } = guildObject(world.guild);
  return {
    ...both,
    entitlements: [],
    guild: { features, id, locale: preferred_locale },
    guild_id: id,
    guild_locale: preferred_locale,
    member: { ...memberObject(world, member), permissions: permissionsOf(world.guild, user.id).toString() },
    channel,
    context: InteractionContextType.Guild,
    authorizing_integration_owners: { 0: id },
  };
}
