import { type APIRole, PermissionFlagsBits } from 'discord-api-types/v10';
import type { Guild } from './records.ts';
import { compareSnowflakes } from './snowflake.ts';

const everything = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

const rolesOf = (guild: Guild, userId: string): APIRole[] =>
  [guild.id, ...(guild.members.get(userId)?.roles ?? [])].flatMap((id) => guild.roles.get(id) ?? []);

/** Discord docs: Permissions, Permission Overwrites (base permissions; the sandbox's channels have no overwrites). */
export function permissionsOf(guild: Guild, userId: string): bigint {
  const granted = rolesOf(guild, userId).reduce((all, role) => all | BigInt(role.permissions), 0n);
  const unlimited = guild.ownerId === userId || (granted & PermissionFlagsBits.Administrator) !== 0n;
  return unlimited ? everything : granted;
}

export const can = (guild: Guild, userId: string, permission: bigint): boolean =>
  (permissionsOf(guild, userId) & permission) === permission;

/** Equal positions are ordered by id, the lower id being the higher role (Discord docs: Permissions, Role Object). */
export const isAbove = (a: APIRole, b: APIRole): boolean =>
  a.position === b.position ? compareSnowflakes(a.id, b.id) < 0 : a.position > b.position;

/** A bot can change only roles below its own highest one (Discord docs: Permissions, Permission Hierarchy). */
export function outranks(guild: Guild, userId: string, role: APIRole): boolean {
  return guild.ownerId === userId || rolesOf(guild, userId).some((own) => isAbove(own, role));
}
