import { startConsole } from '@moddy/sandbox/console/start-console';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { seedUser } from '../dev/seed-user.ts';
import { startLocalDiscord } from '../dev/start-local-discord.ts';
import { loadService, supervise } from '../dev/supervise.ts';
import { startWires } from '../dev/wires.ts';
import { backendVariables, botVariables, freeAddresses, LOCAL_WEBHOOK_SECRET, urlsOf } from '../system/environment.ts';
import type { LogLine } from '../system/service-process.ts';

export type LocalConsole = Awaited<ReturnType<typeof startLocalConsole>>;

/** Starts the system of `make dev` on free ports and an empty database: both services as real processes, and the console. */
export async function startLocalConsole(databaseUrl: string) {
  const discord = await startLocalDiscord();
  const stripe = await startStripe();
  const addresses = await freeAddresses();
  stripe.setWebhooks([{ url: `${urlsOf(addresses).backend}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
  const lines: string[] = [];
  const keep = (name: string, line: LogLine) => void lines.push(`${name} ${JSON.stringify(line)}`);
  const wires = await startWires(addresses);
  const DATABASE_URL = await wires.throughProxy(databaseUrl);
  const variables = {
    bot: { ...botVariables(addresses, discord), ...wires.variables.bot },
    backend: { ...backendVariables(addresses, stripe, { DATABASE_URL }, discord), ...wires.variables.backend },
  };
  const bot = supervise(() => loadService('bot', variables.bot, keep), 'connected to the gateway');
  const backend = supervise(() => loadService('backend', variables.backend, keep), 'ready');
  await Promise.all([bot.start(), backend.start()]);
  await seedUser(databaseUrl);
  const page = await startConsole({ services: { bot, backend }, discord, stripe, databaseUrl, ...wires });
  return {
    url: page.url,
    discord,
    stripe,
    bot,
    backend,
    /** The services' log lines, to find the cause of a failure. */
    lines,
    close: async () => {
      await page.close();
      await Promise.all([bot.stop(), backend.stop()]);
      await Promise.all([discord.close(), stripe.close(), wires.close()]);
    },
  };
}
