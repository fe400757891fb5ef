import { createLogger } from '@moddy/runtime/log';
import { expect, it } from 'vitest';
import { Journal } from '../testing/journal.ts';
import { TIMINGS } from '../timings.ts';
import type { BotEvent } from './bot-event.ts';
import { EventSender } from './event-sender.ts';

const CAPACITY = 10_000;
const event = (number: number, type: BotEvent['body']['event_type']): BotEvent => ({
  idempotencyKey: `session:${number}`,
  body: { event_type: type, discord_id: String(number) },
});

it('holds so many events and no more, counts what it drops, and says so in one line', async () => {
  const journal = new Journal();
  const notifyEvent = () => new Promise<never>(() => undefined);
  const sender = new EventSender({ notifyEvent }, TIMINGS, createLogger('info', 'discord-bot', journal));
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
