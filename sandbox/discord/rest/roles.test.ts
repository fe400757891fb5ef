import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { call, newRest, rejectionOf, startSandbox } from '../fixture.ts';
import {
  ADMIN_ROLE_ID,
  BOT_ROLE_ID,
  GUILD_ID,
  MANAGED_ROLE_ID,
  MEMBER_ID,
  MODERATOR_ROLE_ID,
  OLD_PLAN_ROLE_ID,
  OTHER_MEMBER_ID,
  OUTSIDER_ID,
  PLAN_ROLE_ID,
} from '../world/seed.ts';

const role = (userId: string, roleId: string) => `/guilds/${GUILD_ID}/members/${userId}/roles/${roleId}`;

describe('roles', () => {
  it('204 with the reason in the audit log, which omits a request without a change', async () => {
    const discord = await startSandbox();
    const rest = newRest(discord);
    await rest.put(Routes.guildMemberRole(GUILD_ID, MEMBER_ID, PLAN_ROLE_ID), { reason: 'Payé · révision 7' });
    await rest.put(Routes.guildMemberRole(GUILD_ID, MEMBER_ID, PLAN_ROLE_ID));
    expect(discord.rolesOf(MEMBER_ID)).toEqual([PLAN_ROLE_ID]);
    expect(discord.auditLog()).toMatchObject([{ added: [PLAN_ROLE_ID], removed: [], reason: 'Payé · révision 7' }]);
    await rest.delete(Routes.guildMemberRole(GUILD_ID, MEMBER_ID, PLAN_ROLE_ID));
    expect(discord.rolesOf(MEMBER_ID)).toEqual([]);
  });

  it('50013 for a role above the bot, for a managed role and without the permission', async () => {
    const discord = await startSandbox();
    for (const id of [ADMIN_ROLE_ID, BOT_ROLE_ID, MANAGED_ROLE_ID]) {
      expect(await rejectionOf(call(discord, 'PUT', role(MEMBER_ID, id)))).toEqual([403, 50013]);
    }
    expect((await call(discord, 'PUT', role(MEMBER_ID, MODERATOR_ROLE_ID))).status).toBe(204);
    discord.letBotManageRoles(false);
    expect(await rejectionOf(call(discord, 'PUT', role(MEMBER_ID, PLAN_ROLE_ID)))).toEqual([403, 50013]);
  });

  it('10011 for an unknown role, 10007 for an unknown member, 50028 for @everyone', async () => {
    const discord = await startSandbox();
    discord.deleteRole(PLAN_ROLE_ID);
    expect(await rejectionOf(call(discord, 'PUT', role(MEMBER_ID, PLAN_ROLE_ID)))).toEqual([404, 10011]);
    expect(await rejectionOf(call(discord, 'PUT', role(OUTSIDER_ID, OLD_PLAN_ROLE_ID)))).toEqual([404, 10007]);
    expect(await rejectionOf(call(discord, 'PUT', role(MEMBER_ID, GUILD_ID)))).toEqual([400, 50028]);
  });

  it('200 for a PATCH of the whole list, with the same limits', async () => {
    const discord = await startSandbox();
    const path = `/guilds/${GUILD_ID}/members/${OTHER_MEMBER_ID}`;
    expect((await call(discord, 'PATCH', path, { roles: [PLAN_ROLE_ID] })).status).toBe(200);
    expect(discord.rolesOf(OTHER_MEMBER_ID)).toEqual([PLAN_ROLE_ID]);
    expect(await rejectionOf(call(discord, 'PATCH', path, { roles: [ADMIN_ROLE_ID] }))).toEqual([403, 50013]);
  });
});
