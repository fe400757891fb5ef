import { createLogger } from '@moddy/runtime/log';
import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import { DefaultRestOptions, DiscordAPIError, type ResponseLike } from 'discord.js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../config.ts';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import { deliveryMarks } from './delivery-marks.ts';
import { createDirectMessageChannels } from './direct-message-channels.ts';
import { createDirectMessages } from './direct-messages.ts';
import { createGuild } from './guild.ts';
import { IdempotencyCache } from './idempotency-cache.ts';
import { Pauses } from './pauses.ts';
import { type CallOutcome, createDiscordRest } from './rest.ts';
import { createRoleUpdates } from './role-updates.ts';

/* The pauses that the bot keeps, to the millisecond, and its requests after them: the clock stands still between two steps. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
});
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
replacePauses(async (ms) => void pass(ms));

type Answer = readonly [status: number, body: object | string, headers?: Record<string, string>];
const respond = ([status, body, headers = {}]: Answer): ResponseLike => {
  const isJson = typeof body !== 'string';
  const type = isJson ? 'application/json' : 'text/html';
  return new Response(status === 204 ? null : isJson ? JSON.stringify(body) : body, {
    status,
    headers: status === 204 ? {} : { 'content-type': type, ...headers },
  }) as unknown as ResponseLike;
};
const OK: Answer = [200, { id: '1' }];
const CHANGED: Answer = [204, ''];
const PAGE = '<title>edge</title>';
/** Discord's answers, and the count of requests. */
const discord = () => {
  const answers: (Answer | Promise<Answer>)[] = [];
  const sent: string[] = [];
  vi.spyOn(DefaultRestOptions, 'makeRequest').mockImplementation(async (url, init) => {
    init.signal?.throwIfAborted();
    sent.push(`${init.method} ${new URL(url).pathname}`);
    return respond(await (answers.shift() ?? (url.includes('/roles/') ? CHANGED : OK)));
  });
  return { answers, sent };
};

