import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { itRejects } from '@moddy/runtime/testing/rejections';
import { beforeAll, describe, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { discordEvents, users } from '../database/schema.ts';
import { postJson } from '../testing/post-json.ts';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const RECEIVED = {
  status: 200,
  body: { success: true, message: 'Event member_joined processed successfully', event_received: true },
};

describe('POST /internal/event/notify', () => {
  let system: TestBackend;
  const post = (body: object, headers?: Record<string, string>) =>
    postJson(`${system.internalUrl}/internal/event/notify`, SECRET, body, headers);
  const stored = (discordId: string) =>
    system.backend.database.orm.select().from(discordEvents).where(eq(discordEvents.discordId, discordId));
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );

  it('200 with the event stored', async () => {
    const metadata = { guild_id: '999888777666555444', timestamp: '2024-01-20T15:30:00Z' };
    expect(await post({ event_type: 'member_joined', discord_id: '11', metadata })).toEqual(RECEIVED);
    expect(await stored('11')).toMatchObject([{ type: 'member_joined', metadata, idempotencyKey: null }]);
  });
  it('200 with metadata null or absent', async () => {
    expect(await post({ event_type: 'member_joined', discord_id: '12', metadata: null })).toEqual(RECEIVED);
    expect(await post({ event_type: 'member_joined', discord_id: '12' })).toEqual(RECEIVED);
    expect(await stored('12')).toHaveLength(2);
  });
  it('200 for characters that jsonb does not support', async () => {
    const metadata = { username: 'a\u0000b', '\ud800': [{ half: '\udc00' }], whole: '\u{1F600}' };
    expect(await post({ event_type: 'member_joined', discord_id: '18', metadata })).toEqual(RECEIVED);
    const kept = { username: 'a\uFFFDb', '\uFFFD': [{ half: '\uFFFD' }], whole: '\u{1F600}' };
    expect(await stored('18')).toMatchObject([{ metadata: kept }]);
  });
  it('200 for a repetition under the same key, stored once', async () => {
    const body = { event_type: 'member_joined', discord_id: '13' };
    const key = { 'idempotency-key': 'session-1-7' };
    expect(await post(body, key)).toEqual(RECEIVED);
    expect(await post(body, key)).toEqual(RECEIVED);
    expect(await stored('13')).toHaveLength(1);
  });
  it('422 for another event under a used key', async () => {
    const key = { 'idempotency-key': 'session-1-8' };
    await post({ event_type: 'member_joined', discord_id: '14' }, key);
    const answer = await post({ event_type: 'member_left', discord_id: '14' }, key);
    expect(answer).toMatchObject({ status: 422, body: { details: [{ path: '/header/Idempotency-Key' }] } });
    expect(await stored('14')).toHaveLength(1);
  });
  it('200 for many simultaneous events, stored once per key', async () => {
    const calls = Array.from({ length: 300 }, (_, index) =>
      post({ event_type: 'command_used', discord_id: '15' }, { 'idempotency-key': `many-${index % 200}` }),
    );
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stored('15')).toHaveLength(200);
  });
  it('resyncs the roles of a subscriber who joins', async () => {
    const orm = system.backend.database.orm;
    await orm.insert(users).values({ discordId: '16', plan: 'moddy_max', revision: 3, confirmedRevision: 3 });
    const before = system.bot.calls.length;
    await post({ event_type: 'member_joined', discord_id: '16' });
    const calls = await system.bot.received(before + 1);
    expect(calls.at(-1)).toEqual({
      operation: 'updateUserRole',
      body: { discord_id: '16', plan: 'moddy_max', revision: 3 },
    });
  });
  it('422 when metadata is longer than 16 KiB or deeper than 8 levels', async () => {
    const long = { event_type: 'member_joined', discord_id: '17', metadata: { text: 'é'.repeat(9_000) } };
    const deep = { event_type: 'member_joined', discord_id: '17', metadata: { a: [[[[[[[[1]]]]]]]] } };
    expect(await post(long)).toMatchObject({ status: 422, body: { details: [{ path: '/body/metadata' }] } });
    expect(await post(deep)).toMatchObject({ status: 422, body: { details: [{ path: '/body/metadata' }] } });
    expect(await stored('17')).toEqual([]);
  });
  it('503 while the database is unavailable', async () => {
    const offline = await startTestBackend();
    await offline.backend.database.close();
    const event = { event_type: 'member_joined', discord_id: '1' };
    expect(await postJson(`${offline.internalUrl}/internal/event/notify`, SECRET, event)).toEqual({
      status: 503,
      body: { error: 'The database is not reachable' },
    });
  });
  it('500 with a fixed text when a table is missing', async () => {
    const broken = await startTestBackend();
    await broken.backend.database.orm.execute('alter table discord_events rename to happenings');
    const event = { event_type: 'member_joined', discord_id: '1' };
    expect(await postJson(`${broken.internalUrl}/internal/event/notify`, SECRET, event)).toEqual({
      status: 500,
      body: { error: 'Internal error' },
    });
  });
  itRejects(backendInternal.operations.notifyEvent, () => ({ url: system.internalUrl, secret: SECRET }), {
    event_type: 'member_joined',
    discord_id: '1',
  });
});
