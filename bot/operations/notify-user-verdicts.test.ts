import { describe, expect, it } from 'vitest';
import { MEMBER, OUTSIDER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const created = (discordId: string) => ({ discord_id: discordId, action: 'subscription_created', plan: 'moddy_max' });
const sent = { success: true, message: 'User notified successfully', notification_sent: true };

describe('notifyUser for a user who cannot be reached', () => {
  it('200 false, dm_closed, when the user accepts no direct messages; a repeat asks Discord nothing', async () => {
    const { call, discord } = await startTestBot();
    discord.closeDms(MEMBER);
    const rejected = {
      success: false,
      message: 'The user does not accept direct messages',
      notification_sent: false,
      reason: 'dm_closed',
    };
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 200, body: rejected });
    const asked = discord.requests().length;
    expect(await call('POST', PATH, created(MEMBER))).toEqual({ status: 200, body: rejected });
    expect(discord.requests().length).toBe(asked);
  });

  it('200 after the verdict expires and the user opens direct messages', async () => {
    const { call, discord } = await startTestBot({ timings: { rememberRejectionMs: 0 } });
    discord.closeDms(MEMBER);
    expect((await call('POST', PATH, created(MEMBER))).body).toMatchObject({ reason: 'dm_closed' });
    discord.openDms(MEMBER);
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });

  it('200 false, no_mutual_guild, when the user shares no server with the bot', async () => {
    const { call } = await startTestBot();
    expect((await call('POST', PATH, created(OUTSIDER))).body).toEqual({
      success: false,
      message: 'The user shares no server with the bot',
      notification_sent: false,
      reason: 'no_mutual_guild',
    });
  });

  it.each(['555666777888999000', '99999999999999999999', '0'])('200 false, unknown_user, for %s', async (discordId) => {
    const { call } = await startTestBot();
    const { status, body } = await call('POST', PATH, created(discordId));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, notification_sent: false, reason: 'unknown_user' });
  });

  it.each([
    [50007, 'dm_closed'],
    [50278, 'no_mutual_guild'],
    [10013, 'unknown_user'],
    [50033, 'unknown_user'],
  ])('200 false when Discord rejects the channel with code %i: %s', async (code, reason) => {
    const { call, discord } = await startTestBot();
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: { message: 'No', code } } });
    const { status, body } = await call('POST', PATH, created(MEMBER));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, notification_sent: false, reason });
  });

  it.each([
    [50007, 'dm_closed'],
    [50278, 'no_mutual_guild'],
    [10013, 'unknown_user'],
    [50033, 'unknown_user'],
  ])('200 false when Discord rejects the message with code %i: %s', async (code, reason) => {
    const { call, discord } = await startTestBot();
    discord.fail({
      method: 'POST',
      path: '/channels/:id/messages',
      answer: { status: 403, body: { message: 'No', code } },
    });
    const { status, body } = await call('POST', PATH, created(MEMBER));
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, notification_sent: false, reason });
  });

  it('200 false, no_mutual_guild, when Discord answers 50007 for a user who is not a member', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: { message: 'No', code: 50007 } } });
    expect((await call('POST', PATH, created(OUTSIDER))).body).toMatchObject({ reason: 'no_mutual_guild' });
  });

  it('200 with a message right after the user joins', async () => {
    const { call, discord, backend } = await startTestBot();
    expect((await call('POST', PATH, created(OUTSIDER))).body).toMatchObject({ reason: 'no_mutual_guild' });
    discord.join(OUTSIDER);
    await backend.event(({ body }) => body.event_type === 'member_joined');
    expect((await call('POST', PATH, created(OUTSIDER))).body).toMatchObject({ notification_sent: true });
  });

  it('200 with a message after the user joins during an attempt that Discord rejects', async () => {
    const { call, discord, backend } = await startTestBot();
    const path = `/guilds/:guild/members/${OUTSIDER}`;
    discord.fail({ path: '/users/@me/channels', answer: { status: 400, body: { message: 'No', code: 50007 } } });
    // The bot waits for a second and asks again: meanwhile the user joins.
    const limit = discord.fail({ path, answer: { status: 429, body: { retry_after: 1 } } });
    discord.fail({ path, answer: { status: 404, body: { message: 'No', code: 10007 } } });
    const early = call('POST', PATH, created(OUTSIDER));
    await discord.waitFor(() => limit.hits === 1);
    discord.join(OUTSIDER);
    await backend.event(({ body }) => body.event_type === 'member_joined');
    expect((await early).body).toMatchObject({ reason: 'no_mutual_guild' });
    expect((await call('POST', PATH, created(OUTSIDER))).body).toMatchObject({ notification_sent: true });
  });

  it('200 with a message right after the bot returns to the server', async () => {
    const { call, discord, journal } = await startTestBot();
    discord.removeBot();
    expect((await call('POST', PATH, created(MEMBER))).body).toMatchObject({ reason: 'no_mutual_guild' });
    discord.returnBot();
    await journal.line('commands', 2);
    expect((await call('POST', PATH, created(MEMBER))).body).toMatchObject({ notification_sent: true });
  });
});
