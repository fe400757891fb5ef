import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { expect, it, onTestFinished } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { announcements, deliveries, reversals, users } from '../database/schema.ts';
import { startTestBackend } from '../testing/start-test-backend.ts';

const CHANNEL = '222333444555666777';
const DAY = "interval '25 hours'";

async function start(variables: Record<string, string> = {}) {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  const test = await startTestBackend({ OPERATOR_WEBHOOK_URL: discord.channelWebhookUrl, ...variables });
  const db = test.backend.database.orm;
  const round = async () => {
    // The one of the start may still run.
    await test.backend.announcer?.settled();
    test.backend.announcer?.wake();
    await test.backend.announcer?.settled();
    return discord.channelMessages(CHANNEL).map(({ content }) => content);
  };
  return { ...test, discord, db, round };
}

const PAUSED = '**deliveries**: paused by DELIVERIES_PAUSED=all\nUnset DELIVERIES_PAUSED and restart.';

it('posts a cause once with its fix, reminds after a day, and posts its end', async () => {
  const { db, round } = await start({ DELIVERIES_PAUSED: 'all' });
  const [user] = await db.insert(users).values({ discordId: '5' }).returning();
  await round();
  expect(await round()).toEqual([PAUSED]);
  expect(await round()).toEqual([PAUSED]);

  await db
    .update(announcements)
    .set({ postedAt: sql`now() - ${sql.raw(DAY)}` })
    .where(eq(announcements.cause, 'deliveries'));
  expect((await round()).slice(1)).toEqual([`Still: ${PAUSED}`]);

  await db.insert(deliveries).values({ userId: user?.userId ?? 0, kind: 'notify', state: 'parked' });
  await round();
  expect((await round()).slice(2)).toEqual([
    '**parked**: deliveries parked: 1; see make parked\n`make parked` says why, then `make redrive`.',
  ]);
  await db.delete(deliveries);
  expect((await round()).slice(3)).toEqual(['Over: parked']);
});

it('posts nothing for a cause that ends by the next round, or for a healthy service', async () => {
  const { db, discord, round } = await start();
  expect(await round()).toEqual([]);
  const [user] = await db.insert(users).values({ discordId: '5' }).returning();
  await db.insert(deliveries).values({ userId: user?.userId ?? 0, kind: 'notify', state: 'parked' });
  await round();
  await db.delete(deliveries);
  expect(await round()).toEqual([]);
  expect(await round()).toEqual([]);
  expect(discord.requests()).toEqual([]);
});

it('posts refunds and disputes that wait for an operator', async () => {
  const { db, round } = await start();
  await db.insert(reversals).values({
    eventId: 'evt_1',
    kind: 'dispute',
    state: 'parked',
    livemode: false,
    chargeId: 'ch_1',
    amount: 500,
    currency: 'eur',
    createdAt: new Date(),
    outcome: 'needs_attention',
  });
  await round();
  expect(await round()).toEqual([
    '**attention**: 1 refunds or disputes wait for you\n`make parked` lists them; a dispute has a deadline at Stripe.',
  ]);
});

it('retries in the next round when Discord hangs, and payments continue', async () => {
  const { bot, discord, stripe, round } = await start({ DELIVERIES_PAUSED: 'notify' });
  const hanging = discord.fail({ path: '/webhooks/:id/:token', end: 'hang' });
  const posting = round();
  stripe.subscribe({ discordId: '77', price: 'price_moddy_pro_month' });
  await bot.received(1);
  expect(bot.calls).toMatchObject([{ operation: 'updateUserRole', body: { plan: 'moddy_pro' } }]);
  expect(await posting).toEqual([]);
  hanging.remove();
  expect(await round()).toHaveLength(1);
});

it('posts each new and ended subscription on request, with the Discord id alone', async () => {
  const { bot, db, round, stripe } = await start({ OPERATOR_WEBHOOK_SUBSCRIPTIONS: 'true' });
  await round();
  const { subscription } = stripe.subscribe({ discordId: '77', price: 'price_moddy_pro_month' });
  await bot.received(2);
  await db.update(deliveries).set({ createdAt: sql`now() - interval '1 minute'` });
  expect(await round()).toEqual(['New: moddy_pro, Discord user 77']);
  stripe.cancelNow(subscription);
  await bot.received(4);
  await db.update(deliveries).set({ createdAt: sql`now() - interval '1 minute'` });
  expect((await round()).slice(1)).toEqual(['Ended: Discord user 77']);
  expect(await round()).toHaveLength(2);
});

it('posts from one of two replicas', async () => {
  const { backend, discord, round, startReplica } = await start({ DELIVERIES_PAUSED: 'all' });
  const replica = await startReplica();
  await round();
  for (const { announcer } of [backend, replica]) announcer?.wake();
  await Promise.all([backend, replica].map(({ announcer }) => announcer?.settled()));
  expect(discord.channelMessages(CHANNEL)).toHaveLength(1);
});
