import { createLogger } from '@moddy/runtime/log';
import type { SandboxStripe } from '@moddy/sandbox/stripe/sandbox-stripe';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { type Backend, startBackend } from '../start.ts';
import { advanceClock } from './clock.ts';
import { createMigratedDatabase } from './create-migrated-database.ts';
import { type StubBot, startStubBot } from './stub-bot.ts';

export const SECRET = 'test-secret-local';
export const WEBHOOK_SECRET = 'whsec_test';
export const PLAN_PRICES = {
  moddy_pro: ['price_moddy_pro_month'],
  moddy_max: ['price_moddy_max_month', 'price_moddy_max_year'],
};

/** Everything is logged and nothing printed: the suite's logs are searched at its end. */
export const UNSEEN = { write: () => {} };

export interface TestBackend {
  readonly backend: Backend;
  readonly bot: StubBot;
  readonly stripe: SandboxStripe;
  readonly databaseUrl: string;
  readonly publicUrl: string;
  readonly internalUrl: string;
  /** The lines that all replicas have logged so far. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Moves the time of Stripe and of the backend, and that of a database that follows. */
  advance(ms: number): Promise<void>;
  /** Another replica on the same database. */
  startReplica(variables?: Record<string, string>): Promise<Backend>;
}

/** A whole backend on a real Postgres, with a local Stripe and a scripted bot; ended with the test or file. */
export async function startTestBackend(
  variables: Record<string, string> = {},
  end: (cleanUp: () => Promise<void>) => void = onTestFinished,
  clock: 'real' | 'movable' = 'real',
): Promise<TestBackend> {
  const bot = await startStubBot(SECRET);
  const stripe = await startStripe();
  const databaseUrl = await createMigratedDatabase(clock);
  const services: Backend[] = [];
  const logged: Record<string, unknown>[] = [];
  // `createLogger` writes one JSON object a line.
  const write = (line: string) => void logged.push(JSON.parse(line));
  end(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all([bot.close(), stripe.close()]);
  });
  const startReplica = async (more: Record<string, string> = {}) => {
    const config = readConfig({
      PORT: '0',
      INTERNAL_PORT: '0',
      LISTEN_HOST: '127.0.0.1',
      INTERNAL_API_SECRET: SECRET,
      BOT_INTERNAL_URL: bot.url,
      DATABASE_URL: databaseUrl,
      STRIPE_API_KEY: stripe.apiKey,
      STRIPE_API_URL: stripe.url,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      PLAN_PRICES: JSON.stringify(PLAN_PRICES),
      ...variables,
      ...more,
    });
    const service = await startBackend(config, createLogger('debug', 'website-backend', { write }), {
      lameDuckMs: 0,
      // One time for both: moved with `stripe.advance`.
      now: () => new Date(stripe.nowMs()),
    });
    services.push(service);
    await service.started;
    return service;
  };
  const backend = await startReplica();
  stripe.setWebhooks([{ url: `http://127.0.0.1:${backend.port}/payments/webhook`, secret: WEBHOOK_SECRET }]);
  return {
    backend,
    bot,
    stripe,
    databaseUrl,
    logged,
    publicUrl: `http://127.0.0.1:${backend.port}`,
    internalUrl: `http://127.0.0.1:${backend.internalPort}`,
    advance: async (ms) => {
      if (clock === 'movable') await advanceClock(backend.database.orm, ms);
      stripe.advance(ms);
    },
    startReplica,
  };
}
