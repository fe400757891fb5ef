/** The world at the start: the ids of the project's wire document, and the cases that a plan's bot can meet. */

import { type APIRole, GuildMemberFlags, Locale, PermissionFlagsBits } from 'discord-api-types/v10';
import { textChannelObject } from './channel-objects.ts';
import { NO_FLAGS } from './no-flags.ts';
import type { Guild, Member, User } from './records.ts';

export const GUILD_ID = '999888777666555444';
export const CHANNEL_ID = '222333444555666777';
export const APPLICATION_ID = '444333222111000999';
/** As with every application of today, the bot user carries the application's id. */
export const BOT_ID = APPLICATION_ID;
export const TOKEN = 'sandbox-token';
export const CLIENT_SECRET = 'sandbox-client-secret';

/** A webhook of the server's channel (Discord docs: Webhook, Execute Webhook). */
export const CHANNEL_WEBHOOK = { id: '666000000000000001', token: 'sandbox-channel-webhook' };

export const MEMBER_ID = '123456789012345678';
export const OTHER_MEMBER_ID = '123456789';
export const OWNER_ID = '100000000000000001';
export const OUTSIDER_ID = '333444555666777888';

export const PLAN_ROLE_ID = '987654321098765432';
export const OLD_PLAN_ROLE_ID = '111222333444555666';
export const BOT_ROLE_ID = '555000000000000001';
export const ADMIN_ROLE_ID = '555000000000000002';
export const MODERATOR_ROLE_ID = '555000000000000003';
/** Below the bot, yet nobody may hand it out: it belongs to the server's boosters. */
export const MANAGED_ROLE_ID = '555000000000000004';

const role = (
  id: string,
  name: string,
  position: number,
  permissions: bigint,
  rest: Partial<APIRole> = {},
): APIRole => ({
  id,
  name,
  position,
  permissions: permissions.toString(),
  color: 0,
  colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
  hoist: false,
  icon: null,
  unicode_emoji: null,
  managed: false,
  mentionable: false,
  flags: NO_FLAGS,
  ...rest,
});

const member = (userId: string, ...roles: string[]): Member => ({
  userId,
  roles,
  nick: null,
  joinedAt: '2025-01-15T12:00:00.000000+00:00',
  pending: false,
  flags: GuildMemberFlags.CompletedOnboarding,
});

const user = (id: string, username: string, globalName: string, locale: Locale): User => ({
  id,
  username,
  globalName,
  locale,
  bot: false,
  email: `${username}@example.com`,
  verified: true,
  dmsOpen: true,
  rejectsWhenOpening: false,
});

export const seedUsers = (): User[] => [
  { ...user(MEMBER_ID, 'alice', 'Alice', Locale.French), email: 'user@example.com' },
  user(OTHER_MEMBER_ID, 'bob', 'Bob', Locale.EnglishUS),
  user(OWNER_ID, 'olivia', 'Olivia', Locale.French),
  user(OUTSIDER_ID, 'zoe', 'Zoé', Locale.German),
  { ...user(BOT_ID, 'moddy', 'Moddy', Locale.EnglishUS), bot: true, email: null },
];

export function seedGuild(): Guild {
  const everyday =
    PermissionFlagsBits.ViewChannel | PermissionFlagsBits.SendMessages | PermissionFlagsBits.ReadMessageHistory;
  const moderation = PermissionFlagsBits.KickMembers | PermissionFlagsBits.BanMembers;
  const roles = [
    role(GUILD_ID, '@everyone', 0, everyday),
    role(OLD_PLAN_ROLE_ID, 'Moddy Plus', 1, 0n),
    role(PLAN_ROLE_ID, 'Moddy Max', 2, 0n),
    role(MANAGED_ROLE_ID, 'Server Booster', 3, 0n, { managed: true, tags: { premium_subscriber: null } }),
    role(MODERATOR_ROLE_ID, 'Moderator', 4, moderation),
    role(BOT_ROLE_ID, 'Moddy', 5, PermissionFlagsBits.ManageRoles | PermissionFlagsBits.CreateInstantInvite, {
      managed: true,
      tags: { bot_id: BOT_ID },
    }),
    role(ADMIN_ROLE_ID, 'Admin', 6, PermissionFlagsBits.Administrator),
  ];
  const members = [
    member(MEMBER_ID),
    member(OTHER_MEMBER_ID, OLD_PLAN_ROLE_ID),
    member(OWNER_ID, ADMIN_ROLE_ID),
    member(BOT_ID, BOT_ROLE_ID),
  ];
  return {
    id: GUILD_ID,
    name: 'Moddy',
    ownerId: OWNER_ID,
    locale: Locale.French,
    botPresent: true,
    available: true,
    roles: new Map(roles.map((each) => [each.id, each])),
    members: new Map(members.map((each) => [each.userId, each])),
    channels: new Map([[CHANNEL_ID, textChannelObject(CHANNEL_ID, GUILD_ID, 'general')]]),
    auditLog: [],
  };
}
