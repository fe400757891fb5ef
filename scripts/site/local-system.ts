import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { backendVariables, botVariables, freeAddresses, LOCAL_WEBHOOK_SECRET, urlsOf } from '../system/environment.ts';
import type { LogLine } from '../system/service-process.ts';
import { createSlot } from '../system/slot.ts';

export type LocalSystem = Awaited<ReturnType<typeof createLocalSystem>>;

/** Places for both services as real processes, with a local Discord and a local Stripe that run already. */
export async function createLocalSystem(database: Parameters<typeof backendVariables>[2]) {
  const discord = await startDiscord();
  const stripe = await startStripe();
  const addresses = await freeAddresses();
  const urls = urlsOf(addresses);
  const siteUrl = urls.backend;
  discord.setRedirectUris([`${siteUrl}/login/callback`]);
  stripe.setWebhooks([{ url: `${siteUrl}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
  const lines: string[] = [];
  const onLine = (name: string, line: LogLine) => void lines.push(`${name} ${JSON.stringify(line)}`);
  const variables = {
    bot: botVariables(addresses, discord),
    backend: backendVariables(addresses, stripe, database, discord),
  };
  const bot = createSlot('bot', variables.bot, onLine);
  const backend = createSlot('backend', variables.backend, onLine);
  return {
    siteUrl,
    urls,
    variables,
    discord,
    stripe,
    bot,
    backend,
    /** The services' log lines, to find the cause of a failure. */
    lines,
    close: async (signal: NodeJS.Signals = 'SIGTERM') => {
      await Promise.all([bot.kill(signal), backend.kill(signal)]);
      await Promise.all([discord.close(), stripe.close()]);
    },
  };
}

/** The same with both services started, as a browser meets them in `make dev`. */
export async function startLocalSystem(database: Parameters<typeof backendVariables>[2]): Promise<LocalSystem> {
  const system = await createLocalSystem(database);
  await Promise.all([system.bot.start(), system.backend.start()]);
  return system;
}
