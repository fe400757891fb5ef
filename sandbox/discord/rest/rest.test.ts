import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { call, newRest, openDm, rejectionOf, startSandbox } from '../fixture.ts';
import { GUILD_ID, MEMBER_ID, OLD_PLAN_ROLE_ID, OTHER_MEMBER_ID, OUTSIDER_ID } from '../world/seed.ts';

describe('the REST API', () => {
  it('401 with a wrong token', async () => {
    const discord = await startSandbox();
    const response = await fetch(`${discord.apiUrl}/v10/users/@me`, { headers: { authorization: 'Bot wrong' } });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: '401: Unauthorized', code: 0 });
  });

  it('501 for a route outside the model, 400 for another API version', async () => {
    const discord = await startSandbox();
    expect(await rejectionOf(call(discord, 'GET', '/nowhere'))).toEqual([501, 'sandbox_not_modelled']);
    expect((await fetch(`${discord.apiUrl}/v9/gateway`)).status).toBe(400);
  });

  it('has the bot, its application, the guild, its roles and members', async () => {
    const discord = await startSandbox();
    const rest = newRest(discord);
    expect(await rest.get(Routes.user())).toMatchObject({ username: 'moddy', bot: true });
    expect(await rest.get(Routes.currentApplication())).toMatchObject({ verify_key: discord.publicKey });
    expect(await rest.get(Routes.guild(GUILD_ID))).toMatchObject({ id: GUILD_ID, preferred_locale: 'fr' });
    expect(await rest.get(Routes.guildRoles(GUILD_ID))).toHaveLength(7);
    expect(await rest.get(Routes.guildMember(GUILD_ID, OTHER_MEMBER_ID))).toMatchObject({ roles: [OLD_PLAN_ROLE_ID] });
    expect(await rest.get(`${Routes.guildMembers(GUILD_ID)}?limit=2&after=${OTHER_MEMBER_ID}`)).toHaveLength(2);
  });

  it('10004, 10007, 10013, 50001 and 50035 for unknown or invalid ids', async () => {
    const discord = await startSandbox();
    expect(await rejectionOf(call(discord, 'GET', '/guilds/1'))).toEqual([404, 10004]);
    expect(await rejectionOf(call(discord, 'GET', `/guilds/${GUILD_ID}/members/${OUTSIDER_ID}`))).toEqual([404, 10007]);
    expect(await rejectionOf(call(discord, 'GET', `/guilds/${GUILD_ID}/members/1`))).toEqual([404, 10013]);
    expect(await rejectionOf(call(discord, 'GET', '/users/1'))).toEqual([404, 10013]);
    expect(await rejectionOf(call(discord, 'GET', '/users/abc'))).toEqual([400, 50035]);
    discord.removeBot();
    expect(await rejectionOf(call(discord, 'GET', `/guilds/${GUILD_ID}`))).toEqual([403, 50001]);
  });

  it('501 sandbox_not_modelled for a field that Discord accepts and the sandbox would ignore', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    const send = (body: object) => rejectionOf(call(discord, 'POST', `/channels/${channel}/messages`, body));
    const rejected = [501, 'sandbox_not_modelled'];
    expect(await send({ content: 'x', tts: true })).toEqual(rejected);
    expect(await send({ content: 'x', sticker_ids: ['1'] })).toEqual(rejected);
    expect(await send({ poll: { question: { text: '?' } } })).toEqual(rejected);
    expect(await send({ message_reference: { type: 1, message_id: '1' } })).toEqual(rejected);
    const commands = `/applications/${discord.applicationId}/commands`;
    expect(await rejectionOf(call(discord, 'POST', commands, { name: 'x', type: 2 }))).toEqual(rejected);
    expect(discord.directMessages(MEMBER_ID)).toEqual([]);
  });
});
