import { readConfig } from '@moddy/backend/config';
import { startBackend } from '@moddy/backend/start';
import { createLogger } from '@moddy/runtime/log';
import { startPostgres } from '@moddy/sandbox/postgres';

/** A backend as in production, on a real Postgres with fsync, without Stripe. */
export async function startBenchBackend({ secret, botUrl }: { readonly secret: string; readonly botUrl: string }) {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const config = readConfig({
    PORT: '0',
    INTERNAL_PORT: '0',
    LISTEN_HOST: '127.0.0.1',
    INTERNAL_API_SECRET: secret,
    BOT_INTERNAL_URL: botUrl,
    DATABASE_URL: await postgres.createDatabase(),
    STRIPE_API_KEY: 'sk_test_bench',
    STRIPE_API_URL: 'http://127.0.0.1:1',
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    PLAN_PRICES: '{"moddy_max": ["price_1"]}',
    LOG_LEVEL: 'silent',
  });
  const backend = await startBackend(config, createLogger(config.logLevel, 'website-backend'), { lameDuckMs: 0 });
  await backend.started;
  return {
    backend,
    close: async () => {
      await backend.stop();
      await postgres.stop();
    },
  };
}
