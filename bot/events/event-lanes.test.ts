import { describe, expect, it } from 'vitest';
import type { BotEvent } from './event-lanes.ts';
import { EventLanes } from './event-lanes.ts';

const event = (discordId: string, type: BotEvent['body']['event_type'], key: string): BotEvent => ({
  idempotencyKey: key,
  body: { event_type: type, discord_id: discordId },
});

function drain(lanes: EventLanes): string[] {
  const keys: string[] = [];
  for (let next = lanes.take(); next !== undefined; next = lanes.take()) {
    keys.push(next.idempotencyKey);
    lanes.done(next);
  }
  return keys;
}

describe('EventLanes', () => {
  it("keeps each user's order and takes users in turn", () => {
    const lanes = new EventLanes(10);
    for (const key of ['a1', 'a2', 'b1', 'a3', 'b2']) lanes.add(event(key.slice(0, 1), 'role_updated', key));
    expect(drain(lanes)).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
    expect(lanes.size).toBe(0);
  });

  it('takes one event of a user at a time', () => {
    const lanes = new EventLanes(10);
    lanes.add(event('a', 'member_joined', 'a1'));
    lanes.add(event('a', 'member_left', 'a2'));
    const first = lanes.take();
    expect(lanes.take()).toBeUndefined();
    if (first) lanes.release(first);
    expect(lanes.take()).toBe(first);
  });

  it('drops the oldest message_sent when full, also for another message', () => {
    const lanes = new EventLanes(3);
    lanes.add(event('a', 'member_joined', 'a1'));
    lanes.add(event('a', 'message_sent', 'a2'));
    lanes.add(event('b', 'message_sent', 'b1'));
    expect(lanes.add(event('c', 'message_sent', 'c1'))).toBe(1);
    expect(lanes.add(event('a', 'member_left', 'a3'))).toBe(1);
    expect(lanes.size).toBe(3);
    expect(drain(lanes).toSorted()).toEqual(['a1', 'a3', 'c1']);
  });

  it.each([
    ['member_joined', 'role_updated'],
    ['member_left', 'command_used'],
  ] as const)('takes %s when full of %s', (type, informing) => {
    const lanes = new EventLanes(3);
    for (const key of ['a1', 'b1', 'c1']) lanes.add(event(key.slice(0, 1), informing, key));
    expect(lanes.add(event('d', type, 'd1'))).toBe(1);
    expect(drain(lanes)).toEqual(['b1', 'c1', 'd1']);
  });

  it('drops the new event when full of member_joined', () => {
    const lanes = new EventLanes(2);
    lanes.add(event('a', 'member_joined', 'a1'));
    lanes.add(event('b', 'member_joined', 'b1'));
    expect(lanes.add(event('c', 'member_joined', 'c1'))).toBe(1);
    expect(drain(lanes)).toEqual(['a1', 'b1']);
  });

  it('never drops the event in flight', () => {
    const lanes = new EventLanes(1);
    lanes.add(event('a', 'message_sent', 'a1'));
    const inFlight = lanes.take();
    expect(lanes.add(event('b', 'message_sent', 'b1'))).toBe(1);
    if (inFlight) lanes.done(inFlight);
    expect(lanes.size).toBe(0);
    expect(drain(lanes)).toEqual([]);
  });

  it.each([
    ['message_sent', ['b1']],
    ['member_joined', ['a1']],
  ] as const)('keeps the rank of %s while it waits for its next attempt', (type, left) => {
    const lanes = new EventLanes(1);
    lanes.add(event('a', type, 'a1'));
    const failed = lanes.take();
    if (failed) lanes.release(failed);
    expect(lanes.add(event('b', 'member_left', 'b1'))).toBe(1);
    expect(drain(lanes)).toEqual(left);
  });

  it('takes the next event of a user whose only one was dropped', () => {
    const lanes = new EventLanes(2);
    lanes.add(event('a', 'message_sent', 'a1'));
    for (const key of ['b1', 'c1']) lanes.add(event(key.slice(0, 1), 'member_joined', key));
    expect(drain(lanes)).toEqual(['b1', 'c1']);
    lanes.add(event('a', 'member_joined', 'a2'));
    expect(drain(lanes)).toEqual(['a2']);
  });
});
