import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { BackendClient } from '@moddy/generated/backend-internal/client';
import { ClientError } from '@moddy/runtime/client/client';
import { createLogger } from '@moddy/runtime/log';
import { expect, it, vi } from 'vitest';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import type { BotEvent } from './event-lanes.ts';
import { createEventSender } from './event-sender.ts';

type Notify = BackendClient['notifyEvent'];
const CAPACITY = 10_000;
const DONE = { success: true, message: 'done', event_received: true };
const event = (number: number, type: BotEvent['body']['event_type']): BotEvent => ({
  idempotencyKey: `session:${number}`,
  body: { event_type: type, discord_id: String(number) },
});

it('the sender holds at most 10,000 events, counts the dropped ones and logs them in one line', async () => {
  const journal = new Journal();
  const notifyEvent = () => new Promise<never>(() => undefined);
  const sender = createEventSender({ notifyEvent }, TIMINGS, createLogger('info', 'discord-bot', journal));
  for (let number = 1; number < CAPACITY; number += 1) sender.offer(event(number, 'member_joined'));
  expect(sender.isWell).toBe(true);
  sender.offer(event(CAPACITY, 'message_sent'));
  expect(sender.detail).toBe(`${CAPACITY} waiting, 0 dropped`);
  // The message makes room; for the next one there is none.
  sender.offer(event(CAPACITY + 1, 'member_left'));
  sender.offer(event(CAPACITY + 2, 'member_left'));
  expect(sender.detail).toBe(`${CAPACITY} waiting, 2 dropped`);
  expect(sender.isWell).toBe(false);
  expect(journal.lines.filter(({ message }) => message === 'events dropped')).toHaveLength(1);
});

it('the sender is healthy again after it has sent a later queue completely', async () => {
  const held = Promise.withResolvers<void>();
  const notifyEvent: Notify = async ({ discord_id: discordId }) => {
    if (discordId === '1') throw new ClientError('notifyEvent', '422', { outcome: 'rejected', ambiguous: false });
    if (discordId === '3') await held.promise;
    return DONE;
  };
  const log = createLogger('silent', 'discord-bot', new Journal());
  const sender = createEventSender({ notifyEvent }, TIMINGS, log);
  sender.offer(event(1, 'member_joined'));
  await vi.waitFor(() => expect(sender.isWell).toBe(false));
  for (const number of [2, 3]) sender.offer(event(number, 'member_joined'));
  await vi.waitUntil(() => sender.waiting === 1);
  expect(sender.isWell).toBe(false);
  held.resolve();
  await vi.waitFor(() => expect(sender.isWell).toBe(true));
  expect(sender.dropped).toBe(1);
});

it('a 422 for the idempotency key does not count as a dropped event', async () => {
  const details = [{ path: '/header/Idempotency-Key', message: 'Use a new key for a new event' }];
  const failure = { outcome: 'rejected', ambiguous: false, status: 422, details } as const;
  const notifyEvent = () => Promise.reject(new ClientError('notifyEvent', '422', failure));
  const log = createLogger('silent', 'discord-bot', new Journal());
  const sender = createEventSender({ notifyEvent }, TIMINGS, log);
  sender.offer(event(1, 'role_updated'));
  await vi.waitFor(() => expect(sender.waiting).toBe(0));
  expect(sender.dropped).toBe(0);
});

it('the sender sends eight events at once, and none during Retry-After', async () => {
  const journal = new Journal();
  const failure = { outcome: 'not-now', ambiguous: false, status: 503, retryAfterSeconds: 7 } as const;
  let calls = 0;
  const notifyEvent = async () => {
    calls += 1;
    throw new ClientError('notifyEvent', '503', failure);
  };
  const timings = { ...TIMINGS, flushEventsMs: 0 };
  const sender = createEventSender({ notifyEvent }, timings, createLogger('info', 'discord-bot', journal));
  for (let number = 1; number <= 20; number += 1) sender.offer(event(number, 'member_joined'));
  expect(calls).toBe(8);
  expect(await journal.line('the backend does not take events')).toMatchObject({ retryInMs: 7_000, waiting: 20 });
  await vi.waitFor(() => expect(sender.isWell).toBe(false));
  expect([calls, sender.waiting, sender.detail]).toEqual([8, 20, '20 waiting, 0 dropped; the backend: not-now']);
  await sender.stop();
  expect(calls).toBe(8);
  expect(await journal.line('events are lost with this process')).toMatchObject({ count: 20 });
});

it('a stop logs as lost the events that no request delivered, and does not blame the backend', async () => {
  const journal = new Journal();
  const notifyEvent: Notify = async ({ discord_id: discordId }, { signal } = {}) => {
    if (signal) await once(signal, 'abort');
    // The answer to the second request arrives after the first request has ended.
    if (discordId === '1') throw new ClientError('notifyEvent', 'aborted', { outcome: 'unreachable', ambiguous: true });
    await setImmediate();
    return DONE;
  };
  const timings = { ...TIMINGS, flushEventsMs: 0 };
  const sender = createEventSender({ notifyEvent }, timings, createLogger('info', 'discord-bot', journal));
  for (const number of [1, 2]) sender.offer(event(number, 'member_joined'));
  await sender.stop();
  expect(sender.waiting).toBe(1);
  expect(journal.lines.map(({ message, count }) => [message, count])).toEqual([
    ['events are lost with this process', 1],
  ]);
});

it('nothing is sent after a stop', async () => {
  const notifyEvent = vi.fn<Notify>(async () => DONE);
  const sender = createEventSender({ notifyEvent }, TIMINGS, createLogger('silent', 'discord-bot', new Journal()));
  await sender.stop();
  sender.offer(event(1, 'member_joined'));
  expect(notifyEvent).not.toHaveBeenCalled();
});
