import { createServer } from 'node:net';
import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { GET_MEMBER, PUT_ROLE } from '../testing/role-responses.ts';
import { MEMBER, OTHER_MEMBER, startTestBot, type TestBot } from '../testing/start-test-bot.ts';
import {
  ALREADY_ACKNOWLEDGED,
  BLOCKED_BY_EDGE,
  OPENING_TOO_FAST,
  rejectionOf,
  retryLaterOf,
  TWO_FACTOR_REQUIRED,
} from './faults.ts';

const POST_MESSAGE = { method: 'POST', path: '/channels/:id/messages' };
const html = { 'content-type': 'text/html' };
const page = (status: number, headers: Record<string, string> = {}) => ({
  status,
  body: '<title>discord.com | error</title>',
  headers: { ...html, ...headers },
});
const json = (status: number, code: number, message = 'as Discord says') => ({ status, body: { message, code } });

const notify = ({ call }: TestBot, discordId = MEMBER) =>
  call('POST', '/internal/notify', { discord_id: discordId, action: 'subscription_created' });
const updateRoles = ({ call }: TestBot) =>
  call('POST', '/internal/roles/update', { discord_id: MEMBER, plan: 'moddy_max' });

describe('an invalid or missing response of Discord', () => {
  it.each([
    ['a broken socket', { end: 'drop' }],
    ['a request without a response', { end: 'hang' }],
    ['a body that stalls', { end: 'stall' }],
    ['a truncated body', { end: 'truncate' }],
    ['bytes that are not HTTP', { end: 'garble' }],
    ['an HTML page with status 200', { answer: page(200) }],
    ['an HTML page with status 404', { answer: page(404) }],
    ['an HTML page with status 400', { answer: page(400) }],
    ['an HTML page with status 503', { answer: page(503) }],
    ['malformed JSON', { answer: { status: 400, body: '{"code":', headers: { 'content-type': 'application/json' } } }],
    ['JSON without an error code', { answer: { status: 400, body: { error: 'edge' } } }],
    ['a redirect in JSON', { answer: { status: 301, body: { id: '1' }, headers: { location: '/elsewhere' } } }],
    ['status 500 with an error code', { answer: json(500, 0) }],
  ] as const)('503 for %s, and success on the next attempt', async (_what, fault) => {
    const test = await startTestBot({ timings: { readingDeadlineMs: 800, discordTimeoutMs: 300 } });
    const message = test.discord.fail({ ...POST_MESSAGE, ...fault, times: 2 });
    const role = test.discord.fail({ ...PUT_ROLE, ...fault, times: 2 });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await updateRoles(test)).toMatchObject({ status: 503, retryAfter: 5 });
    message.remove();
    role.remove();
    expect(await notify(test)).toMatchObject({ status: 200, body: { notification_sent: true } });
    expect(await updateRoles(test)).toMatchObject({ status: 200, body: { roles_updated: true } });
  });

  it.each([
    ['GET', '/guilds/:guild/roles', 200],
    ['GET', `/guilds/:guild/members/${MEMBER}`, 200],
    ['PUT', PUT_ROLE.path, 200],
    ['POST', '/users/@me/channels', 200],
    ['POST', '/channels/:id/messages', 200],
    ['POST', '/channels/:id/messages', 204],
  ])('503 when %s %s answers %i without an object of Discord', async (method, path, status) => {
    const test = await startTestBot();
    const isMessage = method === 'POST';
    for (const body of ['{}', 'null', '{"status":"ok"}']) {
      const answer = status === 204 ? { status } : { status, body, headers: { 'content-type': 'application/json' } };
      test.discord.fail({ method, path, answer, times: 9 });
      const response = await (isMessage ? notify(test) : updateRoles(test));
      test.discord.clearFaults();
      expect(response).toMatchObject({ status: 503, retryAfter: 5 });
    }
    expect(test.discord.directMessages(MEMBER)).toEqual([]);
    expect(await (isMessage ? notify(test) : updateRoles(test))).toMatchObject({
      status: 200,
      body: { success: true },
    });
  });

  it.each([
    ['a host name that does not resolve', async () => 'http://discord.invalid/api'],
    ['a closed port', async () => 'http://127.0.0.1:9/api'],
    ['a port that does not speak TLS', async () => `https://127.0.0.1:${await plainPort()}/api`],
  ])('503 for %s', async (_what, apiUrl) => {
    const environment = { DISCORD_API_URL: await apiUrl() };
    const test = await startTestBot({ environment, connects: false });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await updateRoles(test)).toMatchObject({ status: 503, retryAfter: 5 });
  });
});

