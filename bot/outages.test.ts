import { describe, expect, it } from 'vitest';
import { startWithCommands, use } from './testing/commands.ts';
import { MAX_ROLE, MEMBER, OTHER_MEMBER, OUTSIDER, startTestBot, type TestBot } from './testing/start-test-bot.ts';

/** `healthy`, or the vital checks that are not. */
async function healthOf({ client }: TestBot): Promise<string> {
  const { status, checks = [] } = await client.healthCheck();
  const ailing = checks.filter((check) => check.status === 'unhealthy').map(({ name }) => name);
  return status === 'healthy' ? status : ailing.join();
}

const eventsCheck = async ({ client }: TestBot) =>
  (await client.healthCheck()).checks?.find(({ name }) => name === 'events')?.status;

const notify = ({ call }: TestBot, discordId: string, key: string, attempt = 1) => {
  const headers = { 'idempotency-key': key, 'x-delivery-attempt': String(attempt) };
  return call('POST', '/internal/notify', { discord_id: discordId, action: 'subscription_created' }, headers);
};
const updateRoles = ({ call }: TestBot, revision: number) =>
  call('POST', '/internal/roles/update', { discord_id: MEMBER, plan: 'moddy_max', revision });

/** Both kinds of work are accepted, and done, once. */
async function works(test: TestBot, key: string): Promise<void> {
  test.discord.setMemberRoles(MEMBER, []);
  const before = test.discord.directMessages(MEMBER).length;
  expect(await notify(test, MEMBER, key)).toMatchObject({ status: 200, body: { notification_sent: true } });
  expect(await updateRoles(test, 1)).toMatchObject({ status: 200, body: { roles_updated: true } });
  expect(test.discord.directMessages(MEMBER)).toHaveLength(before + 1);
  expect(test.discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
}

const received = ({ backend }: TestBot) =>
  backend.events.filter(({ body }) => body.discord_id === OUTSIDER).map(({ body }) => body.event_type);

const isAbout = (type: string) => (event: { body: { event_type: string; discord_id: string } }) =>
  event.body.event_type === type && event.body.discord_id === OUTSIDER;

describe('accepted requests and events', () => {
  it('survive a lost gateway: requests succeed, and events are sent once, in order, after the resume', async () => {
    const test = await startTestBot();
    expect(await healthOf(test)).toBe('healthy');
    test.discord.setGateway({ accepting: false });
    test.discord.dropGateway();
    await test.journal.line('the gateway connection is lost');
    expect(await healthOf(test)).toBe('gateway');
    test.discord.join(OUTSIDER);
    await works(test, 'during');
    test.discord.leave(OUTSIDER);
    expect(await healthOf(test)).toBe('gateway');
    test.discord.setGateway({ accepting: true });
    await test.journal.line('connected to the gateway', 2);
    expect(await healthOf(test)).toBe('healthy');
    await test.backend.event(isAbout('member_left'));
    expect(received(test)).toEqual(['member_joined', 'member_left']);
    expect(new Set(test.backend.events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(
      test.backend.events.length,
    );
  });

  it.each(['closes with 4000', 'asks to reconnect'])('survive a resume when the gateway %s', async (how) => {
    const test = await startTestBot();
    test.discord.join(OUTSIDER);
    if (how === 'asks to reconnect') test.discord.reconnectGateway();
    else test.discord.closeGateway(4_000);
    await test.discord.waitFor((change) => change.type === 'gateway' && change.state === 'disconnected');
    test.discord.leave(OUTSIDER);
    await works(test, 'during');
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'resumed' });
    expect(await healthOf(test)).toBe('healthy');
    await test.backend.event(isAbout('member_left'));
    expect(received(test)).toEqual(['member_joined', 'member_left']);
  });

  it('survive an invalid session: received events are sent, and a new session continues', async () => {
    const test = await startTestBot();
    test.backend.breakDown();
    const heard = test.backend.nextCall();
    test.discord.join(OUTSIDER);
    await heard;
    await test.journal.line('the backend does not take events');
    test.discord.setGateway({ accepting: false });
    test.discord.invalidateSessions();
    await test.journal.line('the gateway connection is lost');
    expect(await healthOf(test)).toBe('gateway,events');
    test.discord.setGateway({ accepting: true });
    expect(await test.journal.line('connected to the gateway', 2)).toMatchObject({ name: 'ready' });
    expect(await healthOf(test)).toBe('healthy');
    test.discord.leave(OUTSIDER);
    test.backend.recover();
    await test.backend.event(isAbout('member_left'));
    expect(received(test)).toEqual(['member_joined', 'member_left']);
    await works(test, 'after');
  });

  it('survive an outage of Discord: requests get 503 and succeed once after it', async () => {
    const test = await startTestBot();
    await works(test, 'before');
    test.discord.setMemberRoles(MEMBER, []);
    test.discord.startOutage();
    await test.journal.line('the gateway connection is lost');
    expect(await healthOf(test)).toBe('gateway,guild');
    expect(await notify(test, OTHER_MEMBER, 'during')).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await updateRoles(test, 2)).toMatchObject({ status: 503, retryAfter: 5 });
    expect(await healthOf(test)).toBe('gateway,guild');
    // A notification that was answered as sent stays sent, without Discord.
    expect(await notify(test, MEMBER, 'before', 2)).toMatchObject({ status: 200, body: { notification_sent: true } });
    test.discord.join(OUTSIDER);
    test.discord.endOutage();
    await test.journal.line('connected to the gateway', 2);
    expect(await healthOf(test)).toBe('healthy');
    expect((await notify(test, OTHER_MEMBER, 'during', 2)).status).toBe(200);
    expect((await updateRoles(test, 2)).status).toBe(200);
    expect(test.discord.directMessages(OTHER_MEMBER)).toHaveLength(1);
    expect(test.discord.directMessages(MEMBER)).toHaveLength(1);
    expect(test.discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
    await test.backend.event(isAbout('member_joined'));
    expect(received(test)).toEqual(['member_joined']);
  });

  it('survive an outage of the backend: requests succeed, and events are sent once after it', async () => {
    const test = await startWithCommands();
    test.backend.breakDown();
    const called = test.backend.nextCall();
    test.discord.join(OUTSIDER);
    await called;
    await test.journal.line('the backend does not take events');
    // The bot is well; only its events wait, and the operator is notified.
    expect(await healthOf(test)).toBe('healthy');
    expect(await eventsCheck(test)).toBe('unhealthy');
    await works(test, 'during');
    expect((await use(test, MEMBER, 'subscription')).content).toContain('le site ne répond pas');
    test.discord.leave(OUTSIDER);
    test.backend.recover();
    await test.backend.event(isAbout('member_left'));
    await test.backend.event(({ body }) => body.event_type === 'command_used');
    await test.backend.event(({ body }) => body.event_type === 'role_updated');
    expect(received(test)).toEqual(['member_joined', 'member_left']);
    const keys = test.backend.events.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await eventsCheck(test)).toBe('healthy');
    const warned = test.journal.lines.filter(({ message }) => message === 'the backend does not take events');
    expect(warned).toHaveLength(1);
  });
});