describe('a pause', () => {
  const ROLE = '/guilds/1/members/2/roles/3';
  const start = () => {
    const pauses = new Pauses(5_000);
    const { answers, sent } = discord();
    /** `sent`, or for how many seconds not. */
    const request = (path = ROLE, method = 'PUT'): Promise<number | 'sent'> =>
      pauses
        .makeRequest(`https://discord.test/api/v10${path}`, { method } as Parameters<
          typeof DefaultRestOptions.makeRequest
        >[1])
        .then(
          () => 'sent' as const,
          (error: { readonly retryAfterSeconds: number }) => error.retryAfterSeconds,
        );
    return { pauses, answers, sent, request };
  };
  const everything = { scope: { 'x-ratelimit-scope': 'global' }, header: { 'x-ratelimit-global': 'true' } };

  it.each<readonly [string, Answer, number, boolean]>([
    ['one route', [429, {}], 5, false],
    ['one route for the time in the body', [429, { retry_after: 7 }], 7, false],
    ['one route for the time in the header', [429, { retry_after: 7 }, { 'retry-after': '9' }], 9, false],
    ['one route when the given time is zero', [429, { retry_after: 0 }, { 'retry-after': '0' }], 5, false],
    ['one route with the scope shared', [429, {}, { 'x-ratelimit-scope': 'shared' }], 5, false],
    ['every route with the scope global', [429, {}, everything.scope], 5, true],
    ['every route with the header global', [429, { retry_after: 3 }, everything.header], 3, true],
    ['every route with global in the body', [429, { global: true }], 5, true],
    ['every route after an HTML 403', [403, PAGE], 30, true],
    ['every route after an HTML 429', [429, PAGE], 30, true],
    ['every route after an HTML 429, for the time in the header', [429, PAGE, { 'retry-after': '90' }], 90, true],
    ['every route after an HTML 401', [401, PAGE], 30, true],
    ['every route after code 40333', [403, { code: 40333, message: 'internal network error' }], 30, true],
    ['every route after a JSON 403 without a code', [403, { error: 'blocked' }], 30, true],
    ['every route after an HTML 403, for an hour at most', [403, PAGE, { 'retry-after': '99999999' }], 3_600, true],
    ['every route for an hour at most', [429, { global: true, retry_after: 99_999_999 }], 3_600, true],
    ['one route for an hour at most', [429, { retry_after: 99_999_999 }], 3_600, false],
    ['one route when the header is a date', [429, { retry_after: 7 }, { 'retry-after': 'Wed, 21 Oct' }], 7, false],
    ['one route when the header is negative', [429, { retry_after: 7 }, { 'retry-after': '-9' }], 7, false],
  ])('covers %s', async (_name, answer, seconds, ofAll) => {
    const { pauses, answers, sent, request } = start();
    answers.push(answer);
    expect([pauses.until, await request()]).toEqual([undefined, seconds]);
    expect(pauses.until).toBe(ofAll ? Date.now() + seconds * 1_000 : undefined);
    expect(await request('/users/@me', 'GET')).toBe(ofAll ? seconds : 'sent');
    pass(seconds * 1_000 - 1);
    expect(await request()).toBe(1);
    const { length } = sent;
    pass(1);
    expect([pauses.until, await request()]).toEqual([undefined, 'sent']);
    expect(sent).toHaveLength(length + 1);
  });

  it.each<readonly [string, string, boolean]>([
    ['/guilds/1/members/9/roles/8', 'PUT', true],
    [ROLE, 'DELETE', false],
    ['/guilds/2/members/2/roles/3', 'PUT', false],
  ])('for one route covers %s %s: %s', async (path, method, held) => {
    const { answers, request } = start();
    answers.push([429, {}]);
    await request();
    expect(await request(path, method)).toBe(held ? 5 : 'sent');
  });

  it.each([
    [429, {}, everything.scope, 'sent'],
    [403, PAGE, {}, 30],
  ] as const)('after %i with %j and %j makes interaction responses: %s', async (status, body, headers, expected) => {
    const { answers, request } = start();
    answers.push([status, body, headers]);
    await request();
    expect(await request('/interactions/1/token/callback', 'POST')).toBe(expected);
    expect(await request('/webhooks/1/token', 'POST')).toBe(expected === 'sent' ? 'sent' : expected);
  });

  it('after an HTML 403 doubles up to ten minutes and starts over after an API response', async () => {
    const { answers, request } = start();
    for (const seconds of [30, 60, 120, 240, 480, 600, 600]) {
      answers.push([403, PAGE]);
      expect(await request()).toBe(seconds);
      pass(seconds * 1_000);
    }
    expect(await request()).toBe('sent');
    answers.push([403, PAGE]);
    expect(await request()).toBe(30);
  });

  it('is not shortened by a shorter one that starts later', async () => {
    const { pauses, answers, request } = start();
    const held = Promise.withResolvers<Answer>();
    answers.push(held.promise, [429, {}, { ...everything.scope, 'retry-after': '60' }]);
    const first = request();
    expect(await request('/users/@me', 'GET')).toBe(60);
    held.resolve([429, {}, everything.scope]);
    expect(await first).toBe(5);
    expect(pauses.until).toBe(Date.now() + 60_000);
  });

  it('after an HTML 403 ends with one probe request', async () => {
    const { answers, request } = start();
    answers.push([403, PAGE]);
    await request();
    pass(30_000);
    const held = Promise.withResolvers<Answer>();
    answers.push(held.promise);
    const probe = request();
    expect(await request()).toBe(1);
    held.resolve(CHANGED);
    expect([await probe, ...(await Promise.all([request(), request()]))]).toEqual(['sent', 'sent', 'sent']);
  });

  it('after an HTML 403 lasts until the probe ends, also when an earlier request ends before', async () => {
    const { answers, request } = start();
    const [early, probe] = [Promise.withResolvers<Answer>(), Promise.withResolvers<Answer>()];
    answers.push(early.promise, [403, PAGE], probe.promise);
    const earlier = request('/users/@me', 'GET');
    expect(await request()).toBe(30);
    pass(30_000);
    const probing = request();
    early.reject(new Error('socket hang up'));
    await earlier;
    expect(await request()).toBe(1);
    probe.resolve(CHANGED);
    expect([await probing, await request()]).toEqual(['sent', 'sent']);
  });

  it.each<readonly [string, Answer, number | 'sent']>([
    [ROLE, [200, PAGE], 5],
    [ROLE, [404, PAGE], 5],
    [ROLE, [499, PAGE], 5],
    [ROLE, [500, PAGE], 'sent'],
    [ROLE, [502, PAGE], 'sent'],
    [ROLE, [503, PAGE, { 'retry-after': '7' }], 7],
    [ROLE, [503, PAGE, { 'retry-after': 'Wed, 21 Oct' }], 'sent'],
    [ROLE, [500, {}, { 'retry-after': '7' }], 7],
    [ROLE, [502, {}, { 'retry-after': '7' }], 7],
    [ROLE, [204, ''], 'sent'],
    [ROLE, [404, {}], 'sent'],
    [ROLE, [200, { id: '3' }], 5],
    [ROLE, [301, {}], 5],
    [ROLE, [401, { code: 0 }], 'sent'],
    [ROLE, [403, { code: 50_013 }], 'sent'],
    ['/users/@me', [200, { id: '3' }], 'sent'],
    ['/users/@me', [200, PAGE], 5],
    ['/users/@me', [299, { id: '3' }], 'sent'],
    ['/users/@me', [300, { id: '3' }], 5],
  ])('of %s does not start after %j: %s', async (path, answer, expected) => {
    const { pauses, answers, request } = start();
    answers.push(answer);
    expect([await request(path), pauses.until]).toEqual([expected, undefined]);
    expect(await request(path)).toBe('sent');
  });
});