it.each(['EAI_AGAIN', 'CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT'])('retryLaterOf maps %s to 5 s', (code) => {
  expect(retryLaterOf(Object.assign(new Error(code), { code }))?.retryAfterSeconds).toBe(5);
});

/** A listener that does not speak TLS. */
async function plainPort(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined).end('220 mail.example\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 1;
}

describe("Discord's error codes", () => {
  const meaningOf = (code: number) => {
    const error = new DiscordAPIError({ code, message: '' }, code, 400, 'GET', '', {
      files: undefined,
      body: undefined,
    });
    return rejectionOf(error) ?? retryLaterOf(error)?.retryAfterSeconds;
  };

  it('map to the listed verdicts and waits only', () => {
    const codes = Object.values(RESTJSONErrorCodes).filter((code) => typeof code === 'number');
    const meaning = codes.map((code) => [code, meaningOf(code)] as const).filter(([, known]) => known !== undefined);
    expect(codes.length).toBeGreaterThan(200);
    expect(Object.fromEntries(meaning)).toEqual({
      [RESTJSONErrorCodes.UnknownChannel]: 'unknown_channel',
      [RESTJSONErrorCodes.UnknownGuild]: 'guild_unavailable',
      [RESTJSONErrorCodes.UnknownMember]: 'not_in_guild',
      [RESTJSONErrorCodes.UnknownRole]: 'unknown_role',
      [RESTJSONErrorCodes.UnknownUser]: 'unknown_user',
      [RESTJSONErrorCodes.ActionCannotBePerformedDueToSlowmodeRateLimit]: 30,
      [RESTJSONErrorCodes.ChannelSendRateLimit]: 30,
      [RESTJSONErrorCodes.ServerSendRateLimit]: 30,
      [RESTJSONErrorCodes.OpeningDirectMessagesTooFast]: 600,
      [RESTJSONErrorCodes.SendMessagesHasBeenTemporarilyDisabled]: 30,
      [RESTJSONErrorCodes.FeatureTemporarilyDisabledServerSide]: 30,
      [RESTJSONErrorCodes.ApplicationNotYetAvailable]: 30,
      [RESTJSONErrorCodes.ServiceResourceIsBeingRateLimited]: 30,
      [RESTJSONErrorCodes.APIResourceOverloaded]: 30,
      [RESTJSONErrorCodes.MaximumNumberOfGuildRolesReached]: 'role_refused',
      [RESTJSONErrorCodes.MissingAccess]: 'guild_unavailable',
      [RESTJSONErrorCodes.CannotSendMessagesToThisUser]: 'dm_closed',
      [RESTJSONErrorCodes.MissingPermissions]: 'missing_permissions',
      [RESTJSONErrorCodes.InvalidRole]: 'unknown_role',
      [RESTJSONErrorCodes.InvalidRecipients]: 'unknown_user',
      [RESTJSONErrorCodes.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds]: 'no_mutual_guild',
      [RESTJSONErrorCodes.TwoFactorAuthenticationIsRequired]: 'missing_permissions',
    });
  });

  it('have the numbers that Discord gives them', () => {
    expect({ ALREADY_ACKNOWLEDGED, BLOCKED_BY_EDGE, OPENING_TOO_FAST, TWO_FACTOR_REQUIRED }).toEqual({
      ALREADY_ACKNOWLEDGED: RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
      BLOCKED_BY_EDGE: RESTJSONErrorCodes.CloudflareIsBlockingYourRequest,
      OPENING_TOO_FAST: RESTJSONErrorCodes.OpeningDirectMessagesTooFast,
      TWO_FACTOR_REQUIRED: RESTJSONErrorCodes.TwoFactorAuthenticationIsRequired,
    });
  });

  it.each([
    // The limit itself is over sooner than what its code means in other answers.
    [20028, 429, 5],
    [20026, 403, 600],
    [40003, 403, 600],
    [40004, 403, 30],
  ])('%i with %i: 503 with Retry-After: %i', async (code, status, retryAfter) => {
    const test = await startTestBot();
    test.discord.fail({ ...POST_MESSAGE, answer: json(status, code) });
    test.discord.fail({ ...PUT_ROLE, answer: json(status, code) });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter });
    expect(await updateRoles(test)).toMatchObject({ status: 503, retryAfter });
  });

  it.each([
    [60003, 403, 'missing_permissions', 'two-factor'],
    [50013, 403, 'missing_permissions', 'does not let the bot'],
    [0, 403, 'missing_permissions', 'does not let the bot'],
    [40002, 403, 'missing_permissions', 'does not let the bot'],
    [30005, 400, 'role_refused', 'most roles'],
  ])('%i with %i: the verdict %s about a role', async (code, status, reason, text) => {
    const test = await startTestBot();
    test.discord.fail({ ...PUT_ROLE, answer: json(status, code) });
    const message = expect.stringContaining(text);
    expect(await updateRoles(test)).toMatchObject({ status: 200, body: { roles_updated: false, reason, message } });
  });

  it.each([
    [0, 403],
    [40002, 403],
    [50001, 403],
    [50013, 403],
    [10003, 404],
    [10004, 404],
  ])('%i with %i: 503 for a message until Discord accepts it', async (code, status) => {
    const test = await startTestBot();
    test.discord.fail({ ...POST_MESSAGE, answer: json(status, code), times: 2 });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 300 });
    test.discord.clearFaults();
    expect(await notify(test)).toMatchObject({ status: 200 });
  });

  it.each([
    ['the member', GET_MEMBER],
    ['the roles of the server', { method: 'GET', path: '/guilds/:guild/roles' }],
  ])('0 with 403 when the bot reads %s: 503 for roles and messages', async (_what, reading) => {
    const test = await startTestBot();
    test.discord.fail({ ...reading, answer: json(403, 0), times: 9 });
    expect(await updateRoles(test)).toMatchObject({ status: 503, retryAfter: 300 });
    test.discord.clearFaults();
    test.discord.fail({ ...GET_MEMBER, answer: json(403, 0) });
    test.discord.fail({ ...POST_MESSAGE, answer: json(403, 50007) });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 300 });
  });

  it('50035 with 400: 500, because the request of the bot is invalid', async () => {
    const test = await startTestBot();
    test.discord.fail({ ...POST_MESSAGE, answer: json(400, 50035) });
    expect((await notify(test)).status).toBe(500);
  });
});

