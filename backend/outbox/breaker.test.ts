import { type BotClient, BotClientError } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { UNSEEN } from '../testing/start-test-backend.ts';
import { createBreaker } from './breaker.ts';

/** The pauses of the watch, which end when the test says so. */
const pauses = { begun: [] as number[], end: () => {}, onBegin: () => {} };
replacePauses(
  (ms, _value, { signal } = {}) =>
    new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      pauses.end = resolve;
      pauses.begun.push(ms);
      pauses.onBegin();
    }),
);

type Health = Awaited<ReturnType<BotClient['healthCheck']>>;
const health = (more: Partial<Health> = {}): Health =>
  ({
    status: 'healthy',
    service: 'discord-bot',
    started_at: 'monday',
    contract: { version: '1.0.0' },
    ...more,
  }) as Health;
const unhealthy = (...names: string[]) =>
  health({ checks: names.map((name) => ({ name, status: 'unhealthy' as const })) });
const fails = (outcome: 'unreachable' | 'misconfigured') =>
  new BotClientError('healthCheck', outcome, { outcome, ambiguous: false });

let answer: Health | Error;
let asked: number;
let seen: unknown[];
let back: number;
let breaker: ReturnType<typeof createBreaker>;
beforeEach(async () => {
  answer = fails('unreachable');
  asked = 0;
  seen = [];
  back = 0;
  pauses.begun.length = 0;
  const healthCheck = async () => {
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  breaker = createBreaker({
    bot: { healthCheck } as Partial<BotClient> as BotClient,
    log: createLogger('debug', 'test', UNSEEN),
    skew: { see: (contract) => void seen.push(contract) },
    onBotBack: () => {
      back += 1;
    },
  });
  onTestFinished(() => breaker.stop());
});

const nextPause = () =>
  new Promise<void>((resolve) => {
    pauses.onBegin = resolve;
  });
/** Ends the pause; the bot is asked, and the watch pauses again. @returns for how long, and how often the bot was back so far. */
const watch = async (next: Health | Error) => {
  answer = next;
  const begun = nextPause();
  pauses.end();
  await begun;
  return [pauses.begun.at(-1), back];
};
const start = async (first: Health | Error) => {
  answer = first;
  const begun = nextPause();
  breaker.start();
  await begun;
};
const expectPause = (ceilingMs: number) => {
  expect(pauses.begun.at(-1)).toBeGreaterThanOrEqual(ceilingMs / 2);
  expect(pauses.begun.at(-1)).toBeLessThanOrEqual(ceilingMs);
};

it('polls an unavailable bot after pauses of up to three seconds, and a healthy one every 30 seconds', async () => {
  await start(fails('unreachable'));
  for (const ceilingMs of [500, 1_000, 2_000, 3_000, 3_000]) {
    expectPause(ceilingMs);
    await watch(fails('unreachable'));
  }
  expect(breaker.opened).toMatchObject({ cause: 'unreachable', detail: 'healthCheck: unreachable' });
  expect([breaker.botStartedAt, back, seen.length]).toEqual([undefined, 0, 0]);
  expect(await watch(health())).toEqual([30_000, 1]);
  expect([breaker.opened, breaker.botStartedAt]).toEqual([undefined, 'monday']);
  expect(seen).toEqual([{ version: '1.0.0' }]);
  expect(await watch(health())).toEqual([30_000, 1]);
  await watch(fails('unreachable'));
  expectPause(500);
});

it('reports the cause, and keeps the start time when the cause changes', async () => {
  await start(fails('unreachable'));
  const since = breaker.opened?.since;
  await watch(fails('misconfigured'));
  expect(breaker.opened).toMatchObject({ cause: 'misconfigured', detail: 'healthCheck: misconfigured' });
  expect(breaker.opened?.since).toBe(since);
});

it.each<readonly [string, Health | Error, Health, number]>([
  ['another process', health(), health({ started_at: 'tuesday' }), 1],
  ['the same process', health(), health(), 0],
  ['one that was unavailable', fails('unreachable'), health(), 1],
  ['one whose guild is usable again', unhealthy('guild'), health(), 1],
  ['one whose token is usable again', unhealthy('token'), health(), 1],
  ['one whose plan roles are usable again', unhealthy('roles'), health(), 1],
  ['one with one of two checks healthy again', unhealthy('roles', 'guild'), unhealthy('guild'), 1],
  ['one with no check healthy again', unhealthy('guild'), unhealthy('guild', 'roles'), 0],
  ['one whose gateway is healthy again', unhealthy('gateway'), health(), 1],
  ['one whose events are healthy again, which deliveries do not need', unhealthy('events'), health(), 0],
])('decides whether to resend to %s', async (_name, before, after, times) => {
  await start(health());
  await watch(before);
  const known = back;
  await watch(after);
  expect(back - known).toBe(times);
});

it.each<readonly [string, Health, boolean]>([
  ['guild', unhealthy('guild'), true],
  ['gateway', unhealthy('gateway'), true],
  ['events', unhealthy('events'), false],
  ['nothing', health({ checks: [{ name: 'guild', status: 'healthy' }] }), false],
])('stays closed, and polls sooner if deliveries need the check; unhealthy: %s', async (_name, answered, soon) => {
  await start(health());
  await watch(answered);
  if (soon) expectPause(250);
  else expect(pauses.begun.at(-1)).toBe(30_000);
  expect(breaker.opened).toBeUndefined();
});

it.each<readonly [string, Health | Error, boolean, boolean]>([
  ['is healthy', health(), false, false],
  ['lacks its guild', unhealthy('guild'), false, true],
  ['is unavailable', fails('unreachable'), true, true],
])('polls once for three suspicions at once when the bot %s', async (_name, answered, open, wakes) => {
  await start(health());
  const before = asked;
  answer = answered;
  const begun = wakes ? nextPause() : undefined;
  expect(await Promise.all([breaker.suspect(), breaker.suspect(), breaker.suspect()])).toEqual([open, open, open]);
  await begun;
  // The watch is woken from its long pause, and asks once more.
  expect(asked - before).toBe(wakes ? 2 : 1);
  expect(pauses.begun).toHaveLength(wakes ? 2 : 1);
});

it('stays closed after stop when an attempt fails', async () => {
  await start(health());
  await breaker.stop();
  answer = fails('unreachable');
  expect(await breaker.suspect()).toBe(false);
});
