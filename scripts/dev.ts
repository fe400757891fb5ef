import { rm } from 'node:fs/promises';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { backendVariables, botVariables, LOCAL_SECRET, LOCAL_WEBHOOK_SECRET, urlsOf } from './system/environment.ts';
import { printLine } from './system/print-line.ts';
import { seedDatabase } from './system/seed-database.ts';
import { startService } from './system/service-process.ts';

/*
 * `make dev`: both services as they run in production, with a local Discord and a local Stripe for whatever token is
 * missing. What the sandboxes know is forgotten at the end, so their database starts anew each time too.
 */

const ADDRESSES = { bot: { port: 8080, internalPort: 3000 }, backend: { port: 8081, internalPort: 3001 } };
const SANDBOX_PORTS = { discord: 4000, stripe: 4001 };
const DATA_DIR = '.data/dev';

const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const urls = urlsOf(ADDRESSES);
const discord = given.DISCORD_TOKEN === undefined ? await startDiscord({ port: SANDBOX_PORTS.discord }) : undefined;
const stripe = given.STRIPE_API_KEY === undefined ? await startStripe({ port: SANDBOX_PORTS.stripe }) : undefined;
stripe?.setWebhooks([{ url: `${urls.backend}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
if (stripe && given.DATABASE_URL === undefined) {
  await rm(DATA_DIR, { recursive: true, force: true });
  await seedDatabase(DATA_DIR);
}

const local = { apiUrl: '', token: '', guildId: '', url: '', apiKey: '' };
const withoutUnset = (variables: Record<string, string>) =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
const bot = startService(
  'bot',
  'bot/main.ts',
  { ...withoutUnset(botVariables(ADDRESSES, discord ?? local)), ...given },
  printLine,
);
const backend = startService(
  'backend',
  'backend/main.ts',
  { ...withoutUnset(backendVariables(ADDRESSES, stripe ?? local, { DATA_DIR }, discord)), ...given },
  printLine,
);

let stopping = false;
const stop = async (exitCode: number) => {
  if (stopping) return;
  stopping = true;
  await Promise.all([bot.kill('SIGTERM'), backend.kill('SIGTERM')]);
  await Promise.all([discord?.close(), stripe?.close()]);
  process.exitCode = exitCode;
};
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
void Promise.race([bot.exited, backend.exited]).then((code) => stop(code ?? 1));
await Promise.all([bot.line('started'), backend.line('ready')]).catch(() => stop(1));
if (!stopping) printWhatToTry();

function printWhatToTry(): void {
  const bearer = `-H 'Authorization: Bearer ${LOCAL_SECRET}'`;
  const post = (url: string, body: object, headers = bearer) =>
    `curl -X POST ${url} ${headers} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  const rows: [string, string, string][] = [
    ['bot, private API', urls.botInternal, `curl ${bearer} ${urls.botInternal}/internal/health`],
    [
      '',
      '',
      post(`${urls.botInternal}/internal/notify`, {
        discord_id: '123456789',
        action: 'subscription_created',
        plan: 'moddy_max',
      }),
    ],
    ['bot, public', urls.bot, `curl ${urls.bot}/healthz`],
    [
      'backend, private API',
      urls.backendInternal,
      post(`${urls.backendInternal}/internal/user/info`, { discord_id: '123456789012345678' }),
    ],
    ['the site', urls.backend, `open ${urls.backend} in a browser: log in, subscribe, cancel`],
  ];
  if (discord)
    rows.push(['local Discord', discord.webUrl, `curl ${discord.webUrl}/_sandbox/discord/direct-messages/123456789`]);
  if (stripe) {
    const subscribe = { discordId: '123456789', price: 'price_moddy_max_month' };
    rows.push(['local Stripe', stripe.url, post(`${stripe.url}/_sandbox/stripe/subscribe`, subscribe, '')]);
  }
  console.log(`\nThe shared secret is ${LOCAL_SECRET}, for this machine only. Ctrl-C ends everything.\n`);
  for (const [name, address, line] of rows)
    console.log(`${name.padEnd(21)} ${address.padEnd(22)} ${line.replace('  ', ' ')}`);
  console.log('');
}
