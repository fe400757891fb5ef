import { setTimeout as delay } from 'node:timers/promises';
import { deliveries, users } from '@moddy/backend/database/schema';
import { eq } from 'drizzle-orm';
import { addMembers, startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const DOWN_MS = 60_000;
/** The backlog has to pass Discord's 50 requests per second within the goal of 10 s. */
const EVERY_MS = 200;

export const botDown: Scenario = {
  name: 'the bot is down for 60 s under webhooks',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    await cluster.bot.kill('SIGKILL');
    await delay(DOWN_MS);
    const aftermath = await load.stop();
    await cluster.bot.start();
    return aftermath;
  },
};

const POSTGRES_DOWN_MS = 10_000;

export const postgresDown: Scenario = {
  name: "Postgres is down while webhooks arrive, then Stripe's retry",
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: 100 });
    await delay(1_000);
    await cluster.postgres.kill('SIGKILL');
    await delay(POSTGRES_DOWN_MS);
    await load.stop();
    const rejected = cluster.stripe.deliveries.records
      .flatMap(({ attempts }) => attempts)
      .filter(({ status }) => status === 503).length;
    await cluster.postgres.start();
    await cluster.reconnect();
    const faults = rejected > 0 ? [] : ['no webhook was answered 503 while Postgres was down'];
    return { memberIds: load.memberIds, notes: [`answered 503: ${rejected}`], faults };
  },
};

const LOAD_MS = 10_000;

export const rateLimits: Scenario = {
  name: 'Discord answers 429 and 503 with Retry-After',
  run: async (cluster) => {
    cluster.discord.setRateLimits({ global: { limit: 20, windowMs: 1_000 } });
    const load = startLoad(cluster, { everyMs: 100 });
    const end = Date.now() + LOAD_MS;
    while (Date.now() < end) {
      await delay(500);
      cluster.discord.fail({ path: '/channels/*', answer: { status: 503, headers: { 'retry-after': '1' } } });
      cluster.discord.fail({
        path: '/guilds/*',
        answer: {
          status: 429,
          body: { message: 'You are being rate limited.', retry_after: 1, global: false },
          headers: { 'retry-after': '1', 'x-ratelimit-scope': 'shared' },
        },
      });
    }
    await load.stop();
    cluster.discord.clearFaults();
    cluster.discord.setRateLimits({ global: { limit: 50, windowMs: 1_000 } });
    return { memberIds: load.memberIds };
  },
};

const WRONG_MS = 60_000;

export const wrongSecret: Scenario = {
  name: 'the bot has another secret for a minute: nothing is parked',
  run: async (cluster) => {
    await cluster.bot.kill('SIGKILL');
    await cluster.bot.start({ INTERNAL_API_SECRET: 'another-secret' });
    const load = startLoad(cluster, { everyMs: 200 });
    await delay(WRONG_MS);
    const aftermath = await load.stop();
    await cluster.bot.kill('SIGKILL');
    await cluster.bot.start();
    return aftermath;
  },
};

export const poison: Scenario = {
  name: 'a delivery that the bot refuses is parked and its lane goes on',
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 3);
    const synced = Promise.any(cluster.replicas.map((replica) => replica.line('customer synced')));
    const [poisoned = ''] = memberIds;
    cluster.stripe.subscribe({ discordId: poisoned, price: 'price_moddy_pro_month' });
    await synced;
    const [user] = await cluster.db.select().from(users).where(eq(users.discordId, poisoned));
    const message = {
      action: 'plan_upgraded',
      customerId: null,
      interval: null,
      change: null,
      effectiveAt: null,
    } as const;
    await cluster.db
      .insert(deliveries)
      .values({ userId: user?.userId ?? 0, kind: 'notify', message: { ...message, plan: 'x'.repeat(70_000) } });
    cluster.stripe.changePrice(poisoned, 'price_moddy_max_month');
    for (const discordId of memberIds.slice(1)) cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
    return { memberIds, parked: 1 };
  },
};
