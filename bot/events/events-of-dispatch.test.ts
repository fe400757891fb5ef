import { GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord.js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventsOfDispatch } from './events-of-dispatch.ts';

/* The event and the key of each dispatch that Discord sends, and the dispatches that are ignored. */

const GUILD = '1';
const NOW = new Date('2026-03-01T12:00:00.000Z');
const JOINED = '2026-03-01T11:59:59.000000+00:00';
const user = { id: '7', username: 'ada', bot: false };
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
});

const start = (logMessages = true) => {
  const events = new EventsOfDispatch({ guildId: GUILD, logMessages });
  let sequence = 0;
  const read = (t: GatewayDispatchEvents, d: object, s = sequence + 1) => {
    sequence = s;
    return events.read({ op: 0, t, s, d } as unknown as GatewayDispatchPayload);
  };
  const key = (...dispatch: Parameters<typeof read>) => read(...dispatch)?.idempotencyKey;
  return { read, key };
};
const { GuildCreate, GuildMembersChunk, GuildMemberAdd, GuildMemberRemove, GuildMemberUpdate, MessageCreate, Ready } =
  GatewayDispatchEvents;
const join = { guild_id: GUILD, user, roles: [], joined_at: JOINED, pending: false };
const update = { ...join, roles: ['5'] };
const message = { guild_id: GUILD, id: '30', channel_id: '20', content: 'hello', author: user, timestamp: JOINED };
const members = [{ user, roles: ['5'], pending: false }];
/** The ten seconds of this moment, as the key of an event that Discord does not date. */
const MOMENT = String(Math.floor(NOW.getTime() / 10_000));

describe('the event of a dispatch', () => {
  it.each<readonly [GatewayDispatchEvents, object, string, object]>([
    [GuildMemberAdd, join, `member_joined:7:${JOINED}`, { timestamp: '2026-03-01T11:59:59.000Z' }],
    [GuildMemberRemove, { guild_id: GUILD, user }, 'member_left:7:', { timestamp: NOW.toISOString() }],
    [GuildMemberUpdate, update, 'role_updated:7:', { roles: ['5'], timestamp: NOW.toISOString() }],
    [
      MessageCreate,
      message,
      'message_sent:7:30',
      { message_id: '30', channel_id: '20', length: 5, timestamp: '2026-03-01T11:59:59.000Z' },
    ],
    [MessageCreate, { ...message, timestamp: 'never' }, 'message_sent:7:30', { timestamp: NOW.toISOString() }],
  ])('exists for %s of a member, but not of another server or of a bot', (type, data, key, facts) => {
    const event = start().read(type, data);
    expect(event?.idempotencyKey.startsWith(key)).toBe(true);
    expect(event?.body).toMatchObject({
      event_type: key.split(':')[0],
      discord_id: '7',
      metadata: { guild_id: GUILD, username: 'ada', ...facts },
    });
    expect(start().read(type, { ...data, guild_id: '2' })).toBeUndefined();
    const bot = { ...user, bot: true };
    expect(start().read(type, { ...data, user: bot, author: bot })).toBeUndefined();
  });

  it('does not exist for MESSAGE_CREATE without message logging, nor for TYPING_START', () => {
    expect(start(false).read(MessageCreate, message)).toBeUndefined();
    expect(start().read(GatewayDispatchEvents.TypingStart, { ...message, user })).toBeUndefined();
  });

  it('does not exist for a replayed sequence number until READY starts a new session', () => {
    const { read } = start();
    expect(read(MessageCreate, message, 5)).toBeDefined();
    for (const sequence of [5, 4]) expect(read(MessageCreate, message, sequence)).toBeUndefined();
    expect(read(MessageCreate, message, 6)).toBeDefined();
    expect(read(Ready, {}, 1)).toBeUndefined();
    expect(read(MessageCreate, message, 2)).toBeDefined();
  });
});

