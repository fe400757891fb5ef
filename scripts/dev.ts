import { join } from 'node:path';
import { styleText } from 'node:util';
import { orExit } from '@moddy/runtime/config';
import { type SandboxConsole, startConsole } from '@moddy/sandbox/console/start-console';
import { openKeptDatabase } from '@moddy/sandbox/kept-postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { seedUser } from './dev/seed-user.ts';
import { busyPorts, readSetting } from './dev/setting.ts';
import { startLocalDiscord } from './dev/start-local-discord.ts';
import { loadService, type SupervisedProcess, supervise } from './dev/supervise.ts';
import { watch } from './dev/watch.ts';
import { whatToTry } from './dev/what-to-try.ts';
import { startWires } from './dev/wires.ts';
import {
  backendVariables,
  botVariables,
  LOCAL_SESSION_SECRET,
  LOCAL_WEBHOOK_SECRET,
  urlsOf,
} from './system/environment.ts';
import { localVariables } from './system/local-variables.ts';
import { onHangup } from './system/on-hangup.ts';
import { ROOT } from './system/repository.ts';
import { run } from './system/run-program.ts';
import type { LogLine } from './system/service-process.ts';

const COLOURS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;
const HIDDEN: ReadonlySet<string> = new Set(['level', 'time', 'message', 'service']);

/** A log line for a terminal: `12:00:01 bot      info  request operationId=notifyUser status=200`. */
function printLine(name: string, line: LogLine): void {
  if (line.message === 'loaded') return;
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
 * given, and a console that shows and controls it all. A saved file restarts the services that load it; a saved document
 * is compiled first. Everything local is deleted at the end.
 */

const say = (text: string) => console.log(styleText('bold', text));

const setting = readSetting(await orExit(localVariables));
const faults = [...setting.faults, ...(await busyPorts(setting))];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);

const { addresses, ports, given } = setting;
const urls = urlsOf(addresses);
const discord = given.DISCORD_TOKEN === undefined ? await startLocalDiscord(ports.discord) : undefined;
const stripe = given.STRIPE_API_KEY === undefined ? await startStripe({ port: ports.stripe }) : undefined;
stripe?.setWebhooks([{ url: `${urls.backend}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
const wires = await startWires(addresses);
const starting = given.DATABASE_URL === undefined ? openKeptDatabase({ name: 'moddy_dev', fresh: true }) : undefined;
// Reported where it is awaited; a process that is stopped before must not end over it.
starting?.catch(() => {});

const notLocal = { apiUrl: '', token: '', guildId: '', url: '', apiKey: '' };
const withGiven = (variables: Record<string, string>): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compiled'),
  ...Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== '')),
  ...(given.DISCORD_CLIENT_ID !== undefined && { SESSION_SECRET: LOCAL_SESSION_SECRET }),
  ...given,
});
let databaseUrl = given.DATABASE_URL ?? '';
let backendDatabaseUrl = databaseUrl;
const variablesOf = {
  bot: () => withGiven({ ...botVariables(addresses, discord ?? notLocal), ...wires.variables.bot }),
  backend: () =>
    withGiven({
      ...backendVariables(addresses, stripe ?? notLocal, { DATABASE_URL: backendDatabaseUrl }, discord),
      ...wires.variables.backend,
    }),
};
let isStopping = false;
let page: SandboxConsole | undefined;
const superviseService = (service: 'bot' | 'backend', upLine: string) =>
  supervise(
    () => loadService(service, variablesOf[service](), printLine),
    upLine,
    (code) =>
      // Before the page is there, the end of a service is the end of all.
      page === undefined ||
      isStopping ||
      say(`The ${service} has ended (${code}). It starts when you save a file, or in the console.`),
  );
const services = { bot: superviseService('bot', 'started'), backend: superviseService('backend', 'ready') };

/** Compiles the documents; says what is wrong with them. @returns whether that went well */
async function generate(): Promise<boolean> {
  const { code, output } = await run([process.execPath, 'scripts/generate.ts'], ROOT);
  say(output.trim());
  return code === 0;
}

async function reload(service: 'bot' | 'backend', process: SupervisedProcess): Promise<void> {
  const startedAt = performance.now();
  try {
    await process.reload();
    say(`The ${service} is ${process.state} again after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  } catch {
    if (process.state === 'up') say(`The ${service} goes on as it was, until you save what is named above.`);
  }
}

async function onSaved(files: ReadonlySet<string>): Promise<void> {
  const saved = [...files];
  say(`Saved: ${saved.slice(0, 3).join(', ')}${saved.length > 3 ? ` and ${saved.length - 3} more` : ''}`);
  const document = saved.some((file) => file.startsWith('openapi/'));
  if (document && !(await generate())) {
    say('The documents cannot be compiled: both services go on as they were.');
    return;
  }
  const all = document || saved.some((file) => file.startsWith('runtime/'));
  const uses = (service: string) => all || saved.some((file) => file.startsWith(`${service}/`));
  await Promise.all((['bot', 'backend'] as const).filter(uses).map((service) => reload(service, services[service])));
}

let files: ReturnType<typeof watch> | undefined;
const stop = async (exitCode: number) => {
  if (isStopping) return;
  isStopping = true;
  files?.close();
  await page?.close();
  await Promise.all([services.bot.stop(), services.backend.stop()]);
  await Promise.all([discord?.close(), stripe?.close(), wires.close()]);
  await (await starting?.catch(() => undefined))?.close();
  process.exitCode = exitCode;
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
onHangup(() => void stop(0));

const startBackend = async () => {
  const started = await starting;
  if (started) {
    databaseUrl = started.url;
    backendDatabaseUrl = await wires.throughProxy(databaseUrl);
  }
  if (isStopping) return;
  await services.backend.start();
  if (starting !== undefined) await seedUser(databaseUrl);
};
try {
  await Promise.all([services.bot.start(), startBackend()]);
  page = await startConsole({
    port: ports.console,
    services,
    discord,
    stripe,
    databaseUrl,
    defaultLocale: given.DEFAULT_LOCALE,
    ...wires,
  });
  files = watch(ROOT, ['bot', 'backend', 'runtime', 'openapi'], onSaved);
  const plans = { prices: variablesOf.backend().PLAN_PRICES ?? '', roles: variablesOf.bot().PLAN_ROLES ?? '' };
  console.log(
    whatToTry({ setting, urls, consoleUrl: page.url, discordUrl: discord?.webUrl, stripe, plans, databaseUrl }),
  );
} catch (error) {
  if (!isStopping) console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
