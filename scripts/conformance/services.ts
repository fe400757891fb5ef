import { readConfig as readBackendConfig } from '@moddy/backend/config';
import { startBackend } from '@moddy/backend/start';
import { readConfig as readBotConfig } from '@moddy/bot/config';
import { startBot } from '@moddy/bot/start';
import { TIMINGS } from '@moddy/bot/timings';
import { createLogger } from '@moddy/runtime/log';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { createDatabase } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { seedUser } from '../dev/seed-user.ts';
import { type Addresses, backendVariables, botVariables, LOCAL_SECRET, urlsOf } from '../system/environment.ts';

export interface RunningService {
  readonly name: 'bot-internal' | 'backend-internal';
  readonly port: number;
  readonly secret: string;
  /** Ids that mean something to it, so that good requests also have effects. */
  readonly known: readonly string[];
  /** Ids that a list in a request may name. */
  readonly listable: readonly string[];
  stop(): Promise<void>;
}

const NOWHERE: Addresses = { bot: { port: 0, internalPort: 0 }, backend: { port: 0, internalPort: 0 } };
/** The services log only faults of a fuzzing run, on stderr. */
const FAULTS = { write: (line: string) => void process.stderr.write(line) };

/** As many lists of members, of the first that are asked for, Discord denies. */
const DENIED_LISTS = 5;
/** As many joins, of the first that are asked for, it accepts: no token that is made up is anybody's. */
const ACCEPTED_JOINS = 5;
/** As many changes of roles, of the first that are asked for, it denies: the answer about what failed is judged, too. */
const DENIED_ROLES = 5;

/** The real bot on a local Discord. Its peer is offline: events wait, and no operation needs it. */
export async function startFuzzedBot(): Promise<RunningService> {
  const discord = await startDiscord();
  const variables = { ...botVariables(NOWHERE, discord), BACKEND_INTERNAL_URL: urlsOf(NOWHERE).backendInternal };
  const log = createLogger('error', 'discord-bot', FAULTS);
  const unlimited = { burst: 1e9, perSecond: 1e9 };
  const timings = { ...TIMINGS, newChannels: unlimited, flushEventsMs: 0, lameDuckMs: 0 };
  const bot = await startBot(readBotConfig(variables), log, timings);
  const stop = async () => {
    await bot.stop();
    await discord.close();
  };
  // The list of members alone is denied by a switch of Discord's portal, which is on here; both answers are judged.
  const denied = { status: 403, body: { message: 'Missing Access', code: 50001 } };
  discord.fail({ method: 'GET', path: '/guilds/:guild/members', answer: denied, times: DENIED_LISTS });
  discord.fail({ method: 'PUT', path: '/guilds/:guild/members/:user', answer: { status: 204 }, times: ACCEPTED_JOINS });
  const forbidden = { status: 403, body: { message: 'Missing Permissions', code: 50013 } };
  discord.fail({ path: '/guilds/:guild/members/:user/roles/:role', answer: forbidden, times: DENIED_ROLES });
  const listable = discord.roles().flatMap(({ id }) => (id === discord.guildId ? [] : [id]));
  const known = [...discord.members().map(({ userId }) => userId), ...listable];
  return { name: 'bot-internal', port: bot.ports.internal, secret: LOCAL_SECRET, known, listable, stop };
}

/** The real backend on a database of its own. Its peer is offline: deliveries wait, and no operation needs it. */
export async function startFuzzedBackend(postgresUrl: string): Promise<RunningService> {
  const stripe = await startStripe();
  const databaseUrl = await createDatabase(postgresUrl);
  const database = { DATABASE_URL: databaseUrl };
  const log = createLogger('error', 'website-backend', FAULTS);
  const config = readBackendConfig(backendVariables(NOWHERE, stripe, database));
  const backend = await startBackend(config, log, { lameDuckMs: 0 });
  await backend.started;
  await seedUser(databaseUrl); // Else nobody is ever found.
  const stop = async () => {
    await backend.stop();
    await stripe.close();
  };
  const known = ['123456789012345678', '123456789'];
  return { name: 'backend-internal', port: backend.internalPort, secret: LOCAL_SECRET, known, listable: [], stop };
}
