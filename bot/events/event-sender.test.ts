import { ClientError } from '@moddy/runtime/client/client';
import { createLogger } from '@moddy/runtime/log';
import { expect, it, vi } from 'vitest';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import type { BotEvent } from './event-lanes.ts';
import { createEventSender } from './event-sender.ts';

const CAPACITY = 10_000;
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

const notNow = () => new ClientError('notifyEvent', '503', { outcome: 'not-now', ambiguous: false, status: 503 });

it('the back-off grows once per round, not once per failed event', async () => {
  const sent = Promise.withResolvers<void>();
  let calls = 0;
  // Four rounds of eight events fail. With a step for each failure the third pause would last five minutes.
  const notifyEvent = async () => {
    calls += 1;
    if (calls <= 32) throw notNow();
    if (calls === 40) sent.resolve();
    return { success: true, message: 'done', event_received: true };
  };
  const timings = { ...TIMINGS, eventRetryMs: 5, maxEventRetryMs: 3_600_000 };
  const sender = createEventSender({ notifyEvent }, timings, createLogger('silent', 'discord-bot', new Journal()));
  for (let number = 1; number <= 8; number += 1) sender.offer(event(number, 'member_joined'));
  await sent.promise;
  expect(calls).toBe(40);
});

it('the sender is healthy again after it has sent a later queue', async () => {
  let failure: Error | undefined = new ClientError('notifyEvent', '422', {
    outcome: 'rejected',
    ambiguous: false,
    status: 422,
  });
  const settled = Promise.withResolvers<void>();
  const notifyEvent = async () => {
    if (failure) throw failure;
    settled.resolve();
    return { success: true, message: 'done', event_received: true };
  };
  const log = createLogger('silent', 'discord-bot', new Journal());
  const sender = createEventSender({ notifyEvent }, TIMINGS, log);
  sender.offer(event(1, 'member_joined'));
  await vi.waitFor(() => expect(sender.isWell).toBe(false));
  failure = undefined;
  sender.offer(event(2, 'member_joined'));
  await settled.promise;
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
