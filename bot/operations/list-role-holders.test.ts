import { describe, expect, it } from 'vitest';
import {
  ADMIN_ROLE,
  GUILD,
  MAX_ROLE,
  MEMBER,
  OTHER_MEMBER,
  PLUS_ROLE,
  startTestBot,
} from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/holders';
const OWNER = '100000000000000001';
const BOT = '444333222111000999';

describe('listRoleHolders', () => {
  it('200 with every holder of a current or retired plan role, marking administrators and omitting bots', async () => {
    const environment = { PLAN_ROLES: JSON.stringify({ moddy_max: [MAX_ROLE] }), PLAN_ROLES_RETIRED: PLUS_ROLE };
    const { call, discord } = await startTestBot({ environment });
    const admin = discord.addUser();
    discord.join(admin.id);
    discord.setMemberRoles(admin.id, [ADMIN_ROLE, MAX_ROLE]);
    discord.setMemberRoles(OWNER, [MAX_ROLE]);
    discord.addRole(BOT, MAX_ROLE);
    expect(await call('GET', PATH)).toEqual({
      status: 200,
      body: {
        success: true,
        message: 'One page of members',
        guild_id: GUILD,
        holders: [
          { discord_id: OTHER_MEMBER, roles: [PLUS_ROLE], administrator: false },
          { discord_id: OWNER, roles: [MAX_ROLE], administrator: true },
          { discord_id: admin.id, roles: [MAX_ROLE], administrator: true },
        ],
        next: null,
      },
    });
    expect(discord.rolesOf(MEMBER)).toEqual([]);
  });

  it('200 with each holder on exactly one page, until next is null', async () => {
    const { client, discord } = await startTestBot();
    const expected = Array.from({ length: 1_001 }, () => {
      const { id } = discord.addUser();
      discord.join(id);
      discord.setMemberRoles(id, [MAX_ROLE]);
      return id;
    });
    const first = await client.listRoleHolders();
    const after = first.next ?? '';
    const second = await client.listRoleHolders({ parameters: { query: { after } } });
    const ids = [first, second].flatMap(({ holders }) => holders ?? []).map(({ discord_id }) => discord_id);
    expect(ids.toSorted()).toEqual([OTHER_MEMBER, ...expected].toSorted());
    expect(second.next).toBeNull();
  });

  it('200 false, missing_intent when Discord lists no members; guild_unavailable when the bot is removed', async () => {
    const { call, discord } = await startTestBot();
    discord.setPrivilegedIntents({ guildMembers: false });
    expect((await call('GET', PATH)).body).toMatchObject({ success: false, reason: 'missing_intent' });
    discord.removeBot();
    expect((await call('GET', PATH)).body).toMatchObject({ success: false, reason: 'guild_unavailable' });
  });

  it('200 without a member behind the greatest id that the contract takes', async () => {
    const { client } = await startTestBot();
    const page = await client.listRoleHolders({ parameters: { query: { after: '9'.repeat(20) } } });
    expect(page).toMatchObject({ success: true, holders: [], next: null });
  });

  it('503 while Discord is unavailable', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ path: '/guilds/:guild/members', answer: { status: 502 }, times: 2 });
    expect((await call('GET', PATH)).status).toBe(503);
  });

  it('500 when Discord rejects the request, 422 for a malformed page; 401, 403, 421 as everywhere', async () => {
    const { call, discord } = await startTestBot();
    const malformed = { message: 'Invalid Form Body', code: 50035 };
    discord.fail({ path: '/guilds/:guild/members', answer: { status: 400, body: malformed } });
    expect((await call('GET', PATH)).status).toBe(500);
    expect((await call('GET', `${PATH}?after=first`)).status).toBe(422);
    expect((await call('GET', PATH, undefined, { authorization: '' })).status).toBe(401);
    expect((await call('GET', PATH, undefined, { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await call('GET', PATH, undefined, { 'x-railway-edge': 'europe' })).status).toBe(421);
  });
});
