import type { APIRole } from 'discord-api-types/v10';
import type { Guild, Member } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { missingAccess, unknownGuild, unknownMember, unknownRole, unknownUser } from './discord-error.ts';
import { pathId } from './form.ts';

export function findGuild(world: World, guildId: string): Guild {
  if (pathId(guildId, 'guild_id') !== world.guild.id) throw unknownGuild();
  if (!world.guild.botPresent) throw missingAccess();
  return world.guild;
}

/** A user who is nobody's gets 10013, one who is only elsewhere 10007. */
export function findMember(world: World, userId: string): Member {
  const id = pathId(userId, 'user_id');
  if (!world.users.has(id)) throw unknownUser();
  const member = world.guild.members.get(id);
  if (!member) throw unknownMember();
  return member;
}

export function findRole(guild: Guild, roleId: string): APIRole {
  const role = guild.roles.get(pathId(roleId, 'role_id'));
  if (!role) throw unknownRole();
  return role;
}
