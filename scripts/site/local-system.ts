import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { backendVariables, botVariables, freeAddresses, LOCAL_WEBHOOK_SECRET, urlsOf } from '../system/environment.ts';
import { type LogLine, startService } from '../system/service-process.ts';

export type LocalSystem = Awaited<ReturnType<typeof startLocalSystem>>;

/** Both services as real processes with a local Discord and a local Stripe, as a browser meets them in `make dev`. */
export async function startLocalSystem(database: Parameters<typeof backendVariables>[2]) {
  const discord = await startDiscord();
  const stripe = await startStripe();
  const addresses = await freeAddresses();
  const siteUrl = urlsOf(addresses).backend;
  discord.setRedirectUris([`${siteUrl}/login/callback`]);
  stripe.setWebhooks([{ url: `${siteUrl}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
  const lines: string[] = [];
  const keep = (name: string, line: LogLine) => void lines.push(`${name} ${JSON.stringify(line)}`);
  const variables = {
    bot: botVariables(addresses, discord),
    backend: backendVariables(addresses, stripe, database, discord),
  };
  const bot = startService('bot', 'bot/main.ts', variables.bot, keep);
  const backend = startService('backend', 'backend/main.ts', variables.backend, keep);
  await Promise.all([bot.line('connected to the gateway'), backend.line('ready')]);
  return {
    siteUrl,
    urls: urlsOf(addresses),
    variables,
    discord,
    stripe,
    /** The services' log lines, to find the cause of a failure. */
    lines,
    close: async () => {
      await Promise.all([bot.kill('SIGTERM'), backend.kill('SIGTERM')]);
      await Promise.all([discord.close(), stripe.close()]);
    },
  };
}