describe('a change of roles', () => {
  const change = (roles: readonly string[]) => ({ ...join, roles });
  const facts = (event: ReturnType<ReturnType<typeof start>['read']>) => {
    const { added, removed } = (event?.body.metadata ?? {}) as { added?: unknown; removed?: unknown };
    return event && [added, removed];
  };
  it.each<readonly [string, GatewayDispatchEvents, object]>([
    ['GUILD_CREATE', GuildCreate, { id: GUILD, members }],
    ['GUILD_MEMBERS_CHUNK', GuildMembersChunk, { guild_id: GUILD, members }],
    ['GUILD_MEMBER_ADD', GuildMemberAdd, { ...join, roles: ['5'] }],
  ])('is the difference from the roles in %s', (_name, type, data) => {
    const { read } = start();
    read(type, data);
    expect(read(GuildMemberUpdate, change(['5']))).toBeUndefined();
    expect(facts(read(GuildMemberUpdate, change(['6'])))).toEqual([['6'], ['5']]);
    expect(facts(read(GuildMemberUpdate, change(['6', '8'])))).toEqual([['8'], []]);
    expect(facts(read(GuildMemberUpdate, change([])))).toEqual([[], ['6', '8']]);
  });
  it.each([
    [GuildCreate, { id: '2', members }],
    [GuildMembersChunk, { guild_id: '2', members }],
  ])('has no difference after %s of another server, nor after the member left', (type, data) => {
    const { read } = start();
    read(type, data);
    expect(read(GuildMemberUpdate, change(['5']))?.body.metadata).toMatchObject({ roles: ['5'] });
    read(GuildMemberRemove, { guild_id: GUILD, user });
    expect(read(GuildMemberUpdate, change(['5']))?.body.metadata).toMatchObject({ roles: ['5'] });
  });
  it('has one key in two processes for any order of the roles, and another key for each repetition', () => {
    const [one, two] = [start(), start()];
    const first = one.key(GuildMemberUpdate, change(['5', '6']));
    expect(two.key(GuildMemberUpdate, change(['6', '5']))).toBe(first);
    one.key(GuildMemberUpdate, change([]));
    const again = one.key(GuildMemberUpdate, change(['5', '6']));
    expect([first?.split(':').at(-1), again?.split(':').at(-1)]).toEqual(['1', '2']);
    one.key(GuildMemberUpdate, change([]));
    // Ten seconds later it is another moment.
    vi.setSystemTime(NOW.getTime() + 10_000);
    expect(
      one
        .key(GuildMemberUpdate, change(['5', '6']))
        ?.split(':')
        .at(-1),
    ).toBe('1');
  });
});

describe('an event without a timestamp of Discord', () => {
  const leave = { guild_id: GUILD, user };
  it('has one key in two processes within the same ten seconds, with a counter', () => {
    const [one, two] = [start(), start()];
    const [first, second] = [one.key(GuildMemberRemove, leave), one.key(GuildMemberRemove, leave)];
    expect(first).toMatch(new RegExp(`^member_left:7:${MOMENT}:[0-9a-f]{12}:1$`));
    vi.setSystemTime(NOW.getTime() + 9_999);
    expect([two.key(GuildMemberRemove, leave), two.key(GuildMemberRemove, leave)]).toEqual([first, second]);
    const other = { ...leave, user: { ...user, id: '8' } };
    expect(two.key(GuildMemberRemove, other)?.endsWith(':1')).toBe(true);
    vi.setSystemTime(NOW.getTime() + 10_000);
    expect(two.key(GuildMemberRemove, leave)?.startsWith(`member_left:7:${Number(MOMENT) + 1}:`)).toBe(true);
  });
  it('can be a join whose joined_at is null', () => {
    const event = start().read(GuildMemberAdd, { ...join, joined_at: null });
    expect(event?.idempotencyKey).toMatch(new RegExp(`^member_joined:7:${MOMENT}:[0-9a-f]{12}:1$`));
    expect(event?.body.metadata).toMatchObject({ timestamp: NOW.toISOString() });
  });
});

describe('a member in screening', () => {
  const at = (pending: boolean | undefined, roles: readonly string[] = []) => ({ ...join, pending, roles });
  it.each<readonly [string, GatewayDispatchEvents, object]>([
    ['GUILD_MEMBER_ADD', GuildMemberAdd, at(true)],
    ['GUILD_CREATE', GuildCreate, { id: GUILD, members: [{ user, roles: [], pending: true }] }],
    ['GUILD_MEMBERS_CHUNK', GuildMembersChunk, { guild_id: GUILD, members: [{ user, roles: [], pending: true }] }],
    ['GUILD_MEMBER_UPDATE', GuildMemberUpdate, at(true)],
  ])('known from %s causes member_joined once when it ends', (_name, type, data) => {
    const { read, key } = start();
    read(type, data);
    expect(read(GuildMemberUpdate, at(true))).toBeUndefined();
    expect(key(GuildMemberUpdate, at(false))).toBe(`member_joined:7:${JOINED}:screened`);
    expect(read(GuildMemberUpdate, at(false))).toBeUndefined();
    read(GuildMemberUpdate, at(true));
    expect(key(GuildMemberUpdate, at(undefined))).toBe(`member_joined:7:${JOINED}:screened`);
  });
  it('leaves it by leaving the server or by joining again without it', () => {
    const { read } = start();
    read(GuildMemberAdd, at(true));
    read(GuildMemberRemove, { guild_id: GUILD, user });
    // The dispatch of the new join was lost with a connection.
    expect(read(GuildMemberUpdate, at(false))?.body.event_type).toBe('role_updated');
    read(GuildMemberAdd, at(false));
    expect(read(GuildMemberUpdate, at(false))).toBeUndefined();
    read(GuildMemberUpdate, at(true));
    read(GuildMemberAdd, at(false));
    expect(read(GuildMemberUpdate, at(false))).toBeUndefined();
  });
});
