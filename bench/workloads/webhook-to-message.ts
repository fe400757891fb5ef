import { setTimeout as delay } from 'node:timers/promises';
import { WEBHOOK_EVENTS } from '@moddy/backend/operator/doctor/stripe';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { startPostgres } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { spreadOf } from '../measure/rounds.ts';
import { startService } from '../measure/service.ts';
import { backendVariables, botVariables, webhookOf } from '../measure/system.ts';
import type { Workload } from './workload.ts';

/** Of members; each gets two messages. */
const WARM_UP = 5;
/** What follows a message (its settling, the syncs of the other events) is over by then: the system is idle again. */
const REST_MS = 100;

/** From what happens at Stripe to the message at Discord: webhook, sync, outbox, bot; both services real, both vendors local. */
export const webhookToMessage: Workload = async ({ samples }) => {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const [discord, stripe] = await Promise.all([startDiscord(), startStripe()]);
  // Another member each time: nobody has begun and ended a hundred subscriptions.
  const members = Array.from({ length: WARM_UP + samples / 2 }, () => discord.addUser().id);
  for (const member of members) discord.join(member);
  const bot = await startService('bot/main.ts', botVariables(discord));
  const urls = { botUrl: bot.internalUrl, stripeUrl: stripe.url };
  const backend = await startService('backend/main.ts', backendVariables(await postgres.createDatabase(), urls));
  stripe.setWebhooks([{ ...webhookOf(backend.url), events: [...WEBHOOK_EVENTS] }]);
  const timeMessage = async (member: string, happen: () => void, withRole: boolean): Promise<number> => {
    const sentBefore = discord.directMessages(member).length;
    const startedAt = performance.now();
    happen();
    await discord.waitForDm(member, () => discord.directMessages(member).length > sentBefore, 20_000);
    const tookMs = performance.now() - startedAt;
    await discord.waitForRoles(member, (roles) => roles.includes(PLAN_ROLE_ID) === withRole);
    await stripe.deliveries.idle();
    await delay(REST_MS);
    return tookMs;
  };
  const first: number[] = [];
  const later: number[] = [];
  try {
    for (const discordId of members) {
      const subscribe = () => stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      first.push(await timeMessage(discordId, subscribe, true));
      later.push(await timeMessage(discordId, () => stripe.cancelNow(discordId), false));
    }
  } finally {
    await Promise.all([bot.stop(), backend.stop()]);
    await Promise.all([discord.close(), stripe.close(), postgres.stop()]);
  }
  const counted = [first, later].map((times) => times.slice(WARM_UP));
  return [
    {
      title: 'Webhook → direct message',
      note: 'time on an idle system: Stripe’s webhook, sync, Postgres with fsync, the bot, Discord’s API; both vendors are the sandbox',
      rows: [
        {
          name: 'p50',
          value: spreadOf(counted.flat()),
          unit: 'ms',
          goal: { of: 'value', bound: 'at most', is: 50 },
        },
        { name: 'a subscription begins: 3 events, a new channel', value: spreadOf(counted[0] ?? []), unit: 'ms' },
        { name: 'it ends: 1 event, the channel is known', value: spreadOf(counted[1] ?? []), unit: 'ms' },
      ],
    },
  ];
};
