import type { APIApplication } from 'discord-api-types/v10';
import { ApplicationFlags } from 'discord-api-types/v10';
import { userObject } from './user-objects.ts';
import type { World } from './world.ts';

/** The "limited" flags: an application in fewer than 100 servers switches the intent on in the portal (Discord docs: Application, Application Flags). */
export function applicationFlags(world: World): ApplicationFlags {
  const { guildMembers, guildPresences, messageContent } = world.privileged;
  return (
    (guildMembers ? ApplicationFlags.GatewayGuildMembersLimited : 0) |
    (guildPresences ? ApplicationFlags.GatewayPresenceLimited : 0) |
    (messageContent ? ApplicationFlags.GatewayMessageContentLimited : 0)
  );
}

export const applicationObject = (world: World): APIApplication => ({
  id: world.applicationId,
  name: 'Moddy',
  icon: null,
  description: '',
  summary: '',
  bot_public: true,
  bot_require_code_grant: false,
  bot: userObject(world.bot),
  verify_key: world.publicKey,
  team: null,
  flags: applicationFlags(world),
  flags_new: applicationFlags(world).toString(),
  approximate_guild_count: world.guild.botPresent ? 1 : 0,
  interactions_endpoint_url: world.interactionsEndpointUrl,
});
