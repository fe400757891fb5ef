import { describe, expect, it } from 'vitest';
import {
  ADMIN_ROLE,
  GUILD,
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
const done = (added: string[], removed: string[]) => ({
  success: true,
  message: 'Roles updated successfully',
  roles_updated: true,
  guild_id: GUILD,
  added,
  removed,
  failed: [],
});
const refused = (reason: string, message: string) => ({
  success: false,
  message,
  roles_updated: false,
  guild_id: GUILD,
  reason,
});
const planRoles = (roles: object) => ({ environment: { PLAN_ROLES: JSON.stringify(roles) } });
const PUT_ROLE = { method: 'PUT', path: '/guilds/:guild/members/:user/roles/:role' };

describe('updateUserRole', () => {
  it("200 for the document's example with only a plan: its roles added, every other plan's removed", async () => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max' });
    expect(answer).toEqual({ status: 200, body: done([MAX_ROLE], [PLUS_ROLE]) });
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([MAX_ROLE]);
    expect(discord.auditLog().every((entry) => JSON.stringify(entry).includes('Moddy: Moddy Max'))).toBe(true);
  });

  it('200 for the example with both lists', async () => {
    const { call, discord } = await startTestBot();
    const lists = { plan: 'moddy_max', add_roles: [MAX_ROLE], remove_roles: [PLUS_ROLE] };
    expect(await call('POST', PATH, { discord_id: MEMBER, ...lists })).toEqual({
      status: 200,
      body: done([MAX_ROLE], []),
    });
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 without a call when nothing is to change, also for roles it could not change', async () => {
    const { call, discord } = await startTestBot();
    discord.setMemberRoles(MEMBER, [MODERATOR_ROLE]);
    const lists = { add_roles: [MODERATOR_ROLE], remove_roles: [MAX_ROLE] };
    expect((await call('POST', PATH, { discord_id: MEMBER, plan: 'free', ...lists })).body).toEqual(done([], []));
    expect(discord.requests().filter(({ path }) => path.includes(`/members/${MEMBER}/roles/`))).toEqual([]);
  });

  it('200 for free: no plan keeps its roles, other roles stay', async () => {
    const { call, discord } = await startTestBot();
    discord.setMemberRoles(MEMBER, [PLUS_ROLE, MODERATOR_ROLE, MAX_ROLE]);
    const { body } = await call('POST', PATH, {
      discord_id: MEMBER,
      plan: 'free',
      add_roles: null,
      remove_roles: null,
    });
    expect(body).toEqual(done([], [PLUS_ROLE, MAX_ROLE]));
    expect(discord.rolesOf(MEMBER)).toEqual([MODERATOR_ROLE]);
  });

  it('200 for a role that two plans share: it stays', async () => {
    const { call, discord } = await startTestBot(
      planRoles({ moddy_plus: [PLUS_ROLE], moddy_max: [PLUS_ROLE, MAX_ROLE] }),
    );
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max' });
    expect(body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(OTHER_MEMBER).toSorted()).toEqual([PLUS_ROLE, MAX_ROLE]);
  });

  it('200 for an empty list: the lists are applied as given, not the plan', async () => {
    const { call, discord } = await startTestBot();
    expect((await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max', add_roles: [] })).body).toEqual(
      done([], []),
    );
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([PLUS_ROLE]);
  });

  it('200 false, unknown_plan, and nothing is changed', async () => {
    const { call, discord } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_ultra' });
    expect(body).toEqual(refused('unknown_plan', 'The plan is not in PLAN_ROLES; nothing was changed'));
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([PLUS_ROLE]);
  });

  it('200 false, not_in_guild, for a user who is elsewhere', async () => {
    const { call } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: OUTSIDER, plan: 'moddy_max' });
    expect(body).toEqual(refused('not_in_guild', 'The user is not a member of the server'));
  });

  it.each(['555666777888999000', '99999999999999999999'])('200 false, unknown_user, for %s', async (discordId) => {
    const { call } = await startTestBot();
    const { body } = await call('POST', PATH, { discord_id: discordId, plan: 'moddy_max' });
    expect(body).toEqual(refused('unknown_user', 'There is no such Discord user'));
  });

  it('200 false, role_misconfigured, when PLAN_ROLES has a role that is gone', async () => {
    const { call, client } = await startTestBot(planRoles({ moddy_max: ['777'] }));
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toMatchObject({ ...refused('role_misconfigured', 'The role 777 does not exist'), failed: ['777'] });
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
    expect(body).toEqual({ ...refused('role_refused', why), added: [], removed: [], failed: [roleId] });
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it('200 for a moderation role that is taken away: only granting it is refused', async () => {
    const { call, discord } = await startTestBot();
    discord.setMemberRoles(MEMBER, [MODERATOR_ROLE]);
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'free', remove_roles: [MODERATOR_ROLE] });
    expect(body).toEqual(done([], [MODERATOR_ROLE]));
  });

  it('200 false, missing_permissions, for a role above the bot, by its name', async () => {
    const { call, discord } = await startTestBot();
    discord.editRole(MAX_ROLE, { position: 10 });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const why = 'The role "Moddy Max" is not below the bot\'s own role';
    expect(body).toMatchObject({ ...refused('missing_permissions', why), failed: [MAX_ROLE] });
  });

  it('200 false, missing_permissions, when the bot may not manage roles', async () => {
    const { call, discord } = await startTestBot();
    discord.letBotManageRoles(false);
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toMatchObject(refused('missing_permissions', 'The bot lacks the permission Manage Roles'));
  });

  it('200 false, missing_permissions, when Discord says so though it looked possible', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, answer: { status: 403, body: { message: 'Missing Permissions', code: 50013 } } });
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const why = 'Discord does not let the bot change the role "Moddy Max"';
    expect(body).toMatchObject(refused('missing_permissions', why));
  });

  it('200 false, partial, when some was done and some refused for good', async () => {
    const { call, discord } = await startTestBot();
    const lists = { add_roles: [MAX_ROLE, ADMIN_ROLE], remove_roles: [PLUS_ROLE] };
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max', ...lists });
    expect(body).toEqual({
      ...refused('partial', 'The role "Admin" has administration or moderation permissions'),
      added: [MAX_ROLE],
      removed: [PLUS_ROLE],
      failed: [ADMIN_ROLE],
    });
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 false, guild_unavailable, when the bot was removed; health tells it', async () => {
    const { call, discord, client } = await startTestBot();
    discord.removeBot();
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(body).toEqual(refused('guild_unavailable', 'The bot has no access to the server'));
    const { status, checks } = await client.healthCheck();
    expect(status).toBe('unhealthy');
    expect(checks).toContainEqual(expect.objectContaining({ name: 'guild', status: 'unhealthy' }));
  });

  const GET_MEMBER = { method: 'GET', path: `/guilds/:guild/members/${MEMBER}` };
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
  ])("200 false when Discord's code to %o is %i: %s", async (route, code, reason) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...route, answer: { status: 404, body: { message: 'No', code } } });
    const { status, body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, roles_updated: false, reason });
  });

  it('200 false, superseded, for an older revision than the last; the same one is applied again', async () => {
    const { call, discord } = await startTestBot();
    const update = (plan: string, revision: number) => call('POST', PATH, { discord_id: MEMBER, plan, revision });
    expect((await update('moddy_max', 5)).body).toEqual(done([MAX_ROLE], []));
    const late = refused('superseded', 'A newer revision of this member was applied already');
    expect((await update('moddy_plus', 4)).body).toEqual(late);
    discord.setMemberRoles(MEMBER, []);
    expect((await update('moddy_max', 5)).body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 for the same request again: a member who left and came back gets their roles again', async () => {
    const { call, discord } = await startTestBot();
    const body = { discord_id: MEMBER, plan: 'moddy_max', revision: 5 };
    await call('POST', PATH, body);
    discord.leave(MEMBER);
    discord.join(MEMBER);
    expect((await call('POST', PATH, body)).body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });

  it('one change at a time per member', async () => {
    const { call, discord } = await startTestBot();
    const plans = ['moddy_max', 'moddy_plus', 'free', 'moddy_plus', 'moddy_max'];
    const answers = await Promise.all(plans.map((plan) => call('POST', PATH, { discord_id: MEMBER, plan })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(discord.rolesOf(MEMBER)).toHaveLength(1);
  });

  it('503 when too many changes of one member are waiting', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ method: 'GET', path: `/guilds/:guild/members/${MEMBER}`, delayMs: 300 });
    const update = () => call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const answers = await Promise.all(Array.from({ length: 12 }, update));
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });

  it.each([
    ["422 for an unknown id in the caller's lists", { add_roles: [MAX_ROLE, '777'] }, '/body/add_roles/1'],
    ['422 for @everyone', { remove_roles: [GUILD] }, '/body/remove_roles/0'],
  ])('%s, and nothing is done', async (_what, lists, path) => {
    const { call, discord } = await startTestBot();
    expect(await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max', ...lists })).toEqual({
      status: 422,
      body: { error: 'A role does not exist', details: [{ path, message: 'is not a role of the guild' }] },
    });
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it('422 when a role stands in both lists', async () => {
    const { call, discord } = await startTestBot();
    const lists = { add_roles: [MAX_ROLE], remove_roles: [MAX_ROLE] };
    expect((await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max', ...lists })).status).toBe(422);
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it.each([10011, 50028])('422 when a role disappears between the look and the change (%i)', async (code) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, answer: { status: 404, body: { message: 'Unknown Role', code } } });
    const answer = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max', add_roles: [MAX_ROLE] });
    expect(answer).toMatchObject({ status: 422, body: { details: [{ path: '/body/add_roles/0' }] } });
  });

  it('422 without a plan', async () => {
    const { call } = await startTestBot();
    const answer = await call('POST', PATH, { discord_id: MEMBER, add_roles: [MAX_ROLE] });
    expect(answer).toMatchObject({ status: 422, body: { details: [{ path: '/body/plan' }] } });
  });

  it('400, 401, 403, 413, 415 and 421 as for every operation', async () => {
    const { call } = await startTestBot();
    const body = { discord_id: MEMBER, plan: 'moddy_max' };
    const statusOf = async (sent: unknown, headers: Record<string, string> = {}) =>
      (await call('POST', PATH, sent, headers)).status;
    expect(await statusOf('{')).toBe(400);
    expect(await statusOf(body, { authorization: '' })).toBe(401);
    expect(await statusOf(body, { authorization: 'Bearer nope' })).toBe(403);
    expect(await statusOf({ ...body, much: 'x'.repeat(70_000) })).toBe(413);
    expect(await statusOf(body, { 'content-type': 'text/plain' })).toBe(415);
    expect(await statusOf(body, { 'x-railway-request-id': 'abc' })).toBe(421);
  });

  it('500 when Discord answers something unheard of', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, answer: { status: 400, body: { message: 'New', code: 999_999 } } });
    const answer = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(answer).toEqual({ status: 500, body: { error: 'Internal error' } });
  });

  it.each([
    ['asks for patience', { answer: { status: 429, headers: { 'retry-after': '3' }, body: { retry_after: 3 } } }],
    ['has an outage', { answer: { status: 500 }, times: 2 }],
    ['hangs up', { end: 'drop', times: 2 } as const],
    ['refuses the token', { answer: { status: 401, body: { message: '401: Unauthorized', code: 0 } } }],
  ])('503 when Discord %s', async (_what, fault) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, ...fault });
    const answer = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(answer).toMatchObject({ status: 503, retryAfter: expect.any(Number) });
  });
});
