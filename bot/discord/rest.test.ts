import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { createLogger } from '@moddy/runtime/log';
import { TokenBucket } from '@moddy/runtime/token-bucket';
import { DiscordAPIError, RateLimitError } from 'discord.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readConfig } from '../config.ts';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import { createDiscordRest } from './rest.ts';
import { createMemberLock } from './role-updates.ts';

const config = readConfig({
  INTERNAL_API_SECRET: 'test-secret-local',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '999888777666555444',
  DISCORD_API_URL: 'http://127.0.0.1:9/api',
  PLAN_ROLES: '{"moddy_max": ["987654321098765432"]}',
});
const apiError = (code: number, status: number) =>
  new DiscordAPIError({ code, message: '' }, code, status, 'GET', '', { files: undefined, body: undefined });
const rateLimit = new RateLimitError({
  timeToReset: 2_000,
  limit: 1,
  method: 'GET',
  hash: '',
  url: '',
  route: '',
  majorParameter: '',
  global: false,
  retryAfter: 3_000,
  sublimitTimeout: 1_000,
  scope: 'user',
});

describe('the outcome of a Discord call', () => {
  it.each([
    ['a response', undefined, 'ok', undefined],
    ['an error code with a verdict', apiError(50007, 403), 'refused', undefined],
    ['an error code that means retry later', apiError(40062, 400), 'not_now', 30],
    ['a rate limit', rateLimit, 'not_now', 3],
    ['a connection error', new Error('socket hang up'), 'not_now', 5],
    ['a RetryLater', new RetryLater('later', 9), 'not_now', 9],
    ['a RequestError', new RequestError(422, 'wrong'), 'failed', undefined],
    ['a webhook with an expired token', apiError(50027, 401), 'refused', undefined],
  ] as const)('for %s', async (_what, error, outcome, retryAfterSeconds) => {
    const outcomes: string[] = [];
    const log = createLogger('silent', 'discord-bot', new Journal());
    const rest = createDiscordRest(config, TIMINGS, log, (each) => outcomes.push(each));
    onTestFinished(() => rest.stop());
    const call = rest.call(async () => {
      if (error !== undefined) throw error;
      return { id: '1' };
    });
    if (error === undefined) expect(await call).toEqual({ id: '1' });
    else if (retryAfterSeconds === undefined) await expect(call).rejects.toBe(error);
    else await expect(call).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds });
    expect(outcomes).toEqual([outcome]);
    expect(rest.rejectedSince).toBeUndefined();
  });

  it('for a 401 stops every call with the token; calls without the token continue', async () => {
    const log = createLogger('silent', 'discord-bot', new Journal());
    const rest = createDiscordRest(config, TIMINGS, log);
    onTestFinished(() => rest.stop());
    let calls = 0;
    const refused = async () => {
      calls += 1;
      throw apiError(0, 401);
    };
    await expect(rest.call(refused)).rejects.toMatchObject({ retryAfterSeconds: 30 });
    expect(rest.rejectedSince).toBeGreaterThan(0);
    await expect(rest.call(refused)).rejects.toMatchObject({ name: 'RetryLater', retryAfterSeconds: 30 });
    expect(calls).toBe(1);
    expect(await rest.callWithoutToken(async () => [])).toEqual([]);
  });
});

describe('new direct-message channels', () => {
  it('are limited to a burst, then to a rate per second', () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const bucket = new TokenBucket({ burst: 2, perSecond: 0.5 });
    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2, 2]);
    vi.setSystemTime(Date.now() + 1_000);
    expect(bucket.take()).toBe(1);
    vi.setSystemTime(Date.now() + 1_000);
    expect([bucket.take(), bucket.take()]).toEqual([0, 2]);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
  });
});

describe('role changes of one member', () => {
  it('run one at a time in order, ten at most, and continue after a failure', async () => {
    const inTurn = createMemberLock();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const runs = Array.from({ length: 10 }, (_, index) =>
      inTurn('7', async () => {
        order.push(`begin ${index}`);
        await gate.promise;
        order.push(`end ${index}`);
        if (index === 0) throw new Error('failed');
      }),
    );
    await expect(inTurn('7', async () => undefined)).rejects.toMatchObject({
      name: 'RetryLater',
      retryAfterSeconds: 1,
    });
    // This change arrives when one has ended and the others still wait.
    const late = runs[0]?.catch(() => inTurn('7', async () => void order.push('late')));
    expect(await inTurn('8', async () => 'another member')).toBe('another member');
    expect(order).toEqual(['begin 0']);
    gate.resolve();
    expect((await Promise.allSettled(runs)).map(({ status }) => status)).toEqual([
      'rejected',
      ...Array(9).fill('fulfilled'),
    ]);
    await late;
    expect(order).toEqual([...runs.flatMap((_, index) => [`begin ${index}`, `end ${index}`]), 'late']);
    expect(await inTurn('7', async () => 'again')).toBe('again');
  });

  it('need no memory once they are done', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    const inTurn = createMemberLock();
    const result = new WeakRef(await inTurn('7', async () => ({})));
    // A reference counts as used until the end of its turn.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(result.deref()).toBeUndefined();
    // The lock is still in use, or all its memory would be free.
    await inTurn('7', async () => undefined);
  });
});
