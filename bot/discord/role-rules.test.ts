import { PermissionFlagsBits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { Role } from './guild.ts';
import { rejectionOfRole } from './role-rules.ts';

const role = (id: string, position: number, permissions = 0n): Role => ({
  id,
  name: `role ${id}`,
  position,
  permissions: permissions.toString(),
  managed: false,
});
const guild = {
  readAt: 0,
  roles: new Map(),
  mayManageRoles: true,
  isTimedOut: false,
  mayInvite: true,
  top: role('50', 5),
};

/**
 * Permissions that do not affect other members (Discord docs, "Permissions"). A permission that is new there stands out
 * here. PinMessages was split from ManageMessages and is about the messages of others; BypassSlowmode is about one's own.
 */
const MEMBERS: readonly (keyof typeof PermissionFlagsBits)[] = [
  ...(['AddReactions', 'AttachFiles', 'BypassSlowmode', 'ChangeNickname', 'Connect', 'CreateEvents'] as const),
  ...(['CreateGuildExpressions', 'CreateInstantInvite', 'CreatePrivateThreads', 'CreatePublicThreads'] as const),
  ...(['EmbedLinks', 'PrioritySpeaker', 'ReadMessageHistory', 'RequestToSpeak'] as const),
  ...(['SendMessages', 'SendMessagesInThreads', 'SendPolls', 'SendTTSMessages', 'SendVoiceMessages'] as const),
  ...(['SetVoiceChannelStatus', 'Speak', 'Stream', 'UseApplicationCommands', 'UseEmbeddedActivities'] as const),
  ...(['UseExternalApps', 'UseExternalEmojis', 'UseExternalSounds', 'UseExternalStickers', 'UseSoundboard'] as const),
  ...(['UseVAD', 'ViewChannel'] as const),
];

describe('rejectionOfRole', () => {
  it('accepts roles below the top role of the bot; at equal position the older role is higher', () => {
    expect(rejectionOfRole(role('99', 4), 'add', guild)).toBeUndefined();
    expect(rejectionOfRole(role('51', 5), 'add', guild)).toBeUndefined();
    expect(rejectionOfRole(role('49', 5), 'add', guild)?.reason).toBe('missing_permissions');
    expect(rejectionOfRole(role('50', 5), 'add', guild)?.reason).toBe('missing_permissions');
    expect(rejectionOfRole(role('99', 6), 'remove', guild)?.reason).toBe('missing_permissions');
  });

  it('accepts only the permissions of Discord that do not affect other members', () => {
    const granted = Object.entries(PermissionFlagsBits)
      .filter(([, bit]) => rejectionOfRole(role('1', 1, bit), 'add', guild) === undefined)
      .map(([name]) => name);
    expect(granted.toSorted()).toEqual(MEMBERS.toSorted());
  });

  it('rejects adding a role with a privileged permission and allows removing it', () => {
    const privileged = role('1', 1, PermissionFlagsBits.BanMembers | PermissionFlagsBits.SendMessages);
    const why = 'The role "role 1" has administration or moderation permissions';
    expect(rejectionOfRole(privileged, 'add', guild)).toEqual({ reason: 'role_refused', why });
    expect(rejectionOfRole(privileged, 'remove', guild)).toBeUndefined();
  });

  it.each(['add', 'remove'] as const)(
    'does not %s a managed role, nor any role without Manage Roles or a top role',
    (change) => {
      expect(rejectionOfRole({ ...role('1', 1), managed: true }, change, guild)?.reason).toBe('role_refused');
      const powerless = { ...guild, mayManageRoles: false };
      expect(rejectionOfRole(role('1', 1), change, powerless)?.why).toBe('The bot lacks the permission Manage Roles');
      expect(rejectionOfRole(role('1', 1), change, { ...guild, top: undefined })?.reason).toBe('missing_permissions');
    },
  );
});
