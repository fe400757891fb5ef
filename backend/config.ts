import { Environment, type Variables } from '@moddy/runtime/config';
import { LOG_LEVELS, type LogLevel } from '@moddy/runtime/log';
import type { Pause } from './deliveries/deliverer.ts';

export type BackendConfig = ReturnType<typeof readConfig>;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The backend's configuration, see `.env.example`.
 * @throws {ConfigError} with every fault at once.
 */
export function readConfig(variables: Variables) {
  const env = new Environment(variables);
  const databaseUrl = env.optional('DATABASE_URL');
  if (databaseUrl === undefined && env.production) env.fault('DATABASE_URL', 'is required in production', null);
  if (databaseUrl !== undefined) env.url('DATABASE_URL', '', { schemes: ['postgres:', 'postgresql:'], withUser: true });
  const stripeApiKey = env.required('STRIPE_API_KEY', 'the secret key of your Stripe account (sk_test_… or sk_live_…)');
  if (stripeApiKey !== '' && !/^[sr]k_(?:test|live)_/.test(stripeApiKey)) {
    env.fault('STRIPE_API_KEY', 'must start with sk_test_, sk_live_, rk_test_ or rk_live_', null);
  }
  return env.done({
    production: env.production,
    port: env.port('PORT', 8080),
    internalPort: env.port('INTERNAL_PORT', 3000),
    host: env.optional('LISTEN_HOST') ?? '::',
    secret: env.secret('INTERNAL_API_SECRET', 'the secret that bot and backend share'),
    previousSecret: env.optionalSecret('INTERNAL_API_SECRET_PREVIOUS'),
    botUrl: env.url('BOT_INTERNAL_URL', 'http://moddy.railway.internal:3000', { schemes: ['http:'] }),
    database:
      databaseUrl === undefined ? { folder: env.optional('DATA_DIR') ?? '.data/backend' } : { url: databaseUrl },
    stripe: {
      apiKey: stripeApiKey,
      apiUrl: env.optionalUrl('STRIPE_API_URL'),
      webhookSecret: env.required('STRIPE_WEBHOOK_SECRET', 'the signing secret of the webhook endpoint (whsec_…)'),
      livemode: /^[sr]k_live_/.test(stripeApiKey),
    },
    planPrices: env.lists('PLAN_PRICES', 'plans from lowest to highest and their Stripe prices', /^\S+$/),
    pastDueGraceMs: env.integer('PAST_DUE_GRACE_DAYS', 7, 0, 365) * DAY_MS,
    deliveriesPaused: env.oneOf<Pause>('DELIVERIES_PAUSED', ['none', 'notify', 'all'], 'none'),
    logLevel: env.oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'info'),
  });
}