const config = readConfig({
  INTERNAL_API_SECRET: 'test-secret-local',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '1',
  DISCORD_API_URL: 'https://discord.test/api',
  PLAN_ROLES: '{"moddy_max": ["3"]}',
});
const startRest = (onCall?: (outcome: CallOutcome) => void) => {
  const rest = createDiscordRest(config, TIMINGS, createLogger('silent', 'discord-bot', new Journal()), onCall);
  onTestFinished(() => rest.stop());
  return { rest, ...discord() };
};
const role = (id: string, position: number, permissions = '0') => ({
  id,
  position,
  permissions,
  name: id,
  managed: false,
});
const UNAUTHORIZED: Answer = [401, { code: 0, message: '401: Unauthorized' }];

it('a rejected token is retried after 30 s, then after twice the time up to five minutes', async () => {
  const { rest, answers, sent } = startRest();
  answers.push(...Array.from({ length: 5 }, () => UNAUTHORIZED));
  /** For how many seconds nothing is sent. */
  const waits = () => rest.call((api) => api.users.getCurrent()).catch(({ retryAfterSeconds }) => retryAfterSeconds);
  await waits();
  const rejectedAt = rest.rejectedSince;
  expect(rejectedAt).toBe(Date.now());
  for (const [seconds, next] of [
    [30, 60],
    [60, 120],
    [120, 240],
    [240, 300],
  ] as const) {
    const { length } = sent;
    expect(await waits()).toBe(seconds);
    await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
    expect(sent).toHaveLength(length);
    await vi.advanceTimersByTimeAsync(1);
    while ((await waits()) !== next) await vi.advanceTimersByTimeAsync(0);
    expect([sent.length, rest.rejectedSince]).toEqual([length + 1, rejectedAt]);
  }
  await vi.advanceTimersByTimeAsync(300_000);
  while (rest.rejectedSince !== undefined) await vi.advanceTimersByTimeAsync(0);
  answers.push(UNAUTHORIZED);
  await waits();
  expect(await waits()).toBe(30);
});

describe('a call that a limit delays', () => {
  const limited = (seconds: number): Answer => [429, { retry_after: seconds }];
  /** Its headers say that no request is left for so long. */
  const empty = (seconds: number): Answer => [
    200,
    { id: '1' },
    { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': String(seconds) },
  ];
  const call = (rest: ReturnType<typeof createDiscordRest>) =>
    rest
      .call((api) => api.users.getCurrent())
      .then(
        () => 'sent',
        (error: { readonly retryAfterSeconds: number }) => error.retryAfterSeconds,
      );

  it.each<readonly [string, readonly Answer[], number | 'sent', number]>([
    ['waits for a second', [limited(1)], 'sent', 2],
    ['does not wait longer', [limited(1.001)], 2, 1],
    ['does not wait a third time', [limited(1), limited(1), limited(1)], 1, 3],
  ])('%s', async (_name, limits, expected, requests) => {
    const { rest, answers, sent } = startRest();
    answers.push(...limits);
    expect([await call(rest), sent.length]).toEqual([expected, requests]);
  });

  // discord.js adds 50 ms to what Discord says, twice.
  it.each([
    [1.4, 'sent'],
    [1.401, 2],
  ])('after an answer that leaves no request for %f s: %s', async (seconds, expected) => {
    const { rest, answers } = startRest();
    answers.push(empty(seconds));
    expect(await call(rest)).toBe('sent');
    const next = call(rest);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await next).toBe(expected);
  });
});

