import type {
  RESTGetAPIGuildChannelsResult,
  RESTGetAPIGuildMemberResult,
  RESTGetAPIGuildMembersResult,
  RESTGetAPIGuildResult,
  RESTGetAPIGuildRoleResult,
  RESTGetAPIGuildRolesResult,
  RESTPutAPIGuildMemberResult,
} from 'discord-api-types/v10';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { Grants } from '../oauth2/grants.ts';
import { guildObject, memberObject } from '../world/guild-objects.ts';
import { join } from '../world/members.ts';
import { can } from '../world/permissions.ts';
import { compareSnowflakes } from '../world/snowflake.ts';
import type { World } from '../world/world.ts';
import { invalidAccessToken, missingAccess, missingPermissions, rejectFields } from './discord-error.ts';
import type { App } from './env.ts';
import { noContent, readJson, reply } from './env.ts';
import { Form } from './form.ts';
import { findGuild, findMember, findRole } from './guild-access.ts';

/** Discord docs: Guild. */
export function guildRoutes(app: App, world: World, grants: Grants): void {
  app.get('/guilds/:guildId', (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    const counts = { approximate_member_count: guild.members.size, approximate_presence_count: guild.members.size };
    const withCounts = c.req.query('with_counts') === 'true';
    return reply<RESTGetAPIGuildResult>({ ...guildObject(guild), ...(withCounts ? counts : {}) });
  });

  app.get('/guilds/:guildId/roles', (c) =>
    reply<RESTGetAPIGuildRolesResult>([...findGuild(world, c.req.param('guildId')).roles.values()]),
  );

  app.get('/guilds/:guildId/roles/:roleId', (c) =>
    reply<RESTGetAPIGuildRoleResult>(findRole(findGuild(world, c.req.param('guildId')), c.req.param('roleId'))),
  );

  app.get('/guilds/:guildId/channels', (c) =>
    reply<RESTGetAPIGuildChannelsResult>([...findGuild(world, c.req.param('guildId')).channels.values()]),
  );

  // Ascending by user id; needs the members intent switched on (Discord docs: Guild, List Guild Members).
  app.get('/guilds/:guildId/members', (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    if (!world.privileged.guildMembers) throw missingAccess();
    const form = new Form();
    const limit = form.integer(c.req.query('limit'), 'limit', 1, 1000) ?? 1;
    const after = form.snowflake(c.req.query('after'), 'after') ?? '0';
    form.finish();
    const members = [...guild.members.values()]
      .sort((a, b) => compareSnowflakes(a.userId, b.userId))
      .filter((member) => compareSnowflakes(member.userId, after) > 0)
      .slice(0, limit);
    return reply<RESTGetAPIGuildMembersResult>(members.map((member) => memberObject(world, member)));
  });

  // Discord docs: Guild, Add Guild Member: an access token with guilds.join, and Create Invite for the bot.
  app.put('/guilds/:guildId/members/:userId', async (c) => {
    const guild = findGuild(world, c.req.param('guildId'));
    const userId = c.req.param('userId');
    const form = new Form();
    const body = form.record(await readJson(c), 'body');
    const accessToken = form.text(body.access_token, 'access_token', 2048);
    rejectFields(body, ['nick', 'roles', 'mute', 'deaf']);
    form.finish();
    if (!can(guild, world.botId, PermissionFlagsBits.CreateInstantInvite)) throw missingPermissions();
    const grant = grants.byAccessToken(accessToken ?? '');
    if (grant?.userId !== userId || !grant.scope.split(' ').includes('guilds.join')) throw invalidAccessToken();
    if (guild.members.has(userId)) return noContent();
    return reply<RESTPutAPIGuildMemberResult>(memberObject(world, join(world, userId)), 201);
  });

  app.get('/guilds/:guildId/members/:userId', (c) => {
    findGuild(world, c.req.param('guildId'));
    return reply<RESTGetAPIGuildMemberResult>(memberObject(world, findMember(world, c.req.param('userId'))));
  });
}
