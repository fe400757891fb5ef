import { describe, expect, it } from 'vitest';
import { MEMBER, OTHER_MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const created = (discordId: string) => ({ discord_id: discordId, action: 'subscription_created', plan: 'moddy_max' });
const sent = { success: true, message: 'User notified successfully', notification_sent: true };
const POST_MESSAGE = { method: 'POST', path: '/channels/:id/messages' };

describe('notifyUser while Discord is unavailable or limits requests', () => {
  it('503 for new channels after code 40003, without a request; known channels still work', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, created(MEMBER));
    const tooFast = { message: 'You are opening direct messages too fast', code: 40003 };
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: tooFast } });
    const paused = { status: 503, body: { error: 'Too many new direct-message channels' }, retryAfter: 600 };
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toEqual(paused);
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toMatchObject({ status: 503 });
    expect(discord.requests().filter(({ path }) => path === '/users/@me/channels')).toHaveLength(2);
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });

  it('503 for messages after code 40003; roles/update still works', async () => {
    const { call, discord } = await startTestBot();
    const tooFast = { message: 'You are opening direct messages too fast', code: 40003 };
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: tooFast } });
    expect((await call('POST', PATH, created(MEMBER))).status).toBe(503);
    const roles = await call('POST', '/internal/roles/update', { discord_id: MEMBER, plan: 'moddy_max' });
    expect(roles).toMatchObject({ status: 200, body: { roles_updated: true } });
  });

  it('503 when the throttle of new channels is exhausted', async () => {
    const { call } = await startTestBot({ timings: { newChannels: { burst: 1, perSecond: 0.1 } } });
    expect((await call('POST', PATH, created(MEMBER))).status).toBe(200);
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toMatchObject({ status: 503, retryAfter: 10 });
  });

  it.each([
    ['answers 429', { answer: { status: 429, headers: { 'retry-after': '7' }, body: { retry_after: 7 } } }, 7],
    ['answers 502', { answer: { status: 502 }, times: 2 }, 5],
    ['hangs', { end: 'hang', times: 2 } as const, 5],
    ['closes the connection', { end: 'drop', times: 2 } as const, 5],
    ['blocks the bot', { answer: { status: 403, body: '<html>', headers: { 'content-type': 'text/html' } } }, 30],
  ])('503 when Discord %s', async (_what, fault, retryAfter) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...POST_MESSAGE, ...fault });
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({ status: 503, retryAfter });
  });

  it('503 when Discord takes longer than the deadline of the handler', async () => {
    const { call, discord } = await startTestBot({ timings: { handlerDeadlineMs: 50, discordTimeoutMs: 5_000 } });
    discord.fail({ ...POST_MESSAGE, end: 'hang', times: 2 });
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({
      status: 503,
      body: { error: 'Discord does not answer in time' },
    });
  });

  it('503 at the deadline, without a message after it', async () => {
    const { call, discord } = await startTestBot({ timings: { handlerDeadlineMs: 300 } });
    const opening = discord.fail({ path: '/users/@me/channels', delayMs: 600 });
    expect((await call('POST', PATH, created(MEMBER))).status).toBe(503);
    opening.remove();
    while ((await call('POST', PATH, created(OTHER_MEMBER))).status !== 200);
    expect(discord.directMessages(MEMBER)).toEqual([]);
  });

  it('503 when the token is rejected: health is unhealthy, requests stop, and the bot recovers by itself', async () => {
    const { call, discord, client, journal } = await startTestBot({
      timings: { tokenRetryMs: 300, maxTokenRetryMs: 300 },
    });
    discord.fail({
      path: '/users/@me/channels',
      answer: { status: 401, body: { message: '401: Unauthorized', code: 0 } },
    });
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({ status: 503, retryAfter: 30 });
    const asked = discord.requests().length;
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({ status: 503 });
    const health = await client.healthCheck();
    expect(health.status).toBe('unhealthy');
    expect(health.checks).toContainEqual(expect.objectContaining({ name: 'token', status: 'unhealthy' }));
    expect(discord.requests().length).toBe(asked);
    await journal.line('Discord accepts the bot token again');
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });
});