it('a REST client that was stopped leaves no timer', () => {
  const before = vi.getTimerCount();
  const { rest } = startRest();
  rest.stop();
  expect(vi.getTimerCount()).toBe(before);
});

it('the identity of the token is read once; the bot id defaults to the application id', async () => {
  const { rest, answers, sent } = startRest();
  answers.push([200, { id: '4', bot: { id: '5' } }]);
  for (const _ of [1, 2]) expect(await rest.identity()).toEqual({ applicationId: '4', botId: '5' });
  expect(sent).toHaveLength(1);
  const other = startRest();
  other.answers.push([200, { id: '4' }]);
  expect(await other.rest.identity()).toEqual({ applicationId: '4', botId: '4' });
});

describe('a reading of the guild', () => {
  const start = () => {
    const { rest, answers, sent } = startRest();
    answers.push([200, [role('1', 0), role('3', 1), role('4', 2, '268435456')]], [200, { id: '5', bot: { id: '5' } }]);
    answers.push([200, { user: {}, roles: ['4'] }]);
    return { guild: createGuild(rest, '1', TIMINGS), answers, sent };
  };

  it('is shared by concurrent callers, reused up to the age that each accepts, and repeated after forget', async () => {
    const { guild, answers, sent } = start();
    const again = () => answers.push([200, [role('1', 0)]], [200, { user: {}, roles: [] }]);
    const [reading, same] = await Promise.all([guild.read(0), guild.read(10_000)]);
    expect([same, sent.length]).toEqual([reading, 3]);
    pass(9_999);
    expect(await guild.read(10_000)).toBe(reading);
    pass(1);
    again();
    const next = await guild.read(10_000);
    expect([next === reading, sent.length]).toEqual([false, 5]);
    guild.forget();
    again();
    expect(await guild.read(10_000)).not.toBe(next);
  });

  it('that Discord rejects is repeated after ten seconds, or when something contradicts the rejection', async () => {
    const { guild, answers, sent } = start();
    await guild.read(0);
    guild.forget();
    const NO_ACCESS: Answer = [403, { code: 50_001, message: 'Missing Access' }];
    /** The error of a reading, and the count of its requests. */
    const read = async (answer: Answer) => {
      answers.push(answer, answer);
      const { length } = sent;
      const error: unknown = await guild.read(0).catch((reason: unknown) => reason);
      // Its other request ends, too.
      await vi.advanceTimersByTimeAsync(0);
      answers.length = 0;
      return { error, requests: sent.length - length };
    };
    const { error } = await read(NO_ACCESS);
    expect(error).toBeInstanceOf(DiscordAPIError);
    pass(9_999);
    guild.forget(error);
    expect(await read(NO_ACCESS)).toEqual({ error, requests: 0 });
    pass(1);
    expect((await read(NO_ACCESS)).requests).toBe(2);
    guild.forget();
    expect((await read([200, PAGE])).requests).toBe(2);
    // An outage is no rejection: the next caller asks again.
    expect((await read([200, PAGE])).requests).toBe(2);
  });

  it.each<readonly [string, number | null, string, boolean]>([
    ['that ends in the future', 1, '0', true],
    ['that ends now', 0, '0', false],
    ['as an administrator', 1, '8', false],
    ['without a timeout', null, '0', false],
  ])('has the timeout of the bot %s', async (_name, endsInMs, everyone, isTimedOut) => {
    const { guild, answers } = start();
    const until = endsInMs === null ? null : new Date(Date.now() + endsInMs).toISOString();
    answers.splice(
      0,
      3,
      [200, [role('1', 0, everyone)]],
      [200, { id: '5' }],
      [200, { user: {}, roles: [], communication_disabled_until: until }],
    );
    expect((await guild.read(0)).isTimedOut).toBe(isTimedOut);
  });

  it.each<readonly [string, readonly string[], string, boolean, string]>([
    ['with a role that grants it', ['4'], '0', true, '4'],
    ['without any role', [], '0', false, '1'],
    ['with a role that lacks it', ['3'], '0', false, '3'],
    ['granted by @everyone', [], '268435456', true, '1'],
    ['as an administrator', [], '8', true, '1'],
  ])('has the top role and the permission Manage Roles %s', async (_name, held, everyone, may, top) => {
    const { guild, answers } = start();
    answers.splice(
      0,
      3,
      [200, [role('1', 0, everyone), role('3', 1), role('4', 2, '268435456')]],
      [200, { id: '5' }],
      [200, { user: {}, roles: held }],
    );
    const reading = await guild.read(0);
    expect([reading.mayManageRoles, reading.top?.id, [...reading.roles.keys()]]).toEqual([may, top, ['1', '3', '4']]);
  });
});

