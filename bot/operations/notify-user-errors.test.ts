import { describe, expect, it } from 'vitest';
import { MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const created = (discordId: string) => ({ discord_id: discordId, action: 'subscription_created', plan: 'moddy_max' });

describe('notifyUser with an invalid request', () => {
  it('400 when the body is not JSON', async () => {
    const { call } = await startTestBot();
    expect(await call('POST', PATH, '{"discord_id": ')).toEqual({ status: 400, body: { error: 'Malformed JSON' } });
  });

  it('401 without a secret or with another format, 403 with a wrong secret', async () => {
    const { call } = await startTestBot();
    const as = (authorization: string) => call('POST', PATH, created(MEMBER), { authorization });
    expect(await as('')).toEqual({ status: 401, body: { error: 'Missing Authorization header' } });
    expect(await as('Basic abc')).toEqual({ status: 401, body: { error: 'Invalid Authorization format' } });
    expect(await as('Bearer wrong')).toEqual({ status: 403, body: { error: 'Invalid secret' } });
  });

  it('413 when the body is too large', async () => {
    const { call } = await startTestBot();
    const body = { ...created(MEMBER), metadata: { much: 'x'.repeat(70_000) } };
    expect(await call('POST', PATH, body)).toEqual({ status: 413, body: { error: 'Body too large' } });
  });

  it('415 when the content type is not JSON', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(MEMBER), { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('421 when the request came through the public edge', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(MEMBER), { 'x-forwarded-host': 'moddy.example' })).status).toBe(421);
  });

  it.each([
    ['a number as discord_id', { ...created(MEMBER), discord_id: 123456789 }, '/body/discord_id'],
    ['an unknown action', { ...created(MEMBER), action: 'subscription_paused' }, '/body/action'],
    ['no action', { discord_id: MEMBER }, '/body/action'],
    ['metadata over 16 KiB', { ...created(MEMBER), metadata: { much: 'x'.repeat(17_000) } }, '/body/metadata'],
  ])('422 with %s, without a message', async (_what, body, path) => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ details: [{ path: expect.stringContaining(path) }] });
    expect(discord.directMessages(MEMBER)).toEqual([]);
  });

  it('500 when Discord rejects the message as malformed', async () => {
    const { call, discord } = await startTestBot();
    const malformed = { message: 'Invalid Form Body', code: 50035 };
    discord.fail({ path: '/channels/:id/messages', answer: { status: 400, body: malformed } });
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 500, body: { error: 'Internal error' } });
  });
});
