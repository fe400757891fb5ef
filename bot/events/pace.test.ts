import { ClientError } from '@moddy/runtime/client/client';
import type { Outcome } from '@moddy/runtime/errors';
import { createLogger } from '@moddy/runtime/log';
import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import { beforeEach, expect, it, vi } from 'vitest';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import { createEventSender } from './event-sender.ts';

/** The pauses of the sender, which end at once. */
const pauses: number[] = [];
replacePauses(async (ms) => void pauses.push(ms));
beforeEach(() => {
  pauses.length = 0;
});

const failure = (outcome: Outcome, more: object = {}) =>
  new ClientError('notifyEvent', outcome, { outcome, ambiguous: false, ...more });
const DONE = { success: true, message: 'done', event_received: true };
const KEY = [{ path: '/header/Idempotency-Key', message: 'was used with another body' }];
const BODY = [{ path: '/body/discord_id', message: 'Required' }];

/** Sends one event, which fails so often. @returns the attempts, and what became of it. */
async function sendOne(error: Error, times: number) {
  const attempts: unknown[] = [];
  const well: boolean[] = [];
  const notifyEvent = async (_body: unknown, { parameters }: { parameters?: { header?: object } } = {}) => {
    attempts.push(parameters?.header);
    well.push(sender.isWell);
    if (attempts.length <= times) throw error;
    return DONE;
  };
  const sender = createEventSender({ notifyEvent }, TIMINGS, createLogger('silent', 'discord-bot', new Journal()));
  sender.offer({ idempotencyKey: 'k', body: { event_type: 'member_joined', discord_id: '7' } });
  expect(sender.waiting).toBe(1);
  await vi.waitUntil(() => sender.waiting === 0);
  expect(attempts).toEqual(attempts.map((_, at) => ({ 'Idempotency-Key': 'k', 'X-Delivery-Attempt': at + 1 })));
  // While it is tried again the bot says that something is wrong.
  expect(well).toEqual(well.map((_, at) => at === 0));
  return { attempts: attempts.length, dropped: sender.dropped, isWell: sender.isWell };
}
const expectGrowing = (ceilings: readonly number[]) => {
  expect(pauses).toHaveLength(ceilings.length);
  for (const [at, ceilingMs] of ceilings.entries()) {
    expect(pauses[at]).toBeGreaterThanOrEqual(ceilingMs / 2);
    expect(pauses[at]).toBeLessThanOrEqual(ceilingMs);
  }
};
const GROWING = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000];

it.each<readonly [string, Error, number, number, boolean]>([
  ['an undocumented 202', failure('answered', { status: 202 }), 1, 0, true],
  ['a 422 for its key', failure('rejected', { status: 422, details: KEY }), 1, 0, true],
  ['a 422 for its body and its key', failure('rejected', { status: 422, details: [...BODY, ...KEY] }), 1, 0, true],
  ['a 422 for its body', failure('rejected', { status: 422, details: BODY }), 1, 1, false],
  ['a 422 without details', failure('rejected', { status: 422 }), 1, 1, false],
  ['a 400', failure('rejected', { status: 400, details: KEY }), 1, 1, false],
  ['five answers of 500', failure('failed', { status: 500 }), 5, 1, false],
  ['a fault of the bot', new Error('a fault'), 1, 1, false],
])('an event is settled after %s', async (_name, error, attempts, dropped, isWell) => {
  expect(await sendOne(error, 20)).toEqual({ attempts, dropped, isWell });
  expectGrowing(GROWING.slice(0, attempts - 1));
});

it.each<readonly [string, Error]>([
  ['unavailable', failure('unreachable')],
  ['on another version', failure('misconfigured', { status: 404 })],
  ['busy', failure('not-now', { status: 503 })],
])('an event is retried with growing pauses up to 30 s while the backend is %s, then sent', async (_name, error) => {
  expect(await sendOne(error, GROWING.length)).toEqual({ attempts: GROWING.length + 1, dropped: 0, isWell: true });
  expectGrowing(GROWING);
});

it('an event waits for Retry-After when it is longer than the back-off', async () => {
  await sendOne(failure('not-now', { status: 503, retryAfterSeconds: 4 }), 5);
  expect(pauses.slice(0, 3)).toEqual([4_000, 4_000, 4_000]);
  expect(pauses[4]).toBeGreaterThanOrEqual(4_000);
});

it('the pauses grow once per round, not once per failed event, and one line logs all rounds', async () => {
  const journal = new Journal();
  const busy = failure('not-now', { status: 503 });
  let calls = 0;
  // Four rounds of eight events fail.
  const notifyEvent = async () => {
    calls += 1;
    if (calls <= 32) throw busy;
    return DONE;
  };
  const sender = createEventSender({ notifyEvent }, TIMINGS, createLogger('info', 'discord-bot', journal));
  for (const discordId of '12345678') {
    sender.offer({ idempotencyKey: discordId, body: { event_type: 'member_joined', discord_id: discordId } });
  }
  await vi.waitUntil(() => sender.waiting === 0);
  expect(calls).toBe(40);
  expectGrowing(GROWING.slice(0, 4));
  expect(journal.lines.map(({ message }) => message)).toEqual(['the backend does not take events']);
});

it('the pauses start over after an event was sent', async () => {
  const busy = failure('not-now', { status: 503 });
  const answers = [busy, busy, busy, undefined, busy, busy, undefined];
  const notifyEvent = async () => {
    const error = answers.shift();
    if (error) throw error;
    return DONE;
  };
  const sender = createEventSender({ notifyEvent }, TIMINGS, createLogger('silent', 'discord-bot', new Journal()));
  for (const discordId of ['7', '8']) {
    sender.offer({ idempotencyKey: discordId, body: { event_type: 'member_joined', discord_id: discordId } });
    await vi.waitUntil(() => sender.waiting === 0);
  }
  expectGrowing([500, 1_000, 2_000, 500, 1_000]);
});
