import { describe, expect, it } from 'vitest';
import { GUILD, MAX_ROLE, MEMBER, OTHER_MEMBER, OUTSIDER, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const CHANNEL = '222333444555666777';
const ofType = (type: string) => (event: { body: { event_type: string } }) => event.body.event_type === type;

describe('gateway events', () => {
  it('member_joined has the time of the join in its key', async () => {
    const { discord, backend } = await startTestBot();
    discord.join(OUTSIDER);
    const event = await backend.event(ofType('member_joined'));
    expect(event).toEqual({
      idempotencyKey: expect.stringMatching(new RegExp(`^member_joined:${OUTSIDER}:20\\d\\d-`)),
      attempt: 1,
      body: {
        event_type: 'member_joined',
        discord_id: OUTSIDER,
        metadata: { guild_id: GUILD, timestamp: expect.stringMatching(/^\d{4}-.*Z$/), username: 'zoe' },
      },
    });
  });

  it('member_left has the server and the username', async () => {
    const { discord, backend } = await startTestBot();
    discord.leave(MEMBER);
    const { body } = await backend.event(ofType('member_left'));
    expect(body).toMatchObject({ discord_id: MEMBER, metadata: { guild_id: GUILD, username: 'alice' } });
  });

  it('role_updated has the added and the removed roles', async () => {
    const { discord, backend, journal } = await startTestBot();
    await journal.line('the members are known');
    discord.setMemberRoles(OTHER_MEMBER, [MAX_ROLE]);
    const { body } = await backend.event(ofType('role_updated'));
    expect(body).toMatchObject({ discord_id: OTHER_MEMBER, metadata: { added: [MAX_ROLE], removed: [PLUS_ROLE] } });
  });

  it('role_updated follows a change by the bot too', async () => {
    const { backend, call, journal } = await startTestBot();
    await journal.line('the members are known');
    await call('POST', '/internal/roles/update', { discord_id: MEMBER, plan: 'moddy_max' });
    expect((await backend.event(ofType('role_updated'))).body.metadata).toMatchObject({
      added: [MAX_ROLE],
      removed: [],
    });
  });

  it('message_sent with LOG_MESSAGES has ids and the length, never the text', async () => {
    const { discord, backend } = await startTestBot({ environment: { LOG_MESSAGES: 'true' } });
    const message = discord.postMessage(CHANNEL, MEMBER, 'a secret of five words');
    const { body } = await backend.event(ofType('message_sent'));
    expect(body).toEqual({
      event_type: 'message_sent',
      discord_id: MEMBER,
      metadata: {
        guild_id: GUILD,
        timestamp: expect.any(String),
        username: 'alice',
        message_id: message.id,
        channel_id: CHANNEL,
        length: expect.any(Number),
      },
    });
    expect(JSON.stringify(backend.events)).not.toContain('secret');
  });

  it('bots cause no event, this bot included', async () => {
    const { discord, backend, journal } = await startTestBot();
    await journal.line('the members are known');
    discord.addRole(discord.applicationId, PLUS_ROLE);
    discord.join(OUTSIDER);
    await backend.event(ofType('member_joined'));
    expect(backend.events).toHaveLength(1);
  });

  it('an event that Discord replays after a resume is sent once', async () => {
    const { discord, backend, journal } = await startTestBot();
    discord.dropGateway();
    await journal.line('the gateway connection is lost');
    discord.join(OUTSIDER);
    await journal.line('connected to the gateway', 2);
    await backend.event(ofType('member_joined'));
    discord.leave(OUTSIDER);
    await backend.event(ofType('member_left'));
    expect(backend.events.map(({ body }) => body.event_type)).toEqual(['member_joined', 'member_left']);
  });

  it('member_joined is sent again under its own key when the member passes screening', async () => {
    const { discord, backend } = await startTestBot();
    discord.join(OUTSIDER, true);
    discord.passScreening(OUTSIDER);
    const again = await backend.event(({ idempotencyKey }) => idempotencyKey?.endsWith(':screened') ?? false);
    expect(again.body).toMatchObject({ event_type: 'member_joined', discord_id: OUTSIDER });
    expect(backend.events.map(({ body }) => body.event_type)).toEqual(['member_joined', 'member_joined']);
  });
});

it('two overlapping processes send each event under the same key', async () => {
  const first = await startTestBot();
  const second = await startTestBot({ environment: { DISCORD_API_URL: first.discord.apiUrl } });
  for (const { journal } of [first, second]) await journal.line('the members are known');
  first.discord.join(OUTSIDER);
  first.discord.setMemberRoles(OUTSIDER, [PLUS_ROLE]);
  first.discord.setMemberRoles(OUTSIDER, []);
  first.discord.setMemberRoles(OUTSIDER, [PLUS_ROLE]);
  first.discord.leave(OUTSIDER);
  const keysOf = async ({ backend }: typeof first) => {
    await backend.event(ofType('member_left'));
    return backend.events.map(({ idempotencyKey }) => idempotencyKey);
  };
  const keys = await keysOf(first);
  expect(new Set(keys).size).toBe(5);
  expect(await keysOf(second)).toEqual(keys);
});
