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
const guild = { readAt: 0, roles: new Map(), mayManageRoles: true, top: role('50', 5) };

describe('refusalOfRole', () => {
  it('lets roles below the own one pass; of two at one height the older is the higher', () => {
    expect(rejectionOfRole(role('99', 4), 'add', guild)).toBeUndefined();
    expect(rejectionOfRole(role('51', 5), 'add', guild)).toBeUndefined();
    expect(rejectionOfRole(role('49', 5), 'add', guild)?.reason).toBe('missing_permissions');
    expect(rejectionOfRole(role('50', 5), 'add', guild)?.reason).toBe('missing_permissions');
    expect(rejectionOfRole(role('99', 6), 'remove', guild)?.reason).toBe('missing_permissions');
  });

  it.each([
    'Administrator',
    'ManageGuild',
    'ManageRoles',
    'KickMembers',
    'BanMembers',
    'ModerateMembers',
    'ManageMessages',
  ] as const)('never grants %s', (permission) => {
    const privileged = role('1', 1, PermissionFlagsBits[permission] | PermissionFlagsBits.SendMessages);
    expect(rejectionOfRole(privileged, 'add', guild)?.reason).toBe('role_refused');
    expect(rejectionOfRole(privileged, 'remove', guild)).toBeUndefined();
  });
});
