import {
  type APIGuild,
  type APIGuildMember,
  type GatewayGuildCreateDispatchData,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildVerificationLevel,
} from 'discord-api-types/v10';
import { NO_FLAGS } from './no-flags.ts';
import type { Guild, Member } from './records.ts';
import { userObject } from './user-objects.ts';
import type { World } from './world.ts';

export function memberObject(world: World, member: Member): APIGuildMember {
  const user = world.users.get(member.userId);
  if (!user) throw new Error(`Member ${member.userId} has no user.`);
  return {
    user: userObject(user),
    nick: member.nick,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: member.joinedAt,
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: member.pending,
    flags: member.flags,
  };
}

export const guildObject = (guild: Guild): APIGuild => ({
  id: guild.id,
  name: guild.name,
  icon: null,
  splash: null,
  discovery_splash: null,
  owner_id: guild.ownerId,
  afk_channel_id: null,
  afk_timeout: 300,
  verification_level: GuildVerificationLevel.None,
  default_message_notifications: GuildDefaultMessageNotifications.OnlyMentions,
  explicit_content_filter: GuildExplicitContentFilter.Disabled,
  roles: [...guild.roles.values()],
  emojis: [],
  stickers: [],
  features: [],
  mfa_level: GuildMFALevel.None,
  application_id: null,
  system_channel_id: null,
  system_channel_flags: NO_FLAGS,
  rules_channel_id: null,
  max_members: 25_000_000,
  vanity_url_code: null,
  description: null,
  banner: null,
  premium_tier: GuildPremiumTier.None,
  premium_subscription_count: 0,
  preferred_locale: guild.locale,
  public_updates_channel_id: null,
  nsfw_level: GuildNSFWLevel.Default,
  premium_progress_bar_enabled: false,
  hub_type: null,
  safety_alerts_channel_id: null,
  incidents_data: null,
});

/** Without the presences intent `members` holds the bot alone (Discord docs: Gateway Events, Guild Create). */
export function guildCreateObject(world: World): GatewayGuildCreateDispatchData {
  const bot = world.guild.members.get(world.botId);
  return {
    ...guildObject(world.guild),
    joined_at: bot?.joinedAt ?? world.clock.timestamp(),
    large: world.guild.members.size > 50,
    unavailable: false,
    member_count: world.guild.members.size,
    voice_states: [],
    members: bot ? [memberObject(world, bot)] : [],
    channels: [...world.guild.channels.values()],
    threads: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
