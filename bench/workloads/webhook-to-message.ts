import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { MEMBER_ID } from '@moddy/sandbox/discord/world/seed';
import { startPostgres } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { spreadOf } from '../measure/rounds.ts';
import { startService } from '../measure/service.ts';
import { backendVariables, botVariables, webhookOf } from '../measure/system.ts';
import type { Workload } from './workload.ts';

const WARM_UP = 10;

/** From what happens at Stripe to the message at Discord: webhook, sync, outbox, bot; both services real, both vendors local. */
export const webhookToMessage: Workload = async ({ samples }) => {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const [discord, stripe] = await Promise.all([startDiscord(), startStripe()]);
  const bot = await startService('bot/main.ts', botVariables(discord));
  const parts = { botUrl: bot.internalUrl, stripeUrl: stripe.url };
  const backend = await startService('backend/main.ts', backendVariables(await postgres.createDatabase(), parts));
  stripe.setWebhooks([webhookOf(backend.url)]);
  const times: number[] = [];
  try {
    for (let sample = 0; sample < samples + WARM_UP; sample += 1) {
      const told = discord.directMessages(MEMBER_ID).length;
      const startedAt = performance.now();
      if (sample % 2 === 0) stripe.subscribe({ discordId: MEMBER_ID, price: 'price_moddy_max_month' });
      else stripe.cancelNow(MEMBER_ID);
      await discord.waitForDm(MEMBER_ID, () => discord.directMessages(MEMBER_ID).length > told, 20_000);
      times.push(performance.now() - startedAt);
    }
  } finally {
    await Promise.all([bot.stop(), backend.stop()]);
    await Promise.all([discord.close(), stripe.close(), postgres.stop()]);
  }
  return [
    {
      title: 'Webhook → direct message',
      note: 'time on an idle system: Stripe’s webhook, sync, Postgres with fsync, the bot, Discord’s API; both vendors are the sandbox',
      rows: [
        {
          name: 'p50',
          value: spreadOf(times.slice(WARM_UP)),
          unit: 'ms',
          goal: { of: 'value', bound: 'at most', is: 50 },
        },
      ],
    },
  ];
};
