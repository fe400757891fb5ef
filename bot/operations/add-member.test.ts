import { describe, expect, it } from 'vitest';
import { GUILD, MEMBER, OUTSIDER, startTestBot, type TestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/members/add';
const ADD_MEMBER = { method: 'PUT', path: '/guilds/:guild/members/:user' };
const added = { success: true, message: 'The user is a member', member_added: true, guild_id: GUILD };
const refused = (reason: string, message: string) => ({ success: false, message, member_added: false, reason });
const invitation = ({ discord }: TestBot, scope = 'identify email guilds.join') => ({
  discord_id: OUTSIDER,
  access_token: discord.accessToken(OUTSIDER, scope),
});

describe('addMember', () => {
  it('200 when the user joins, and when the user is a member already', async () => {
    const test = await startTestBot();
    const body = invitation(test);
    expect(await test.call('POST', PATH, body)).toEqual({ status: 200, body: added });
    expect(test.discord.rolesOf(OUTSIDER)).toEqual([]);
    expect(await test.call('POST', PATH, body)).toEqual({ status: 200, body: added });
  });

  it.each(['identify email', 'identify'])('200 false, token_rejected, with the scopes %s', async (scope) => {
    const test = await startTestBot();
    const message = 'Discord does not accept the access token for joining';
    expect((await test.call('POST', PATH, invitation(test, scope))).body).toEqual(refused('token_rejected', message));
  });

  it("200 false, token_rejected, with another user's token; the bot token stays valid", async () => {
    const test = await startTestBot();
    const body = { ...invitation(test), discord_id: MEMBER };
    expect((await test.call('POST', PATH, body)).body).toMatchObject({ reason: 'token_rejected' });
    expect((await test.call('POST', PATH, invitation(test))).body).toEqual(added);
  });

  it.each([
    [40007, 403, 'banned', 'The user is banned from the server'],
    [30001, 400, 'too_many_guilds', 'The user is in as many servers as Discord allows'],
    [340015, 403, 'too_many_guilds', 'The user is in as many servers as Discord allows'],
    [30019, 400, 'guild_full', 'The server has as many members as Discord allows'],
    [50026, 403, 'token_rejected', 'Discord does not accept the access token for joining'],
    [40012, 403, 'token_rejected', 'Discord does not accept the access token for joining'],
    [10013, 404, 'unknown_user', 'There is no such Discord user'],
    [50013, 403, 'missing_permissions', 'The bot lacks the permission Create Invite'],
    [0, 403, 'missing_permissions', 'The bot lacks the permission Create Invite'],
    [50001, 403, 'guild_unavailable', 'The bot has no access to the server'],
  ])('200 false for code %i of Discord: %s', async (code, status, reason, message) => {
    const test = await startTestBot();
    test.discord.fail({ ...ADD_MEMBER, answer: { status, body: { message: 'Discord says no', code } } });
    expect(await test.call('POST', PATH, invitation(test))).toEqual({ status: 200, body: refused(reason, message) });
  });

  it('200 false, missing_permissions, when the bot may not invite', async () => {
    const test = await startTestBot();
    test.discord.editRole('555000000000000001', { permissions: '268435456' });
    expect((await test.call('POST', PATH, invitation(test))).body).toMatchObject({ reason: 'missing_permissions' });
  });

  it('200 false, unknown_user, for an id that no account can have', async () => {
    const { call } = await startTestBot();
    const body = { discord_id: '99999999999999999999', access_token: 'x' };
    expect((await call('POST', PATH, body)).body).toMatchObject({ reason: 'unknown_user' });
  });

  it('503 while Discord is unavailable, 500 when it rejects the request; no log line has the token', async () => {
    const test = await startTestBot();
    const body = invitation(test);
    test.discord.fail({ ...ADD_MEMBER, answer: { status: 502 }, times: 2 });
    expect((await test.call('POST', PATH, body)).status).toBe(503);
    test.discord.fail({ ...ADD_MEMBER, answer: { status: 400, body: { message: 'Invalid Form Body', code: 50035 } } });
    expect(await test.call('POST', PATH, body)).toEqual({ status: 500, body: { error: 'Internal error' } });
    expect(test.journal.text).not.toContain(body.access_token);
  });

  it('422 without a token; 400, 401, 403, 413, 415 and 421 as in every operation', async () => {
    const { call } = await startTestBot();
    expect(await call('POST', PATH, { discord_id: OUTSIDER })).toMatchObject({
      status: 422,
      body: { details: [{ path: '/body/access_token' }] },
    });
    const body = { discord_id: OUTSIDER, access_token: 'x' };
    expect((await call('POST', PATH, '{')).status).toBe(400);
    expect((await call('POST', PATH, body, { authorization: '' })).status).toBe(401);
    expect((await call('POST', PATH, body, { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await call('POST', PATH, { ...body, access_token: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await call('POST', PATH, body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call('POST', PATH, body, { 'x-railway-edge': 'europe' })).status).toBe(421);
  });
});