it.each([
  ['the first reading of the server', 0],
  ['the reading before a role is added', 4],
])(
  'a role update makes no call after its deadline in %s; one that waited behind it makes none',
  async (_name, before) => {
    const outcomes: CallOutcome[] = [];
    const { rest, answers, sent } = startRest((outcome) => outcomes.push(outcome));
    const guild = createGuild(rest, '1', { ...TIMINGS, guildMaxAgeMs: 0 });
    const update = createRoleUpdates(rest, guild, { ...TIMINGS, handlerDeadlineMs: 1_000 });
    const changes = { origin: 'lists', add: ['3'], remove: [] } as const;
    const change = () => update({ discordId: '7', changes, auditReason: 'test', revision: undefined });
    const roles: Answer = [200, [role('1', 0, '268435456'), role('3', 1), role('4', 2)]];
    const own: Answer = [200, { user: {}, roles: ['4'] }];
    const held = Promise.withResolvers<Answer>();
    answers.push(roles, [200, { id: '5' }], own, [200, { user: {}, roles: [] }], roles, own);
    answers.splice(before, 1, held.promise);
    if (before === 0) answers.length = 3;
    const late = Promise.allSettled([change(), change()]);
    while (answers.length > 0) await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await late).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const { length } = sent;
    held.resolve(roles);
    // The next one finds the role there: it reads the server and the member.
    answers.push(roles, own, [200, { user: {}, roles: ['3'] }]);
    expect(await change()).toMatchObject({ outcome: 'applied' });
    expect(sent).toHaveLength(length + 3);
    expect(new Set(outcomes)).toEqual(new Set(['ok']));
  },
);

it('code 40003 stops the opening of new channels for ten minutes; known channels stay available', async () => {
  const { rest, answers, sent } = startRest();
  const channels = createDirectMessageChannels(rest, TIMINGS);
  const { signal } = new AbortController();
  answers.push([200, { id: '70' }], [403, { code: 40003, message: 'too fast' }]);
  expect(await channels.channelOf('7', signal)).toBe('70');
  for (const seconds of [600, 600]) {
    await expect(channels.channelOf('8', signal)).rejects.toMatchObject({ retryAfterSeconds: seconds });
    expect(await channels.channelOf('7', signal)).toBe('70');
  }
  expect(sent).toHaveLength(2);
  pass(599_999);
  await expect(channels.channelOf('8', signal)).rejects.toMatchObject({ name: 'RetryLater' });
  pass(1);
  answers.push([200, { id: '80' }], [404, { code: 10013, message: 'Unknown User' }], [200, { id: '71' }]);
  expect(await channels.channelOf('8', signal)).toBe('80');
  await expect(channels.channelOf('9', signal)).rejects.toBeInstanceOf(DiscordAPIError);
  channels.forget('7');
  expect(await channels.channelOf('7', signal)).toBe('71');
});

