import { describe, expect, it } from 'vitest';
import { MEMBER, OTHER_MEMBER, OUTSIDER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const created = (discordId: string) => ({ discord_id: discordId, action: 'subscription_created', plan: 'moddy_max' });
const sent = { success: true, message: 'User notified successfully', notification_sent: true };

describe('notifyUser', () => {
  it("200 for the document's own example, and the message says what it should and nothing else", async () => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, {
      ...created(MEMBER),
      metadata: {
        customer_id: 'cus_ABC123',
        email: 'user@example.com',
        phone: '+33612345678',
        subscription_type: 'month',
      },
    });
    expect(answer).toEqual({ status: 200, body: sent });
    const [message] = discord.directMessages(MEMBER);
    expect(message?.embeds[0]?.title).toBe('Bienvenue dans Moddy Max');
    expect(JSON.stringify(message)).not.toMatch(/user@example|33612345678|cus_ABC123|moddy_max/);
  });

  it("200 for the document's local test, with a discord_id of nine digits", async () => {
    const { call, discord } = await startTestBot();
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(OTHER_MEMBER)).toHaveLength(1);
  });

  it.each([
    ['nulls as pydantic sends them', { plan: null, metadata: null, locale: null }],
    ['nulls within the metadata', { metadata: { email: null, change: null, interval: null, effective_at: null } }],
    ['unknown fields and metadata', { surprise: 1, metadata: { nested: { deep: [1, null, 'x'] } } }],
    ['an empty metadata', { metadata: {} }],
  ])('200 with %s', async (_what, fields) => {
    const { call } = await startTestBot();
    const body = { discord_id: MEMBER, action: 'plan_upgraded', ...fields };
    expect(await call('POST', PATH, body)).toEqual({ status: 200, body: sent });
  });

  it('200 in the language of the request, else of the last interaction, else the default', async () => {
    const { call, discord } = await startTestBot({ environment: { DEFAULT_LOCALE: 'en' } });
    await call('POST', PATH, { ...created(MEMBER), locale: 'fr-FR' });
    await call('POST', PATH, { ...created(MEMBER), locale: 'de' });
    const titles = discord.directMessages(MEMBER).map(({ embeds }) => embeds[0]?.title);
    expect(titles).toEqual(['Bienvenue dans Moddy Max', 'Welcome to Moddy Max']);
  });

  it('200 false, dm_closed, when the user takes no direct messages; remembered, so that a storm spares Discord', async () => {
    const { call, discord } = await startTestBot();
    discord.closeDms(MEMBER);
    const refused = {
      success: false,
      message: 'The user does not accept direct messages',
      notification_sent: false,
      reason: 'dm_closed',
    };
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 200, body: refused });
    const asked = discord.requests().length;
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 200, body: refused });
    expect(discord.requests().length).toBe(asked);
  });

  it('200 again after the refusal is forgotten', async () => {
    const { call, discord } = await startTestBot({ timings: { rememberRefusalMs: 0 } });
    discord.closeDms(MEMBER);
    expect((await call('POST', PATH, created(MEMBER))).body).toMatchObject({ reason: 'dm_closed' });
    discord.openDms(MEMBER);
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });

  it('200 false, no_mutual_guild, when they share no server with the bot', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(OUTSIDER))).body).toEqual({
      success: false,
      message: 'The user shares no server with the bot',
      notification_sent: false,
      reason: 'no_mutual_guild',
    });
  });

  it.each(['555666777888999000', '99999999999999999999', '0'])('200 false, unknown_user, for %s', async (discordId) => {
    const { call } = await startTestBot();
    const { status, body } = await call('POST', PATH, created(discordId));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, notification_sent: false, reason: 'unknown_user' });
  });

  it.each([
    [50007, 'dm_closed'],
    [50278, 'no_mutual_guild'],
    [10013, 'unknown_user'],
    [50033, 'unknown_user'],
  ])("200 false when Discord's code is %i: %s", async (code, reason) => {
    const { call, discord } = await startTestBot();
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: { message: 'No', code } } });
    const { status, body } = await call('POST', PATH, created(MEMBER));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, notification_sent: false, reason });
  });

  it('200 through a channel that Discord has forgotten', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, created(MEMBER));
    const unknownChannel = { message: 'Unknown Channel', code: 10003 };
    discord.fail({ path: '/channels/:id/messages', answer: { status: 404, body: unknownChannel } });
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });

  it('400 when the body is not JSON', async () => {
    const { call } = await startTestBot();
    expect(await call('POST', PATH, '{"discord_id": ')).toEqual({ status: 400, body: { error: 'Malformed JSON' } });
  });

  it('401 without a secret, 401 in another format, 403 with the wrong one', async () => {
    const { call } = await startTestBot();
    const as = (authorization: string) => call('POST', PATH, created(MEMBER), { authorization });
    expect(await as('')).toEqual({ status: 401, body: { error: 'Missing Authorization header' } });
    expect(await as('Basic abc')).toEqual({ status: 401, body: { error: 'Invalid Authorization format' } });
    expect(await as('Bearer wrong')).toEqual({ status: 403, body: { error: 'Invalid secret' } });
  });

  it('413 when the body is too large', async () => {
    const { call } = await startTestBot();
    const body = { ...created(MEMBER), metadata: { much: 'x'.repeat(70_000) } };
    expect(await call('POST', PATH, body)).toEqual({ status: 413, body: { error: 'Body too large' } });
  });

  it('415 when it is not sent as JSON', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(MEMBER), { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('421 when the request came through the public edge', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(MEMBER), { 'x-forwarded-host': 'moddy.example' })).status).toBe(421);
  });

  it.each([
    ['a discord_id that is a number', { ...created(MEMBER), discord_id: 123456789 }, '/body/discord_id'],
    ['an action that does not exist', { ...created(MEMBER), action: 'subscription_paused' }, '/body/action'],
    ['no action', { discord_id: MEMBER }, '/body/action'],
    ['metadata over 16 KiB', { ...created(MEMBER), metadata: { much: 'x'.repeat(17_000) } }, '/body/metadata'],
  ])('422 with %s, and nothing is sent', async (_what, body, path) => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ details: [{ path: expect.stringContaining(path) }] });
    expect(discord.directMessages(MEMBER)).toEqual([]);
  });

  it('500 when Discord calls our message malformed', async () => {
    const { call, discord } = await startTestBot();
    const malformed = { message: 'Invalid Form Body', code: 50035 };
    discord.fail({ path: '/channels/:id/messages', answer: { status: 400, body: malformed } });
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 500, body: { error: 'Internal error' } });
  });

  it('503 when new channels are opened too fast; Discord is left alone, known channels still work', async () => {
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

  it('503 when the throttle of new channels is used up', async () => {
    const { call } = await startTestBot({ timings: { newChannels: { burst: 1, perSecond: 0.1 } } });
    expect((await call('POST', PATH, created(MEMBER))).status).toBe(200);
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toMatchObject({ status: 503, retryAfter: 10 });
  });

  const POST_MESSAGE = { method: 'POST', path: '/channels/:id/messages' };
  it.each([
    ['asks for patience', { answer: { status: 429, headers: { 'retry-after': '7' }, body: { retry_after: 7 } } }, 8],
    ['has an outage', { answer: { status: 502 }, times: 2 }, 5],
    ['hangs', { end: 'hang', times: 2 } as const, 5],
    ['hangs up', { end: 'drop', times: 2 } as const, 5],
    ['shuts us out', { answer: { status: 403, body: '<html>', headers: { 'content-type': 'text/html' } } }, 30],
  ])('503 when Discord %s', async (_what, fault, retryAfter) => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...POST_MESSAGE, ...fault });
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({ status: 503, retryAfter });
  });

  it('503 when Discord takes longer than the caller waits', async () => {
    const { call, discord } = await startTestBot({ timings: { handlerDeadlineMs: 50, discordTimeoutMs: 5_000 } });
    discord.fail({ ...POST_MESSAGE, end: 'hang', times: 2 });
    expect(await call('POST', PATH, created(MEMBER))).toMatchObject({
      status: 503,
      body: { error: 'Discord does not answer in time' },
    });
  });

  it('503 at the deadline, and nothing more is done after it', async () => {
    const { call, discord } = await startTestBot({ timings: { handlerDeadlineMs: 50 } });
    const opening = discord.fail({ path: '/users/@me/channels', delayMs: 150 });
    expect((await call('POST', PATH, created(MEMBER))).status).toBe(503);
    opening.remove();
    await call('POST', PATH, created(OTHER_MEMBER));
    await discord.waitForDm(OTHER_MEMBER);
    expect(discord.directMessages(MEMBER)).toEqual([]);
  });

  it('503 when the token is refused; health tells it, Discord is left alone, and it mends itself', async () => {
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

  it('logs neither metadata nor the message', async () => {
    const { call, journal } = await startTestBot();
    await call('POST', PATH, { ...created(MEMBER), metadata: { email: 'user@example.com', phone: '+33612345678' } });
    expect(journal.text).toContain('"message":"notified"');
    expect(journal.text).not.toMatch(/user@example|33612345678|Bienvenue/);
  });
});
