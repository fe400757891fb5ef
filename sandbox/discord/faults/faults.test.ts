import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { call, newRest, openDm, rejectionOf, startSandbox } from '../fixture.ts';
import { GUILD_ID, MEMBER_ID, OTHER_MEMBER_ID, OUTSIDER_ID, PLAN_ROLE_ID } from '../world/seed.ts';

const send = (discord: Awaited<ReturnType<typeof startSandbox>>, channel: string, signal?: AbortSignal) =>
  fetch(`${discord.apiUrl}/v10/channels/${channel}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Bonjour' }),
    ...(signal ? { signal } : {}),
  });

describe('faults', () => {
  it('answer the given calls of a route with the given response', async () => {
    const discord = await startSandbox();
    const fault = discord.fail({
      method: 'PUT',
      path: '/guilds/:guild/members/:member/roles/:role',
      times: 2,
      after: 1,
      answer: { status: 500, body: { message: 'Oops', code: 0 }, headers: { 'retry-after': '3' } },
    });
    const put = () => call(discord, 'PUT', `/guilds/${GUILD_ID}/members/${MEMBER_ID}/roles/${PLAN_ROLE_ID}`);
    expect((await put()).status).toBe(204);
    const struck = await put();
    expect([struck.status, struck.headers.get('retry-after')]).toEqual([500, '3']);
    expect((await put()).status).toBe(500);
    expect((await put()).status).toBe(204);
    expect([fault.hits, fault.remaining]).toEqual([2, 0]);
  });

  it('send the message and lose the response with drop and applyEffect', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    discord.fail({ path: '/channels/:id/messages', end: 'drop', applyEffect: true });
    await expect(send(discord, channel)).rejects.toThrow('fetch failed');
    expect(discord.directMessages(MEMBER_ID)).toHaveLength(1);
  });

  it('send the message and never respond with hang and applyEffect', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    discord.fail({ path: '/channels/:id/messages', end: 'hang', applyEffect: true });
    const giveUp = new AbortController();
    const answer = send(discord, channel, giveUp.signal);
    await discord.waitForDm(MEMBER_ID);
    const abandoned = discord.waitFor((change) => change.type === 'request' && change.phase === 'abandoned');
    giveUp.abort();
    await expect(answer).rejects.toThrow('aborted');
    expect(await abandoned).toMatchObject({ request: { method: 'POST', path: `/channels/${channel}/messages` } });
  });

  it('send no message with drop alone', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    discord.fail({ path: '/channels/*', end: 'drop' });
    await expect(send(discord, channel)).rejects.toThrow('fetch failed');
    expect(discord.directMessages(MEMBER_ID)).toEqual([]);
    expect((await send(discord, channel)).status).toBe(200);
  });

  it('do not keep the sandbox from closing during a hanging call', async () => {
    const discord = await startSandbox();
    discord.fail({ path: '/gateway', end: 'hang' });
    const received = discord.waitFor((change) => change.type === 'request');
    const answer = fetch(`${discord.apiUrl}/v10/gateway`);
    const lost = expect(answer).rejects.toThrow();
    await received;
    await discord.close();
    await lost;
  });

  it('every request is recorded', async () => {
    const discord = await startSandbox();
    await newRest(discord).get(Routes.user());
    await rejectionOf(call(discord, 'GET', '/users/1'));
    expect(discord.requests()).toMatchObject([
      { method: 'GET', path: '/users/@me', status: 200 },
      { method: 'GET', path: '/users/1', status: 404 },
    ]);
  });
});

describe('rate limits', () => {
  it('are in the headers, and discord.js waits for them', async () => {
    const discord = await startSandbox();
    discord.setRateLimits({ routes: [{ method: 'GET', path: '/users/:id', limit: 2, windowMs: 300 }] });
    const rest = newRest(discord);
    await Promise.all([1, 2, 3, 4].map(() => rest.get(Routes.user(MEMBER_ID))));
    expect(discord.requests().map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const response = await call(discord, 'GET', `/users/${OUTSIDER_ID}`);
    expect(response.headers.get('x-ratelimit-limit')).toBe('2');
    expect(response.headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('answer 429 to an early request until the clock advances', async () => {
    const discord = await startSandbox();
    discord.setRateLimits({ routes: [{ path: '/users/:id', limit: 1, windowMs: 60_000 }] });
    const get = () => call(discord, 'GET', `/users/${MEMBER_ID}`);
    expect((await get()).status).toBe(200);
    const rejected = await get();
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('x-ratelimit-scope')).toBe('user');
    expect(await rejected.json()).toMatchObject({ message: 'You are being rate limited.', global: false });
    discord.advance(60_000);
    expect((await get()).status).toBe(200);
  });

  it('mark a global 429 and exempt interactions', async () => {
    const discord = await startSandbox();
    discord.setRateLimits({ global: { limit: 0, windowMs: 60_000 } });
    const rejected = await call(discord, 'GET', '/users/@me');
    expect([rejected.status, rejected.headers.get('x-ratelimit-global')]).toEqual([429, 'true']);
    expect(await rejected.json()).toMatchObject({ global: true });
    expect(await rejectionOf(call(discord, 'POST', '/interactions/1/x/callback', { type: 5 }))).toEqual([404, 10062]);
  });

  it('apply to the writes of a channel or server across routes, with a code and a time', async () => {
    const discord = await startSandbox();
    const window = { limit: 1, windowMs: 60_000 };
    discord.setRateLimits({ channelWrites: window, guildWrites: window });
    const give = (userId: string) =>
      call(discord, 'PUT', `/guilds/${GUILD_ID}/members/${userId}/roles/${PLAN_ROLE_ID}`);
    const post = async (userId: string) =>
      call(discord, 'POST', `/channels/${await openDm(discord, userId)}/messages`, { content: 'a' });
    expect([(await give(MEMBER_ID)).status, (await post(MEMBER_ID)).status]).toEqual([204, 200]);
    const [role, message] = [await give(OTHER_MEMBER_ID), await post(MEMBER_ID)];
    expect([role.status, message.status]).toEqual([429, 429]);
    expect(Number(message.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(role.headers.get('x-ratelimit-scope')).toBe('shared');
    expect(await role.json()).toMatchObject({ code: 20029, retry_after: expect.any(Number), global: false });
    expect(await message.json()).toMatchObject({ code: 20028, retry_after: expect.any(Number), global: false });
    expect((await post(OTHER_MEMBER_ID)).status).toBe(200);
    expect((await call(discord, 'GET', `/guilds/${GUILD_ID}`)).status).toBe(200);
    discord.advance(60_000);
    expect([(await give(OTHER_MEMBER_ID)).status, (await post(MEMBER_ID)).status]).toEqual([204, 200]);
  });

  it('block the address after too many invalid requests', async () => {
    const discord = await startSandbox();
    discord.setRateLimits({ invalid: { limit: 2, windowMs: 600_000 } });
    const wrong = () => fetch(`${discord.apiUrl}/v10/users/@me`);
    expect([(await wrong()).status, (await wrong()).status]).toEqual([401, 401]);
    const banned = await call(discord, 'GET', '/users/@me');
    expect([banned.status, banned.headers.get('content-type')]).toEqual([429, 'text/html']);
    discord.advance(600_000);
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(200);
  });
});