describe('a direct message', () => {
  const REJECTED: Answer = [400, { code: 50_278, message: 'No mutual guilds' }];
  const start = () => {
    const { rest, answers, sent } = startRest();
    const messages = createDirectMessages(rest, '1', TIMINGS);
    const message = { discordId: '7', content: {}, reference: 'R', checkFirst: false };
    const send = () => messages.send(message, new AbortController().signal);
    return { answers, sent, messages, send };
  };

  it('that Discord rejects is tried again after a minute, after a join and after the return of the bot', async () => {
    const { answers, sent, messages, send } = start();
    for (const forget of [
      () => pass(1),
      () => messages.forgetRejections('7'),
      () => messages.forgetRejections(),
      () => undefined,
    ]) {
      answers.push(REJECTED);
      expect(await send()).toBe('no_mutual_guild');
      expect(answers).toEqual([]);
      pass(59_999);
      messages.forgetRejections('8');
      const { length } = sent;
      expect([await send(), sent.length]).toEqual(['no_mutual_guild', length]);
      forget();
    }
  });

  it.each<readonly [string, Answer, string | number]>([
    ['at once when Discord does not know it', [404, { code: 10_003, message: 'Unknown Channel' }], 'sent'],
    ['for the next attempt when Discord forbids it', [403, { code: 50_001, message: 'Missing Access' }], 300],
  ])('opens its channel again %s', async (_name, answer, expected) => {
    const { answers, sent, send } = start();
    answers.push([200, { id: '70' }], answer, [200, { id: '71' }]);
    const outcome = send().catch(({ retryAfterSeconds }) => retryAfterSeconds);
    expect(await outcome).toBe(expected);
    expect(await send()).toBe('sent');
    const [opened, inOld, inNew] = ['/users/@me/channels', '/channels/70/messages', '/channels/71/messages'];
    expect(sent.slice(0, 4)).toEqual([opened, inOld, opened, inNew].map((path) => `POST /api/v10${path}`));
  });
});

describe('the idempotency cache', () => {
  const attempt = (answer: string, completed = true) => vi.fn(async (_triedBefore: boolean) => ({ answer, completed }));
  it('repeats an answer for a day, and for the same body only', async () => {
    const cache = new IdempotencyCache<string>();
    expect(await cache.once('k', { a: 1 }, attempt('first'))).toBe('first');
    const second = attempt('second');
    pass(24 * 3_600_000 - 1);
    expect(await cache.once('k', { a: 1 }, second)).toBe('first');
    await expect(cache.once('k', { a: 2 }, second)).rejects.toMatchObject({ status: 422 });
    expect(await cache.once(undefined, { a: 1 }, second)).toBe('second');
    expect(await cache.once('other', { a: 1 }, second)).toBe('second');
    expect(second.mock.calls).toEqual([[false], [false]]);
    pass(1);
    expect(await cache.once('k', { a: 2 }, second)).toBe('second');
  });

  it.each([
    ['did not complete', () => attempt('nothing', false)],
    ['threw', () => vi.fn(() => Promise.reject(new Error('a fault')))],
  ])('runs a second attempt after one that %s, with any body and triedBefore set', async (_name, first) => {
    const cache = new IdempotencyCache<string>();
    await cache.once('k', { a: 1 }, first()).catch(() => {});
    const second = attempt('second');
    expect(await cache.once('k', { a: 2 }, second)).toBe('second');
    expect(second.mock.calls).toEqual([[true]]);
  });

  it('rejects a key whose first attempt is in flight', async () => {
    const cache = new IdempotencyCache<string>();
    const held = Promise.withResolvers<{ answer: string; completed: boolean }>();
    const first = cache.once('k', {}, () => held.promise);
    await expect(cache.once('k', {}, attempt('x'))).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds: 1 });
    await expect(cache.once('k', { a: 1 }, attempt('x'))).rejects.toMatchObject({ status: 422 });
    held.resolve({ answer: 'first', completed: true });
    expect(await first).toBe('first');
  });
});

it('the delivery marks of a key never change, because a later process searches for them', () => {
  expect(deliveryMarks('key')).toEqual(MARKS);
  expect(deliveryMarks(undefined)).not.toEqual(deliveryMarks(undefined));
});
const MARKS = { reference: 'CG1BT66S2S', nonce: 'CG1BT66S2SM77KEKMR5RWZPTX' };
