import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { deliveries, users } from '@moddy/backend/database/schema';
import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { createBotClient } from '@moddy/generated/bot-internal/client';
import { withDeadline } from '@moddy/runtime/deadline';
import { eq, sql } from 'drizzle-orm';
import { createPrometheus } from '../alerts/prometheus.ts';
import { startCluster } from '../faults/cluster.ts';
import { until } from '../faults/drain.ts';
import { addMembers } from '../faults/load.ts';
import { LOCAL_SECRET, LOCAL_WEBHOOK_SECRET } from '../system/environment.ts';

/** The two services as processes, and all that an operator has: health, metrics, doctors and commands. */
export type Day = Awaited<ReturnType<typeof startDay>>;

export interface Output {
  readonly code: number;
  readonly text: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 500;
const WINDOW_SECONDS = 3_600;

export async function startDay() {
  const cluster = await startCluster({ replicas: 1 });
  const [backend] = cluster.replicas;
  const [backendPorts] = cluster.replicaPorts;
  if (backend === undefined || backendPorts === undefined) throw new Error('A cluster without a backend');
  const { bot, botPorts } = cluster;
  const urls = {
    bot: `http://127.0.0.1:${botPorts.internalPort}`,
    backend: `http://127.0.0.1:${backendPorts.internalPort}`,
  };
  const webhookUrl = `http://127.0.0.1:${backendPorts.port}/payments/webhook`;
  const signWith = (secret: string) => cluster.stripe.setWebhooks([{ url: webhookUrl, secret }]);
  signWith(LOCAL_WEBHOOK_SECRET);
  const prometheus = createPrometheus([
    { instance: 'bot', url: () => urls.bot, secret: LOCAL_SECRET },
    { instance: 'backend', url: () => urls.backend, secret: LOCAL_SECRET },
  ]);
  const clients = [
    ['bot', createBotClient({ baseUrl: urls.bot, secret: LOCAL_SECRET })],
    ['backend', createBackendClient({ baseUrl: urls.backend, secret: LOCAL_SECRET })],
  ] as const;
  /** The variables of each service's last start. */
  const variables: Record<'bot' | 'backend', Readonly<Record<string, string>>> = {
    bot: bot.variables,
    backend: backend.variables,
  };

  /** The checks of both services that are unhealthy; a service that does not answer is one, too. */
  const unhealthy = async (): Promise<readonly string[]> => {
    const found = await Promise.all(
      clients.map(async ([name, client]) => {
        const health = await client.healthCheck().catch(() => undefined);
        if (health === undefined) return [`${name}: no answer`];
        return (health.checks ?? []).flatMap((check) =>
          check.status === 'healthy' ? [] : [`${name} ${check.name}: ${check.detail}`],
        );
      }),
    );
    return found.flat();
  };
  const run = (service: 'bot' | 'backend', script: string, args: readonly string[] = []): Promise<Output> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH, ...variables[service] };
      execFile(
        process.execPath,
        [script, ...args],
        { cwd: root, env, timeout: COMMAND_TIMEOUT_MS },
        (error, out, err) =>
          resolve({
            code: error === null ? 0 : Number(error.code ?? 1),
            text: stripVTControlCharacters(`${out}${err}`),
          }),
      );
    });
  const command = (name: string, ...args: readonly string[]) =>
    run('backend', `backend/operator/commands/${name}.ts`, args);
  /** The faults that both doctors find. */
  const doctors = async (): Promise<readonly string[]> => {
    const outputs = await Promise.all([run('bot', 'bot/doctor.ts'), command('doctor')]);
    return outputs.flatMap(({ text }) => text.split('\n').filter((line) => line.startsWith('WRONG')));
  };

  return {
    discord: cluster.discord,
    stripe: cluster.stripe,
    get db() {
      return cluster.db;
    },
    get databaseUrl() {
      return cluster.databaseUrl;
    },
    reconnect: cluster.reconnect,
    close: cluster.close,
    logs: cluster.logs,
    signWith,
    /** Back to the token that the bot's variables have. */
    resetToken: () => cluster.discord.resetToken(bot.variables.DISCORD_TOKEN),
    prometheus,
    unhealthy,
    command,
    doctors,
    /** Stops a service as a deployment does, and starts it with other variables. */
    restart: async (service: 'bot' | 'backend', overrides: Readonly<Record<string, string>> = {}) => {
      const slot = service === 'bot' ? bot : backend;
      variables[service] = { ...slot.variables, ...overrides };
      await slot.kill('SIGTERM');
      // Rejected by Discord or its database, a service goes on without ever working.
      await withDeadline(START_TIMEOUT_MS, () => slot.start(overrides));
    },
    /** Only stopped: the variables stay. */
    stop: (service: 'bot' | 'backend') => (service === 'bot' ? bot : backend).kill('SIGKILL'),
    /** A member of the server who has just paid. */
    pay: (price = 'price_moddy_pro_month') => {
      const [discordId = ''] = addMembers(cluster, 1);
      return { discordId, ...cluster.stripe.subscribe({ discordId, price }) };
    },
    /** Resolves when the message was sent and the roles are confirmed. */
    served: (discordId: string) =>
      until(
        async () => {
          const [user] = await cluster.db.select().from(users).where(eq(users.discordId, discordId));
          if (user === undefined || user.plan === 'free' || user.confirmedRevision < user.revision) return 'no role';
          const left = await cluster.db.$count(deliveries, sql`user_id = ${user.userId} and state <> 'done'`);
          return left === 0 ? 'served' : 'no message';
        },
        (state) => state === 'served',
        POLL_MS,
      ),
    /** Everything is well: no check, no doctor, no alert. @throws if it does not become so in time. */
    settle: async () => {
      await until(unhealthy, (left) => left.length === 0, POLL_MS);
      const wrong = await doctors();
      if (wrong.length > 0) throw new Error(`the doctor still finds ${wrong.join('; ')}`);
      await until(
        async () => {
          await prometheus.scrape();
          // The windows of `increase` pass.
          prometheus.pass(WINDOW_SECONDS);
          await prometheus.scrape();
          return prometheus.pending();
        },
        (pending) => pending.length === 0,
        POLL_MS,
      );
    },
  };
}
