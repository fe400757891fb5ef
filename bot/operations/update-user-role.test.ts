import { describe, expect, it } from 'vitest';
import { done, planRoles } from '../testing/role-responses.ts';
import { MAX_ROLE, MEMBER, MODERATOR_ROLE, OTHER_MEMBER, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/update';

describe('updateUserRole', () => {
  it("200 for the document's example with only a plan: adds its roles, removes those of other plans", async () => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max' });
    expect(answer).toEqual({ status: 200, body: done([MAX_ROLE], [PLUS_ROLE]) });
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([MAX_ROLE]);
    expect(discord.auditLog().every((entry) => JSON.stringify(entry).includes('Moddy: Moddy Max'))).toBe(true);
  });

  it("200 for the document's example with both lists", async () => {
    const { call, discord } = await startTestBot();
    const lists = { plan: 'moddy_max', add_roles: [MAX_ROLE], remove_roles: [PLUS_ROLE] };
    expect(await call('POST', PATH, { discord_id: MEMBER, ...lists })).toEqual({
      status: 200,
      body: done([MAX_ROLE], []),
    });
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 without a call when nothing changes, also for roles that the bot cannot change', async () => {
    const { call, discord } = await startTestBot();
    discord.setMemberRoles(MEMBER, [MODERATOR_ROLE]);
    const lists = { add_roles: [MODERATOR_ROLE], remove_roles: [MAX_ROLE] };
    expect((await call('POST', PATH, { discord_id: MEMBER, plan: 'free', ...lists })).body).toEqual(done([], []));
    expect(discord.requests().filter(({ path }) => path.includes(`/members/${MEMBER}/roles/`))).toEqual([]);
  });

  it('200 for free: removes the roles of every plan and keeps other roles', async () => {
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

  it('200 for a role that two plans share: keeps it', async () => {
    const { call, discord } = await startTestBot(
      planRoles({ moddy_plus: [PLUS_ROLE], moddy_max: [PLUS_ROLE, MAX_ROLE] }),
    );
    const { body } = await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max' });
    expect(body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(OTHER_MEMBER).toSorted()).toEqual([PLUS_ROLE, MAX_ROLE]);
  });

  it('200 for an empty list: applies the lists, not the plan', async () => {
    const { call, discord } = await startTestBot();
    expect((await call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max', add_roles: [] })).body).toEqual(
      done([], []),
    );
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([PLUS_ROLE]);
  });

  it('200 for the removal of a moderation role', async () => {
    const { call, discord } = await startTestBot();
    discord.setMemberRoles(MEMBER, [MODERATOR_ROLE]);
    const { body } = await call('POST', PATH, { discord_id: MEMBER, plan: 'free', remove_roles: [MODERATOR_ROLE] });
    expect(body).toEqual(done([], [MODERATOR_ROLE]));
  });

  it('200 for a repeated request: restores the roles of a member who left and came back', async () => {
    const { call, discord } = await startTestBot();
    const body = { discord_id: MEMBER, plan: 'moddy_max', revision: 5 };
    await call('POST', PATH, body);
    discord.leave(MEMBER);
    discord.join(MEMBER);
    expect((await call('POST', PATH, body)).body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });
});
