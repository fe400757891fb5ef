import { BOT_ID, BOT_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { describe, expect, it } from 'vitest';
import { DELETE_ROLE, GET_MEMBER, PUT_ROLE, planRoles, rejected } from '../testing/role-responses.ts';
import {
  ADMIN_ROLE,
  MANAGED_ROLE,
  MAX_ROLE,
  MEMBER,
  MODERATOR_ROLE,
  OTHER_MEMBER,
  OUTSIDER,
  PLUS_ROLE,
  startTestBot,
} from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/update';

describe('updateUserRole for roles that cannot be changed as requested', () => {
  it('200 false, unknown_plan, without a change', async () => {
    const { call, discord } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_ultra' });
    expect(body).toEqual(rejected('unknown_plan', 'The plan is not in PLAN_ROLES; nothing was changed'));
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([PLUS_ROLE]);
  });

  it('200 false, not_in_guild, for a user who is not a member', async () => {
    const { call } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: OUTSIDER, plan: 'moddy_max' });
    expect(body).toEqual(rejected('not_in_guild', 'The user is not a member of the server'));
  });

  it.each(['555666777888999000', '99999999999999999999'])('200 false, unknown_user, for %s', async (discordId) => {
    const { call } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: discordId, plan: 'moddy_max' });
    expect(body).toEqual(rejected('unknown_user', 'There is no such Discord user'));
  });

  it('200 false, role_misconfigured, when a role in PLAN_ROLES does not exist', async () => {
    const { call, client } = await startTestBot(planRoles({ moddy_max: ['777'] }));
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toMatchObject({ ...rejected('role_misconfigured', 'The role 777 does not exist'), failed: ['777'] });
    const { status, checks } = await client.healthCheck();
    expect(checks).toContainEqual({
      name: 'roles',
      status: 'unhealthy',
      detail: 'PLAN_ROLES moddy_max: the role 777 does not exist',
    });
    expect(status).toBe('healthy');
  });

  it.each([
    ['an administrator role', ADMIN_ROLE, 'The role "Admin" has administration or moderation permissions'],
    ['a moderation role', MODERATOR_ROLE, 'The role "Moderator" has administration or moderation permissions'],
    ['a managed role', MANAGED_ROLE, 'The role "Server Booster" belongs to an integration'],
  ])('200 false, role_refused, for %s', async (_what, roleId, why) => {
    const { call, discord } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max', add_roles: [roleId] });
    expect(body).toEqual({ ...rejected('role_refused', why), added: [], removed: [], failed: [roleId] });
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it('200 false, missing_permissions, for a role above the bot, which the message names', async () => {
    const { call, discord } = await startTestBot();
    discord.editRole(MAX_ROLE, { position: 10 });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const why = 'The role "Moddy Max" is not below the bot\'s own role';
    expect(body).toMatchObject({ ...rejected('missing_permissions', why), failed: [MAX_ROLE] });
  });

  it('200 false, missing_permissions, when the bot may not manage roles', async () => {
    const { call, discord } = await startTestBot();
    discord.letBotManageRoles(false);
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toMatchObject(rejected('missing_permissions', 'The bot lacks the permission Manage Roles'));
  });

  it('200 false, missing_permissions, while the bot is timed out; health reports it', async () => {
    const { call, client, discord } = await startTestBot();
    const until = (ms: number) => ({ communication_disabled_until: new Date(Date.now() + ms).toISOString() });
    const own = { user: { id: BOT_ID }, roles: [BOT_ROLE_ID] };
    const path = `/guilds/:guild/members/${BOT_ID}`;
    const timeout = discord.fail({ path, answer: { status: 200, body: { ...own, ...until(60_000) } }, times: 99 });
    discord.fail({ ...PUT_ROLE, answer: { status: 403, body: { message: 'Missing Permissions', code: 50013 } } });
    const expected = rejected('missing_permissions', 'The bot is timed out in the server');
    const request = { discord_id: MEMBER, plan: 'moddy_max' };
    expect((await call('POST', PATH, request)).body).toMatchObject(expected);
    const roles = (await client.healthCheck()).checks?.find(({ name }) => name === 'roles');
    expect(roles?.detail).toContain('The bot is timed out in the server');
    discord.clearFaults();
    timeout.remove();
    discord.fail({ path, answer: { status: 200, body: { ...own, ...until(-1) } }, times: 99 });
    expect((await call('POST', PATH, request)).body).toMatchObject({ roles_updated: true });
  });

  it('200 false, missing_permissions, when Discord rejects a change that the bot expected to succeed', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, answer: { status: 403, body: { message: 'Missing Permissions', code: 50013 } } });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const why = 'Discord does not let the bot change the role "Moddy Max"';
    expect(body).toMatchObject(rejected('missing_permissions', why));
  });

  it('200 false, partial, when some roles are changed and one is not allowed', async () => {
    const { call, discord } = await startTestBot();
    const lists = { add_roles: [MAX_ROLE, ADMIN_ROLE], remove_roles: [PLUS_ROLE] };
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max', ...lists });
    expect(body).toEqual({
      ...rejected('partial', 'The role "Admin" has administration or moderation permissions'),
      added: [MAX_ROLE],
      removed: [PLUS_ROLE],
      failed: [ADMIN_ROLE],
    });
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 false, partial, when Discord accepts the role of the new plan and keeps that of the old plan', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...DELETE_ROLE, answer: { status: 403, body: { message: 'Missing Permissions', code: 50013 } } });
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max' });
    const why = 'Discord does not let the bot change the role "Moddy Plus"';
    expect(body).toEqual({ ...rejected('partial', why), added: [MAX_ROLE], removed: [], failed: [PLUS_ROLE] });
  });

  it('200 false, guild_unavailable, when the bot is removed; health reports it', async () => {
    const { call, discord, client } = await startTestBot();
    discord.removeBot();
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toEqual(rejected('guild_unavailable', 'The bot has no access to the server'));
    const { status, checks } = await client.healthCheck();
    expect(status).toBe('unhealthy');
    expect(checks).toContainEqual(expect.objectContaining({ name: 'guild', status: 'unhealthy' }));
  });

  it.each([50001, 10004])('200 false, guild_unavailable, and unhealthy, for code %i of Discord', async (code) => {
    const { call, discord, client } = await startTestBot();
    discord.fail({ path: '/guilds/:guild/*', answer: { status: 403, body: { message: 'No', code } }, times: 100 });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toEqual(rejected('guild_unavailable', 'The bot has no access to the server'));
    const { status, checks } = await client.healthCheck();
    expect(status).toBe('unhealthy');
    expect(checks).toContainEqual(expect.objectContaining({ name: 'guild', status: 'unhealthy' }));
  });

  it('200 false without more requests while the bot is not in the server, and 200 after its return', async () => {
    const { call, discord, client, journal } = await startTestBot({ timings: { guildMaxAgeMs: 60_000 } });
    const update = () => call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    discord.removeBot();
    await journal.line('the guild is not available');
    expect((await update()).body).toMatchObject({ reason: 'guild_unavailable' });
    const asked = discord.requests().length;
    for (let count = 0; count < 5; count += 1) {
      expect((await update()).body).toMatchObject({ reason: 'guild_unavailable' });
      expect((await client.healthCheck()).status).toBe('unhealthy');
    }
    // 10,000 rejected requests in 10 minutes ban the address.
    expect(discord.requests()).toHaveLength(asked);
    discord.returnBot();
    await journal.line('commands', 2);
    expect((await update()).body).toMatchObject({ roles_updated: true });
  });

  it.each([
    [GET_MEMBER, 10007, 'not_in_guild'],
    [GET_MEMBER, 10013, 'unknown_user'],
    [GET_MEMBER, 50033, 'unknown_user'],
    [GET_MEMBER, 50001, 'guild_unavailable'],
    [GET_MEMBER, 10004, 'guild_unavailable'],
    [PUT_ROLE, 10007, 'not_in_guild'],
    [PUT_ROLE, 10011, 'role_misconfigured'],
    [PUT_ROLE, 50028, 'role_misconfigured'],
    [PUT_ROLE, 50013, 'missing_permissions'],
  ])('200 false when Discord answers %o with code %i: %s', async (route, code, reason) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...route, answer: { status: 404, body: { message: 'No', code } } });
    const { status, body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, roles_updated: false, reason });
  });

  it('200 false, pending, for a member in screening, without a change', async () => {
    const { call, discord } = await startTestBot();
    discord.join(OUTSIDER, true);
    const { body } = await call('POST', PATH, { discord_id: OUTSIDER, plan: 'moddy_max' });
    expect(body).toEqual(rejected('pending', 'The member has not passed the membership screening yet'));
    expect(discord.rolesOf(OUTSIDER)).toEqual([]);
    discord.passScreening(OUTSIDER);
    expect((await call('POST', PATH, { discord_id: OUTSIDER, plan: 'moddy_max' })).body).toMatchObject({
      roles_updated: true,
    });
  });

  it('200 false for a role that has just received administrator permissions', async () => {
    const { call, discord } = await startTestBot({ timings: { guildMaxAgeMs: 60_000 } });
    expect((await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_plus' })).body).toMatchObject({
      roles_updated: true,
    });
    discord.editRole(MAX_ROLE, { permissions: '8' });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toMatchObject({ failed: [MAX_ROLE] });
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it.each(['moddy_max', 'free'])('200 for the plan %s, with the retired role removed', async (plan) => {
    const environment = { PLAN_ROLES: JSON.stringify({ moddy_max: [MAX_ROLE] }), PLAN_ROLES_RETIRED: PLUS_ROLE };
    const { call, discord } = await startTestBot({ environment });
    expect((await call('POST', PATH, { discord_id: OTHER_MEMBER, plan })).body).toMatchObject({ removed: [PLUS_ROLE] });
    expect(discord.rolesOf(OTHER_MEMBER)).not.toContain(PLUS_ROLE);
  });
});
