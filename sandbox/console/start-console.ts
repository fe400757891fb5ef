import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { ControlError, Fields } from '../discord/control/fields.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';
import { closeNow, listen } from '../listen.ts';
import { StripeRejection } from '../stripe/errors.ts';
import type { SandboxStripe } from '../stripe/sandbox-stripe.ts';
import { actionsOf } from './act.ts';
import { askedOf } from './asked.ts';
import { assets } from './assets.ts';
import { type Broadcast, createBroadcast } from './broadcast.ts';
import { guard } from './guard.ts';
import { createOutages, type DatabaseProxy } from './outages.ts';
import { readDelivery } from './read-backend.ts';
import { readDiscordEvent, readWebhook } from './read-events.ts';
import { readSnapshot, type SnapshotDeps, type Wiretaps } from './read-snapshot.ts';
import type { DetailView, Snapshot } from './snapshot.ts';
import type { Supervised } from './supervised.ts';
import { watchDatabase } from './watch-database.ts';

const BODY_LIMIT = 16 * 1024;

export interface ConsoleOptions {
  /** 0: any free one. */
  readonly port?: number;
  readonly services: { readonly bot: Supervised; readonly backend: Supervised };
  /** Absent: the real one is used, of which nothing can be shown. */
  readonly discord?: SandboxDiscord | undefined;
  readonly stripe?: SandboxStripe | undefined;
  /** The backend's database; it is only read. */
  readonly databaseUrl?: string | undefined;
  /** Present: a button can cut the backend off from its database. */
  readonly databaseProxy?: DatabaseProxy | undefined;
  readonly wiretaps?: Wiretaps | undefined;
  /** The bot's `DEFAULT_LOCALE`. */
  readonly defaultLocale?: string | undefined;
  readonly links?: Snapshot['links'];
}

export type SandboxConsole = Awaited<ReturnType<typeof startConsole>>;

/** Serves the page that shows and controls a local system, to this machine only. */
export async function startConsole(options: ConsoleOptions) {
  const { services, discord, stripe, databaseUrl, databaseProxy, wiretaps, links = [], port = 0 } = options;
  const { defaultLocale = 'fr' } = options;
  const asked = discord && askedOf(discord);
  const outages = createOutages({ discord, stripe, databaseProxy });
  const closing = new AbortController();
  const database = databaseUrl === undefined ? undefined : watchDatabase(databaseUrl, () => broadcast.touch());
  const deps = { services, discord, stripe, outages, asked, database, wiretaps, defaultLocale, links };
  const broadcast = createBroadcast(() => readSnapshot(deps));
  const { touch } = broadcast;
  const unwatch = [
    services.bot.onChange(() => {
      if (services.bot.state === 'starting') asked?.forgetLanguages();
      touch();
    }),
    services.backend.onChange(touch),
    wiretaps?.toBot.onChange(touch),
    wiretaps?.toBackend.onChange(touch),
    discord?.on(({ type }) => type !== 'request' && type !== 'heartbeat' && touch()),
    stripe?.onChange(({ kind }) => kind !== 'request' && touch()),
  ];

  const app = new Hono();
  app.use(guard);
  app.route('/', assets());
  app.get('/stream', (c) => streamSnapshots(c, broadcast, closing.signal));
  for (const [path, read] of Object.entries(DETAILS)) {
    app.get(`${path}/:key`, async (c) => {
      const detail = await read(deps, c.req.param('key'));
      return detail ? c.json(detail) : c.notFound();
    });
  }
  app.use(
    '/actions/*',
    bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => c.json({ error: 'The body is too large.' }, 413) }),
  );
  for (const [name, act] of Object.entries(actionsOf(deps))) {
    app.post(`/actions/${name}`, async (c) => {
      const answer = await act(new Fields(await c.req.json()));
      touch();
      return c.json(answer ?? {});
    });
  }
  app.notFound((c) => c.json({ error: 'There is nothing here by this name.' }, 404));
  app.onError((error, c) => {
    if (error instanceof SyntaxError) return c.json({ error: 'The body must be a JSON object.' }, 400);
    const isTheirs = error instanceof ControlError || error instanceof StripeRejection;
    return c.json({ error: error.message }, isTheirs ? 400 : 409);
  });

  const server = createServer(getRequestListener(app.fetch));
  const url = `http://127.0.0.1:${await listen(server, port)}`;
  return {
    url,
    async close(): Promise<void> {
      closing.abort();
      for (const stop of unwatch) stop?.();
      broadcast.close();
      await closeNow(server);
      await database?.close();
    },
  };
}

/** The details of an opened row. */
const DETAILS: Readonly<Record<string, (deps: SnapshotDeps, key: string) => Promise<DetailView | undefined>>> = {
  '/deliveries': async ({ database, wiretaps }, key) =>
    database && /^\d{1,15}$/.test(key) ? readDelivery(database, key, wiretaps?.toBot) : undefined,
  '/events': async ({ database, stripe, wiretaps }, key) => {
    const eventId = /^discord-(\d{1,15})$/.exec(key)?.[1];
    if (eventId !== undefined) return database && readDiscordEvent(database, eventId, wiretaps?.toBackend);
    return stripe
      ? readWebhook(stripe.deliveries.records, stripe.books.named('test').ledger, key)
      : { facts: [], parts: [{ title: key, payload: '', note: 'The backend keeps only the id and type.', calls: [] }] };
  },
};

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 500;

/** The state now, and again whenever it is another. */
export const streamSnapshots = (c: Context, broadcast: Broadcast, closing: AbortSignal): Response =>
  streamSSE(c, async (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.onAbort(resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
    await stream.write(`retry: ${RECONNECT_MS}\n\n`);
    const stop = broadcast.subscribe((text) => void stream.writeSSE({ event: 'snapshot', data: text }));
    // A comment: a proxy, or the browser's laptop asleep, must not take silence for the end.
    const heartbeat = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT_MS);
    await promise;
    clearInterval(heartbeat);
    stop();
  });
