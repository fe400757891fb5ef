import { describe, expect, it } from 'vitest';
import { DELETE_ROLE, done, PUT_ROLE } from '../testing/role-responses.ts';
import { MAX_ROLE, MEMBER, OTHER_MEMBER, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/update';

describe('updateUserRole while Discord is unavailable or limits requests', () => {
  it.each([
    ['answers 429', { answer: { status: 429, headers: { 'retry-after': '3' }, body: { retry_after: 3 } } }],
    ['answers 500', { answer: { status: 500 }, times: 2 }],
    ['hangs', { end: 'hang', times: 2 } as const],
    ['closes the connection', { end: 'drop', times: 2 } as const],
    ['rejects the token', { answer: { status: 401, body: { message: '401: Unauthorized', code: 0 } } }],
  ])('503 when Discord %s', async (_what, fault) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...PUT_ROLE, ...fault });
    const answer = await call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(answer).toMatchObject({ status: 503, retryAfter: expect.any(Number) });
  });

  it('503 when the token is rejected: health is unhealthy, and requests stop', async () => {
    const { call, discord, client } = await startTestBot({ timings: { tokenRetryMs: 60_000 } });
    discord.fail({ ...PUT_ROLE, answer: { status: 401, body: { message: '401: Unauthorized', code: 0 } } });
    const update = () => call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(await update()).toMatchObject({ status: 503, body: { error: 'Discord refuses the bot token' } });
    const asked = discord.requests().length;
    expect(await update()).toMatchObject({ status: 503, body: { error: 'Discord refuses the bot token' } });
    expect((await client.healthCheck()).status).toBe('unhealthy');
    expect(discord.requests().length).toBe(asked);
  });

  it('503 when a response of Discord stalls, and 200 for the next request', async () => {
    const { call, discord } = await startTestBot({ timings: { readingDeadlineMs: 200 } });
    discord.fail({ method: 'GET', path: '/guilds/:id/roles', end: 'stall' });
    const update = () => call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    expect(await update()).toMatchObject({ status: 503, body: { error: 'Discord is not available' } });
    expect((await update()).body).toEqual(done([MAX_ROLE], []));
  });

  it('200 when the caller retries after one of two changes', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...DELETE_ROLE, answer: { status: 500 }, times: 2 });
    const update = () => call('POST', PATH, { discord_id: OTHER_MEMBER, plan: 'moddy_max', revision: 1 });
    expect((await update()).status).toBe(503);
    expect(discord.rolesOf(OTHER_MEMBER).toSorted()).toEqual([PLUS_ROLE, MAX_ROLE]);
    expect((await update()).body).toEqual(done([], [PLUS_ROLE]));
    expect(discord.rolesOf(OTHER_MEMBER)).toEqual([MAX_ROLE]);
  });
});
