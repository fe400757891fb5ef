import { describe, expect, it } from 'vitest';
import { deliveryMarks } from '../discord/delivery-marks.ts';
import { MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';
const body = { discord_id: MEMBER, action: 'subscription_created', plan: 'moddy_max', metadata: { a: 1, b: 2 } };
const sent = { success: true, message: 'User notified successfully', notification_sent: true };
const POST_MESSAGE = { method: 'POST', path: '/channels/:id/messages' };
const under = (key: string, attempt?: number) => ({
  'idempotency-key': key,
  ...(attempt === undefined ? {} : { 'x-delivery-attempt': String(attempt) }),
});

describe('notifyUser with an idempotency key', () => {
  it('200 from the cache for the same key and an equal body', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, body, under('delivery-1'));
    const reordered = { ...body, metadata: { b: 2, a: 1 } };
    expect(await call('POST', PATH, reordered, under('delivery-1', 2))).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('200 from the cache when only the locale differs', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, body, under('delivery-1'));
    const answer = await call('POST', PATH, { ...body, locale: 'en' }, under('delivery-1', 2));
    expect(answer).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('422 when the key was used with another body', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, body, under('delivery-1'));
    expect(await call('POST', PATH, { ...body, plan: 'moddy_plus' }, under('delivery-1'))).toEqual({
      status: 422,
      body: {
        error: 'This Idempotency-Key was used with another body',
        details: [{ path: '/header/Idempotency-Key', message: 'was used with another body' }],
      },
    });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('200 for the key of a failed attempt, also with a new locale', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...POST_MESSAGE, times: 2, answer: { status: 503 } });
    expect(await call('POST', PATH, body, under('delivery-1'))).toMatchObject({ status: 503 });
    const again = { ...body, locale: 'en' };
    expect(await call('POST', PATH, again, under('delivery-1', 2))).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('503 with Retry-After: 1 while the same key is in flight', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...POST_MESSAGE, delayMs: 200 });
    const first = call('POST', PATH, body, under('delivery-1'));
    await discord.waitFor((change) => change.type === 'request' && change.request.path.endsWith('/messages'));
    expect(await call('POST', PATH, body, under('delivery-1', 2))).toMatchObject({ status: 503, retryAfter: 1 });
    expect(await first).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('200 with a message for each key and for each request without a key', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, body, under('delivery-1'));
    await call('POST', PATH, body, under('delivery-2'));
    await call('POST', PATH, body);
    await call('POST', PATH, body);
    expect(discord.directMessages(MEMBER)).toHaveLength(4);
  });

  it('200 for the key of a dm_closed verdict after the user opens direct messages', async () => {
    const { call, discord } = await startTestBot({ timings: { rememberRejectionMs: 0 } });
    discord.closeDms(MEMBER);
    expect((await call('POST', PATH, body, under('delivery-1'))).body).toMatchObject({ reason: 'dm_closed' });
    discord.openDms(MEMBER);
    expect((await call('POST', PATH, body, under('delivery-1', 2))).body).toEqual(sent);
  });

  it('one message when Discord accepts it, its response is lost and the caller retries', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ ...POST_MESSAGE, end: 'drop', applyEffect: true, times: 2 });
    expect((await call('POST', PATH, body, under('delivery-1'))).status).toBe(503);
    expect(await call('POST', PATH, body, under('delivery-1', 2))).toEqual({ status: 200, body: sent });
    expect(discord.directMessages(MEMBER)).toHaveLength(1);
  });

  it('one message when the bot restarts between attempts, found by the reference in its footer', async () => {
    const first = await startTestBot();
    await first.call('POST', PATH, body, under('delivery-1'));
    first.discord.advance(3_600_000);
    const { reference } = deliveryMarks('delivery-1');
    expect(first.discord.directMessages(MEMBER)[0]?.embeds[0]?.footer?.text).toContain(reference);
    // A process that knows nothing of the first one's memory, at the same Discord.
    const second = await startTestBot({ environment: { DISCORD_API_URL: first.discord.apiUrl } });
    expect(await second.call('POST', PATH, body, under('delivery-1', 2))).toEqual({ status: 200, body: sent });
    expect(first.discord.directMessages(MEMBER)).toHaveLength(1);
    await second.call('POST', PATH, body, under('delivery-2', 2));
    expect(first.discord.directMessages(MEMBER)).toHaveLength(2);
  });

  it('one message of the bot when the user quotes the reference', async () => {
    const { call, discord } = await startTestBot();
    discord.writeToBot(MEMBER, deliveryMarks('delivery-1').reference);
    await call('POST', PATH, body, under('delivery-1', 2));
    expect(discord.directMessages(MEMBER).filter(({ author }) => author.bot)).toHaveLength(1);
  });

  it('422 with an invalid key or attempt', async () => {
    const { call } = await startTestBot();
    const tooLong = await call('POST', PATH, body, under('k'.repeat(201)));
    expect(tooLong).toMatchObject({ status: 422, body: { details: [{ path: '/header/Idempotency-Key' }] } });
    const noNumber = await call('POST', PATH, body, { 'x-delivery-attempt': 'second' });
    expect(noNumber).toMatchObject({ status: 422, body: { details: [{ path: '/header/X-Delivery-Attempt' }] } });
  });
});
