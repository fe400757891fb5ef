import { describe, expect, it } from 'vitest';
import { OUTSIDER, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const ofType = (type: string) => (event: { body: { event_type: string } }) => event.body.event_type === type;

describe('delivery of events to the backend', () => {
  it("waits while the backend is unavailable, keeps each user's order and sends the attempt number", async () => {
    const { discord, backend } = await startTestBot();
    backend.breakDown();
    const called = backend.nextCall();
    discord.join(OUTSIDER);
    discord.setMemberRoles(OUTSIDER, [PLUS_ROLE]);
    discord.setMemberRoles(OUTSIDER, []);
    discord.leave(OUTSIDER);
    await called;
    backend.recover();
    await backend.event(ofType('member_left'));
    expect(backend.events.map(({ body }) => body.event_type)).toEqual([
      'member_joined',
      'role_updated',
      'role_updated',
      'member_left',
    ]);
    expect(backend.events[0]?.attempt).toBeGreaterThan(1);
  });

  it('drops an event that the backend rejects, counts it and continues', async () => {
    const { discord, backend, client, journal } = await startTestBot();
    backend.reject();
    discord.join(OUTSIDER);
    await journal.line('events dropped');
    const lost = (await client.healthCheck()).checks?.find(({ name }) => name === 'events');
    expect(lost).toEqual({ name: 'events', status: 'unhealthy', detail: '0 waiting, 1 dropped' });
    backend.recover();
    discord.leave(OUTSIDER);
    await backend.event(ofType('member_left'));
    const check = async () => (await client.healthCheck()).checks?.find(({ name }) => name === 'events');
    await expect.poll(check).toEqual({ name: 'events', status: 'healthy', detail: '0 waiting, 1 dropped' });
  });

  it('drops an event after five answers of 500', async () => {
    const { discord, backend, journal } = await startTestBot();
    backend.stumble();
    discord.join(OUTSIDER);
    expect(await journal.line('events dropped')).toMatchObject({ reason: 'the backend answered 500', count: 1 });
    expect(backend.calls()).toBe(5);
    expect(backend.events).toEqual([]);
  });

  it('does not count an outage among the five attempts', async () => {
    const { discord, backend } = await startTestBot();
    backend.breakDown();
    discord.join(OUTSIDER);
    while (backend.calls() < 6) await backend.nextCall();
    backend.stumble();
    await backend.nextCall();
    backend.recover();
    expect((await backend.event(ofType('member_joined'))).attempt).toBeGreaterThan(6);
  });

  it('sends the waiting events before the bot stops', async () => {
    const { bot, discord, backend } = await startTestBot({ timings: { flushEventsMs: 5_000 } });
    backend.breakDown();
    const called = backend.nextCall();
    discord.join(OUTSIDER);
    await called;
    const stopped = bot.stop();
    backend.recover();
    await stopped;
    expect(backend.events.map(({ body }) => body.event_type)).toEqual(['member_joined']);
  });

  it('stops in time while the backend is unavailable and logs the number of lost events', async () => {
    const { bot, discord, backend, journal } = await startTestBot({ timings: { flushEventsMs: 50 } });
    backend.breakDown();
    const called = backend.nextCall();
    discord.join(OUTSIDER);
    await called;
    await bot.stop();
    expect(await journal.line('events are lost')).toMatchObject({ count: 1 });
  });
});
