import { describe, expect, it } from 'vitest';
import { PUT_ROLE } from '../testing/role-responses.ts';
import { GUILD, MAX_ROLE, MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/update';

describe('updateUserRole with an invalid request', () => {
  it.each([
    ["422 for an unknown id in the caller's lists", { add_roles: [MAX_ROLE, '777'] }, '/body/add_roles/1'],
    ['422 for an unknown id after a repeated one', { add_roles: [MAX_ROLE, MAX_ROLE, '777'] }, '/body/add_roles/2'],
    ['422 for @everyone', { remove_roles: [GUILD] }, '/body/remove_roles/0'],
  ])('%s, without a change', async (_what, lists, path) => {
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

  it.each([10011, 50028])('422 when a role disappears before the change (%i)', async (code) => {
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

  it('400, 401, 403, 413, 415 and 421 as in every operation', async () => {
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

  it('500 when Discord answers with an unknown code', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, answer: { status: 400, body: { message: 'New', code: 999_999 } } });
    const answer = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(answer).toEqual({ status: 500, body: { error: 'Internal error' } });
  });
});
