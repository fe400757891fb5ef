import type { APIRole } from 'discord-api-types/v10';
import { GatewayDispatchEvents, GatewayOpcodes, PermissionFlagsBits } from 'discord-api-types/v10';
import { guildCreateObject } from './guild-objects.ts';
import { announceMember } from './members.ts';
import { BOT_ROLE_ID } from './seed.ts';
import type { World } from './world.ts';

type RoleChange = Partial<Pick<APIRole, 'name' | 'position' | 'permissions' | 'managed'>>;

/** Discord docs: Gateway Events, Guild Role Update. */
export function editRole(world: World, roleId: string, change: RoleChange): void {
  const role = world.guild.roles.get(roleId);
  if (!role) throw new Error(`No role ${roleId}.`);
  Object.assign(role, change);
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildRoleUpdate,
    d: { guild_id: world.guild.id, role: { ...role } },
  });
}

/** Discord docs: Gateway Events, Guild Role Delete; its members lose it. */
export function deleteRole(world: World, roleId: string): void {
  if (!world.guild.roles.delete(roleId)) return;
  const { guild } = world;
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildRoleDelete,
    d: { guild_id: guild.id, role_id: roleId },
  });
  for (const member of guild.members.values()) {
    if (!member.roles.includes(roleId)) continue;
    member.roles = member.roles.filter((id) => id !== roleId);
    announceMember(world, member);
  }
}

/** Gives the bot's own role its permission to manage roles, or takes it. */
export function letBotManageRoles(world: World, allowed: boolean): void {
  editRole(world, BOT_ROLE_ID, { permissions: allowed ? PermissionFlagsBits.ManageRoles.toString() : '0' });
}

/**
 * Removed from the server, the bot gets Guild Delete without `unavailable` (Discord docs: Gateway Events, Guild Delete);
 * its commands of this guild go with it (Discord docs: Application Commands, Guild Commands).
 */
export function removeBot(world: World): void {
  if (!world.guild.botPresent) return;
  world.guild.botPresent = false;
  world.commands.delete(world.guild.id);
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildDelete,
    d: { id: world.guild.id },
  });
}

export function returnBot(world: World): void {
  if (world.guild.botPresent) return;
  world.guild.botPresent = true;
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildCreate,
    d: guildCreateObject(world),
  });
}

/** An outage of the guild: Guild Delete with `unavailable`, later Guild Create (Discord docs: Gateway Events, Guild Delete). */
export function setGuildAvailable(world: World, available: boolean): void {
  world.guild.available = available;
  if (!world.guild.botPresent) return;
  world.dispatches.emit(
    available
      ? { op: GatewayOpcodes.Dispatch, t: GatewayDispatchEvents.GuildCreate, d: guildCreateObject(world) }
      : {
          op: GatewayOpcodes.Dispatch,
          t: GatewayDispatchEvents.GuildDelete,
          d: { id: world.guild.id, unavailable: true },
        },
  );
}
