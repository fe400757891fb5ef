import { setTimeout as delay } from 'node:timers/promises';
import { WEBHOOK_EVENTS } from '@moddy/backend/operator/doctor/stripe';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { startPostgres } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import {
  backendVariables,
  botVariables,
  freeAddresses,
  LOCAL_WEBHOOK_SECRET,
  urlsOf,
} from '@moddy/scripts/system/environment';

import { type Effort, spreadOf } from '../measure.ts';
import { atMost, type Section } from '../report.ts';
import { startMeasured } from '../service.ts';

/** Number of members; each gets two messages. */
const WARM_UP = 5;
/** The work after a message (its settling, the syncs of the other events) is over by then: the system is idle again. */
const REST_MS = 100;

/** From what happens at Stripe to the message at Discord: webhook, sync, outbox, bot; both services real, both vendors local. */
export async function webhookToMessage({ samples }: Effort): Promise<Section> {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const [discord, stripe] = await Promise.all([startDiscord(), startStripe()]);
  // Another member each time: nobody has begun and ended a hundred subscriptions.
  const members = Array.from({ length: WARM_UP + samples / 2 }, () => discord.addUser().id);
  for (const member of members) discord.join(member);
  const addresses = await freeAddresses();
  const database = { DATABASE_URL: await postgres.createDatabase() };
  const bot = await startMeasured('bot', botVariables(addresses, discord));
  const backend = await startMeasured('backend', backendVariables(addresses, stripe, database));
  const url = `${urlsOf(addresses).backend}/payments/webhook`;
  stripe.setWebhooks([{ url, secret: LOCAL_WEBHOOK_SECRET, events: [...WEBHOOK_EVENTS] }]);
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
  const times: number[] = [];
  try {
    for (const discordId of members) {
      const subscribe = () => stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      times.push(await timeMessage(discordId, subscribe, true));
      times.push(await timeMessage(discordId, () => stripe.cancelNow(discordId), false));
    }
  } finally {
    await Promise.all([bot.kill('SIGKILL'), backend.kill('SIGKILL')]);
    await Promise.all([discord.close(), stripe.close(), postgres.stop()]);
  }
  return {
    title: 'Webhook → direct message',
    note: 'time on an idle system: Stripe’s webhook, sync, Postgres with fsync, the bot, Discord’s API; both vendors are the sandbox',
    rows: [{ name: 'p50', value: spreadOf(times.slice(2 * WARM_UP)), unit: 'ms', goal: atMost(50) }],
  };
}
