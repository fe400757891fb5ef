import { type APIRole, PermissionFlagsBits, type RESTPatchAPIGuildMemberResult } from 'discord-api-types/v10';
import { memberObject } from '../world/guild-objects.ts';
import { announceMember, setRoles } from '../world/members.ts';
import { can, outranks } from '../world/permissions.ts';
import type { Guild } from '../world/records.ts';
import type { World } from '../world/world.ts';
import { invalidRole, missingPermissions } from './discord-error.ts';
import { type App, auditLogReason, noContent, readJson, reply } from './env.ts';
import { Form } from './form.ts';
import { findGuild, findMember, findRole } from './guild-access.ts';

/** Discord docs: Guild, Add Guild Member Role, Remove Guild Member Role, Modify Guild Member. */
export function memberRoleRoutes(app: App, world: World): void {
  const path = '/guilds/:guildId/members/:userId/roles/:roleId';

  app.put(path, (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    const member = findMember(world, c.req.param('userId'));
    const role = findRole(guild, c.req.param('roleId'));
    mayAssign(world, guild, role);
    setRoles(world, member, [...member.roles, role.id], world.botId, auditLogReason(c));
    return noContent();
  });

  app.delete(path, (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    const member = findMember(world, c.req.param('userId'));
    const role = findRole(guild, c.req.param('roleId'));
    mayAssign(world, guild, role);
    const left = member.roles.filter((id) => id !== role.id);
    setRoles(world, member, left, world.botId, auditLogReason(c));
    return noContent();
  });

  app.patch('/guilds/:guildId/members/:userId', async (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    const member = findMember(world, c.req.param('userId'));
    const form = new Form();
    const body = form.record(await readJson(c), 'body');
    const nick = form.text(body.nick, 'nick', 32);
    const roles = form
      .list(body.roles, 'roles', 250)
      .flatMap((id, index) => form.snowflake(id, `roles.${index}`) ?? []);
    form.finish();
    if (Array.isArray(body.roles)) {
      const kept = roles.filter((id) => member.roles.includes(id));
      const changed = new Set([...roles, ...member.roles].filter((id) => !kept.includes(id)));
      for (const id of changed) mayAssign(world, guild, findRole(guild, id));
      setRoles(world, member, roles, world.botId, auditLogReason(c));
    }
    if ('nick' in body) {
      if (!can(guild, world.botId, PermissionFlagsBits.ManageNicknames)) throw missingPermissions();
      member.nick = nick || null;
      announceMember(world, member);
    }
    return reply<RESTPatchAPIGuildMemberResult>(memberObject(world, member));
  });
}

/** Discord docs: Permissions, Permission Hierarchy. A managed role belongs to its integration; @everyone is nobody's to give. */
function mayAssign(world: World, guild: Guild, role: APIRole): void {
  if (role.id === guild.id) throw invalidRole();
  if (!can(guild, world.botId, PermissionFlagsBits.ManageRoles)) throw missingPermissions();
  if (role.managed || !outranks(guild, world.botId, role)) throw missingPermissions();
}