describe('rate limits', () => {
  const sent = ({ discord }: TestBot) => discord.requests().length;
  const tokenCheck = async ({ client }: TestBot) =>
    (await client.healthCheck()).checks?.find(({ name }) => name === 'token');

  it.each([
    [
      'a 429 of scope global',
      { status: 429, body: { global: true, retry_after: 600 }, headers: { 'retry-after': '600' } },
    ],
    ['an HTML page with 429', page(429, { 'retry-after': '600' })],
    ['an HTML page with 403', page(403, { 'retry-after': '600' })],
    ['an HTML page with 401', page(401, { 'retry-after': '600' })],
    ['a 403 in JSON without a code', { status: 403, body: { error: 'edge' }, headers: { 'retry-after': '600' } }],
    ['a 403 with code 40333 from Cloudflare', { ...json(403, 40333), headers: { 'retry-after': '600' } }],
  ])('%s pauses every request; Retry-After has the remaining time, health the end', async (_what, answer) => {
    const test = await startTestBot();
    await test.journal.line('commands');
    test.discord.fail({ path: '/users/@me/channels', answer });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 600 });
    const before = sent(test);
    const messages = Array.from({ length: 50 }, () => notify(test, OTHER_MEMBER));
    const answers = await Promise.all([...messages, updateRoles(test), updateRoles(test)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(Math.min(...answers.map(({ retryAfter }) => retryAfter ?? 0))).toBeGreaterThan(590);
    expect(sent(test)).toBe(before);
    expect(await tokenCheck(test)).toMatchObject({
      status: 'unhealthy',
      detail: expect.stringMatching(/^Discord wants no requests until 20\d\d-/),
    });
  });

  it('an HTML page without Retry-After pauses longer each time, and one request probes after each pause', async () => {
    const test = await startTestBot();
    await test.journal.line('commands');
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const waits = [30, 60, 120, 240, 480, 600, 600];
    const fault = test.discord.fail({ path: '/users/@me/channels', answer: page(403), times: waits.length });
    for (const retryAfter of waits) {
      expect(await notify(test)).toMatchObject({ status: 503, retryAfter });
      // More than what the bot itself waits for, in real time.
      vi.setSystemTime(Date.now() + (retryAfter - 2) * 1_000);
      expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 2 });
      vi.setSystemTime(Date.now() + 2_001);
    }
    expect(fault.hits).toBe(waits.length);
    const probe = test.discord.fail({ path: '/users/@me/channels', delayMs: 100 });
    const before = sent(test);
    const probing = notify(test);
    await test.discord.waitFor(() => probe.hits === 1);
    const others = [updateRoles(test), notify(test, OTHER_MEMBER)];
    expect(sent(test)).toBe(before + 1);
    expect(await probing).toMatchObject({ status: 200 });
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a 429 of another scope pauses only its route', async () => {
    const test = await startTestBot();
    const limit = { status: 429, body: { global: false, retry_after: 60 }, headers: { 'retry-after': '60' } };
    test.discord.fail({ ...PUT_ROLE, answer: limit });
    expect(await updateRoles(test)).toMatchObject({ status: 503, retryAfter: 60 });
    expect(await notify(test)).toMatchObject({ status: 200 });
    const before = test.discord.requests().filter(({ method }) => method === 'PUT').length;
    expect(await updateRoles(test)).toMatchObject({ status: 503 });
    expect(test.discord.requests().filter(({ method }) => method === 'PUT')).toHaveLength(before);
    expect((await tokenCheck(test))?.status).toBe('healthy');
  });

  it('the write limit of a channel pauses that channel; the limit of the server pauses its roles', async () => {
    const test = await startTestBot();
    const window = { limit: 1, windowMs: 60_000 };
    test.discord.setRateLimits({ channelWrites: window, guildWrites: window });
    expect(await notify(test)).toMatchObject({ status: 200 });
    expect(await updateRoles(test)).toMatchObject({ status: 200 });
    const [message, roles] = [
      await notify(test),
      await test.call('POST', '/internal/roles/update', { discord_id: OTHER_MEMBER, plan: 'moddy_max' }),
    ];
    expect([message.status, roles.status]).toEqual([503, 503]);
    expect(Math.min(message.retryAfter ?? 0, roles.retryAfter ?? 0)).toBeGreaterThan(50);
    expect(await notify(test, OTHER_MEMBER)).toMatchObject({ status: 200 });
    expect((await tokenCheck(test))?.status).toBe('healthy');
  });

  it.each([
    [120, 120],
    [2, 5],
    [86_400, 3_600],
  ])('a 503 with Retry-After: %i becomes Retry-After: %i, not retried at once', async (named, retryAfter) => {
    const test = await startTestBot();
    const outage = { ...page(503, { 'retry-after': String(named) }) };
    const fault = test.discord.fail({ ...POST_MESSAGE, answer: outage, times: 1_000 });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter });
    expect(fault.hits).toBe(1);
  });

  it('a 429 without Retry-After is not retried at once', async () => {
    const test = await startTestBot();
    const fault = test.discord.fail({ ...POST_MESSAGE, answer: { status: 429, body: {} }, times: 1_000 });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 5 });
    expect(fault.hits).toBe(1);
  });

  it('a 429 with a short delay is retried, three requests in all', async () => {
    const test = await startTestBot();
    const fault = test.discord.fail({
      ...POST_MESSAGE,
      answer: { status: 429, body: { retry_after: 0.05 } },
      times: 9,
    });
    expect(await notify(test)).toMatchObject({ status: 503, retryAfter: 1 });
    expect(fault.hits).toBe(3);
    fault.remove();
    expect(await notify(test, OTHER_MEMBER)).toMatchObject({ status: 200 });
  });
});
