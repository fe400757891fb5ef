import { PermissionFlagsBits } from 'discord.js';
import { byHeight, type GuildReading, type Role } from './guild.ts';

export type RoleRejection = { readonly reason: 'role_refused' | 'missing_permissions'; readonly why: string };

/**
 * Permissions of administration and moderation: those that Discord's own two-factor rule guards, and those over what
 * others write and do (Discord docs, "Permissions"). A role with one of them is never a subscriber's.
 */
const PRIVILEGED =
  PermissionFlagsBits.Administrator |
  PermissionFlagsBits.ManageGuild |
  PermissionFlagsBits.ManageRoles |
  PermissionFlagsBits.ManageChannels |
  PermissionFlagsBits.ManageWebhooks |
  PermissionFlagsBits.ManageMessages |
  PermissionFlagsBits.PinMessages |
  PermissionFlagsBits.ManageThreads |
  PermissionFlagsBits.ManageNicknames |
  PermissionFlagsBits.ManageGuildExpressions |
  PermissionFlagsBits.ManageEvents |
  PermissionFlagsBits.KickMembers |
  PermissionFlagsBits.BanMembers |
  PermissionFlagsBits.ModerateMembers |
  PermissionFlagsBits.MuteMembers |
  PermissionFlagsBits.DeafenMembers |
  PermissionFlagsBits.MoveMembers |
  PermissionFlagsBits.MentionEveryone |
  PermissionFlagsBits.ViewAuditLog |
  PermissionFlagsBits.ViewGuildInsights |
  PermissionFlagsBits.ViewCreatorMonetizationAnalytics;

/** Why the bot does not add or remove this role, if it does not; told by the role's name. */
export function rejectionOfRole(role: Role, change: 'add' | 'remove', guild: GuildReading): RoleRejection | undefined {
  if (role.managed) return rejected(role, 'belongs to an integration');
  if (change === 'add' && (BigInt(role.permissions) & PRIVILEGED) !== 0n) {
    return rejected(role, 'has administration or moderation permissions');
  }
  if (guild.isTimedOut) return { reason: 'missing_permissions', why: 'The bot is timed out in the server' };
  if (!guild.mayManageRoles) return { reason: 'missing_permissions', why: 'The bot lacks the permission Manage Roles' };
  if (guild.top === undefined || byHeight(guild.top, role) >= 0) {
    return { reason: 'missing_permissions', why: `The role "${role.name}" is not below the bot's own role` };
  }
  return undefined;
}

const rejected = (role: Role, problem: string): RoleRejection => ({
  reason: 'role_refused',
  why: `The role "${role.name}" ${problem}`,
});
