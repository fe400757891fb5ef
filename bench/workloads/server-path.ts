import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { startPostgres } from '@moddy/sandbox/postgres';
import type { Order } from '../load/order.ts';
import { startChild } from '../measure/child.ts';
import { interleave, ratioOf, spreadOf, warmUpsOf } from '../measure/rounds.ts';
import { cpuPerRequest, type MeasuredServer, startServer } from '../measure/server-cpu.ts';
import type { Goal, Section } from '../report/result.ts';
import { SECRET } from '../servers/secret.ts';
import type { Effort, Workload } from './workload.ts';

const NOTE = 'CPU of the server process per request, all threads; × of what node:http alone can carry';
const CONNECTIONS = 64;
const GOAL: Goal = { of: 'ratio', bound: 'at least', is: 0.75 };

const bearer = { secret: SECRET, connections: CONNECTIONS };
const { healthCheck, notifyUser } = botInternal.operations;
const { notifyEvent } = backendInternal.operations;
const health = { ...bearer, method: 'GET', path: healthCheck.path };
const notify = {
  ...bearer,
  method: 'POST',
  path: notifyUser.path,
  body: JSON.stringify({
    discord_id: '123456789012345678',
    action: 'plan_upgraded',
    plan: 'moddy_max',
    locale: 'fr',
    metadata: { customer_id: 'cus_1', interval: 'month' },
  }),
};
const event = {
  ...bearer,
  method: 'POST',
  path: notifyEvent.path,
  body: JSON.stringify({
    event_type: 'message_sent',
    discord_id: '123456789012345678',
    metadata: { guild_id: '999888777666555444', timestamp: '2026-11-22T10:30:00Z', length: 12 },
  }),
};

/** The bot's private API against others that do the same work: see servers/work.ts. */
export const botPath: Workload = async (effort) => {
  const servers = {
    'node:http alone': await startServer('servers/bare.ts'),
    'Fastify 5, schemas': await startServer('servers/fastify.ts'),
    'OpenAPIHono, bearerAuth': await startServer('servers/stock.ts'),
    Moddy: await startServer('servers/ours-bot.ts', { args: ['empty'] }),
  };
  const whole = { ...servers, 'Moddy, whole handler': await startServer('servers/ours-bot.ts') };
  try {
    return [
      await compare('GET /internal/health', servers, health, effort),
      await compare('POST /internal/notify', whole, notify, effort, GOAL),
    ];
  } finally {
    await Promise.all(Object.values(whole).map(({ child }) => child.stop()));
  }
};

/** The backend on Postgres with fsync; everybody stores by the same group commit. */
export const eventPath: Workload = async (effort) => {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const start = async (file: string) =>
    startServer(file, { variables: { DATABASE_URL: await postgres.createDatabase() } });
  const servers = {
    'node:http alone': await start('servers/bare.ts'),
    'Fastify 5, schemas': await start('servers/fastify.ts'),
    'OpenAPIHono, bearerAuth': await start('servers/stock.ts'),
    Moddy: await start('servers/ours-backend.ts'),
  };
  try {
    return [await compare('POST /internal/event/notify, Postgres with fsync', servers, event, effort)];
  } finally {
    await Promise.all(Object.values(servers).map(({ child }) => child.stop()));
    await postgres.stop();
  }
};

async function compare(
  title: string,
  servers: Readonly<Record<string, MeasuredServer>>,
  order: Omit<Order, 'port' | 'requests'>,
  { rounds, requests }: Effort,
  goal?: Goal,
): Promise<Section> {
  const names = Object.keys(servers);
  const generator = startChild('load/generator.ts');
  const samples = await interleave({ names, rounds, warmUps: warmUpsOf(requests) }, (name) => {
    const server = servers[name];
    if (server === undefined) throw new Error(`No server ${name}`);
    return cpuPerRequest(server, generator, { ...order, requests });
  });
  await generator.stop();
  const base = samples.get(names[0] ?? '') ?? [];
  return {
    title,
    note: NOTE,
    rows: [...samples].map(([name, of]) => ({
      name,
      value: spreadOf(of),
      unit: 'µs',
      ratio: ratioOf(base, of),
      ...(goal && name === 'Moddy' ? { goal } : {}),
    })),
  };
}
