import { styleText } from 'node:util';
import { type SandboxConsole, startConsole } from '@moddy/sandbox/console/start-console';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { seedUser } from './dev/seed-user.ts';
import { startLocalDiscord } from './dev/start-local-discord.ts';
import { supervise } from './dev/supervise.ts';
import { whatToTry } from './dev/what-to-try.ts';
import { startWires } from './dev/wires.ts';
import { backendVariables, botVariables, LOCAL_WEBHOOK_SECRET, urlsOf } from './system/environment.ts';
import { type LogLine, startService } from './system/service-process.ts';

const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;
const HIDDEN: ReadonlySet<string> = new Set(['level', 'time', 'message', 'service']);

/** A log line for a person: `12:00:01 bot      info  request operationId=notifyUser status=200`. */
function printLine(name: string, line: LogLine): void {
  const level = String(line.level ?? 'info');
  const colour = level in COLOURS ? COLOURS[level as keyof typeof COLOURS] : 'gray';
  const time = String(line.time ?? new Date().toISOString()).slice(11, 19);
  const fields = Object.entries(line)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => styleText('gray', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  console.log(
    [styleText('gray', time), name.padEnd(8), styleText(colour, level.padEnd(5)), line.message, ...fields].join(' '),
  );
}

/*
 * `make dev`: both services as they run in production, with a local Discord, Stripe and Postgres for whatever is not
 * given, and a console that shows and controls it all. Everything local is deleted at the end.
 */

const ADDRESSES = { bot: { port: 8080, internalPort: 3000 }, backend: { port: 8081, internalPort: 3001 } };
const PORTS = { discord: 4000, stripe: 4001, console: 4002 };

const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const urls = urlsOf(ADDRESSES);
const discord = given.DISCORD_TOKEN === undefined ? await startLocalDiscord(PORTS.discord) : undefined;
const stripe = given.STRIPE_API_KEY === undefined ? await startStripe({ port: PORTS.stripe }) : undefined;
stripe?.setWebhooks([{ url: `${urls.backend}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
const wires = await startWires(ADDRESSES);
const starting = given.DATABASE_URL === undefined ? openKeptDatabase({ name: 'moddy_dev', fresh: true }) : undefined;
// Told where it is awaited; a process that is stopped before must not end over it.
starting?.catch(() => {});

const notLocal = { apiUrl: '', token: '', guildId: '', url: '', apiKey: '' };
const withoutUnset = (variables: Record<string, string>) =>
  Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
let databaseUrl = given.DATABASE_URL ?? '';
let backendDatabaseUrl = databaseUrl;
const variablesOfBackend = () => ({
  ...backendVariables(ADDRESSES, stripe ?? notLocal, { DATABASE_URL: backendDatabaseUrl }, discord),
  ...wires.variables.backend,
});
const bot = supervise(() => {
  const variables = withoutUnset({ ...botVariables(ADDRESSES, discord ?? notLocal), ...wires.variables.bot });
  return startService('bot', 'bot/main.ts', { ...variables, ...given }, printLine);
}, 'started');
const backend = supervise(() => {
  return startService('backend', 'backend/main.ts', { ...withoutUnset(variablesOfBackend()), ...given }, printLine);
}, 'ready');
let page: SandboxConsole | undefined;

let isStopping = false;
const stop = async (exitCode: number) => {
  if (isStopping) return;
  isStopping = true;
  await page?.close();
  await Promise.all([bot.stop(), backend.stop()]);
  await Promise.all([discord?.close(), stripe?.close(), wires.close()]);
  await (await starting?.catch(() => undefined))?.close();
  process.exitCode = exitCode;
};
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
void Promise.race([bot.failed, backend.failed]).then((code) => stop(code ?? 1));

const startBackend = async () => {
  const started = await starting;
  if (started) {
    databaseUrl = started.url;
    backendDatabaseUrl = await wires.throughProxy(databaseUrl);
  }
  if (isStopping) return;
  await backend.start();
  if (starting !== undefined) await seedUser(databaseUrl);
};
try {
  await Promise.all([bot.start(), startBackend()]);
  const links = [
    { label: 'The site', url: urls.backend },
    { label: 'The bot’s API', url: `${urls.botInternal}/docs` },
    { label: 'The backend’s API', url: `${urls.backendInternal}/docs` },
  ];
  const services = { bot, backend };
  page = await startConsole({
    port: PORTS.console,
    services,
    discord,
    stripe,
    databaseUrl,
    links,
    defaultLocale: given.DEFAULT_LOCALE,
    ...wires,
  });
  const planPrices = given.PLAN_PRICES ?? variablesOfBackend().PLAN_PRICES;
  const local = {
    discordUrl: discord?.webUrl,
    stripe,
    planPrices,
    databaseUrl: given.DATABASE_URL === undefined ? databaseUrl : undefined,
  };
  console.log(whatToTry({ urls, consoleUrl: page.url, ...local }));
} catch (error) {
  if (!isStopping) console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
