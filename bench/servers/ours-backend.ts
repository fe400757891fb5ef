import { readConfig } from '@moddy/backend/config';
import { startBackend } from '@moddy/backend/start';
import { createLogger } from '@moddy/runtime/log';
import { attend } from './attend.ts';
import { SECRET } from './secret.ts';

/* The backend as in production, on the Postgres of DATABASE_URL, without Stripe and without a bot. */

const config = readConfig({
  NODE_ENV: 'production',
  LISTEN_HOST: '127.0.0.1',
  PORT: '0',
  INTERNAL_PORT: '0',
  INTERNAL_API_SECRET: SECRET,
  DELIVERIES_PAUSED: 'all',
  BOT_INTERNAL_URL: 'http://127.0.0.1:1',
  DATABASE_URL: process.env.DATABASE_URL,
  STRIPE_API_KEY: 'sk_test_bench',
  STRIPE_API_URL: 'http://127.0.0.1:1',
  STRIPE_WEBHOOK_SECRET: 'whsec_bench_of_thirty_two_characters',
  PLAN_PRICES: '{"moddy_max": ["price_1"]}',
});
const backend = await startBackend(config, createLogger(config.logLevel, 'website-backend'));
await backend.started;
attend(backend.internalPort);
