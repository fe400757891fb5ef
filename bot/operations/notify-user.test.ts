import { describe, expect, it } from 'vitest';
import { MEMBER, OTHER_MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const created = (discordId: string) => ({ discord_id: discordId, action: 'subscription_created', plan: 'moddy_max' });
const sent = { success: true, message: 'User notified successfully', notification_sent: true };

describe('notifyUser', () => {
  it("200 for the document's example, with a message that has neither e-mail, phone nor ids", async () => {
    const { call, discord } = await startTestBot();
    const answer = await call('POST', PATH, {
      ...created(MEMBER),
      metadata: {
        customer_id: 'cus_ABC123',
        email: 'user@example.com',
        phone: '+33612345678',
        subscription_type: 'month',
      },
    });
    expect(answer).toEqual({ status: 200, body: sent });
    const [message] = discord.directMessages(MEMBER);
    expect(message?.embeds[0]?.title).toBe('Bienvenue dans Moddy Max');
    expect(JSON.stringify(message)).not.toMatch(/user@example|33612345678|cus_ABC123|moddy_max/);
  });

  it("200 for the document's local test, with a discord_id of nine digits", async () => {
    const { call, discord } = await startTestBot();
    expect(await call('POST', PATH, created(OTHER_MEMBER))).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(OTHER_MEMBER)).toHaveLength(1);
  });

  it.each(['moddy_ultra', 'free'])('200 for the plan %s, although it is not in PLAN_ROLES', async (plan) => {
    const { call, discord } = await startTestBot();
    expect(await call('POST', PATH, { ...created(MEMBER), plan })).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it.each([
    ['nulls as pydantic sends them', { plan: null, metadata: null, locale: null }],
    ['nulls within the metadata', { metadata: { email: null, change: null, interval: null, effective_at: null } }],
    ['unknown fields and metadata', { surprise: 1, metadata: { nested: { deep: [1, null, 'x'] } } }],
    ['empty metadata', { metadata: {} }],
  ])('200 with %s', async (_what, fields) => {
    const { call } = await startTestBot();
    const body = { discord_id: MEMBER, action: 'plan_upgraded', ...fields };
    expect(await call('POST', PATH, body)).toEqual({ status: 200, body: sent });
  });

  it('200 in the locale of the request, else in the default locale', async () => {
    const { call, discord } = await startTestBot({ environment: { DEFAULT_LOCALE: 'en' } });
    await call('POST', PATH, { ...created(MEMBER), locale: 'fr-FR' });
    await call('POST', PATH, { ...created(MEMBER), locale: 'de' });
    const titles = discord.directMessages(MEMBER).map(({ embeds }) => embeds[0]?.title);
    expect(titles).toEqual(['Bienvenue dans Moddy Max', 'Welcome to Moddy Max']);
  });

  it('200 when Discord no longer knows the channel', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, created(MEMBER));
    const unknownChannel = { message: 'Unknown Channel', code: 10003 };
    discord.fail({ path: '/channels/:id/messages', answer: { status: 404, body: unknownChannel } });
    expect((await call('POST', PATH, created(MEMBER))).body).toEqual(sent);
  });

  it('200 with neither metadata nor the message in the log', async () => {
    const { call, journal } = await startTestBot();
    await call('POST', PATH, { ...created(MEMBER), metadata: { email: 'user@example.com', phone: '+33612345678' } });
    expect(journal.text).toContain('"message":"notification answered"');
    expect(journal.text).not.toMatch(/user@example|33612345678|Bienvenue/);
  });
});
