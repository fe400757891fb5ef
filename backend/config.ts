import { Environment, type Variables } from '@moddy/runtime/config';
import { isRecord } from '@moddy/runtime/is-record';
import { LOG_LEVELS, type LogLevel } from '@moddy/runtime/log';
import type { DatabaseAddress } from './database/open.ts';

/** Which deliveries `DELIVERIES_PAUSED` holds back. */
export type Pause = 'none' | 'notify' | 'all';
export type RefundPolicy = 'none' | 'cancel';
export type BackendConfig = ReturnType<typeof readConfig>;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The backend's configuration, see `.env.example`.
 * @throws {ConfigError} with every fault at once.
 */
export function readConfig(variables: Variables) {
  const env = new Environment(variables);
  const database = readDatabase(env);
  const account = readStripeAccount(env);
  const ports = env.ports();
  return env.done({
    production: env.production,
    port: ports.public,
    internalPort: ports.internal,
    host: env.optional('LISTEN_HOST') ?? '::',
    secret: env.secret('INTERNAL_API_SECRET', 'the secret that bot and backend share'),
    previousSecret: env.optionalSecret('INTERNAL_API_SECRET_PREVIOUS'),
    botUrl: env.url('BOT_INTERNAL_URL', 'http://moddy.railway.internal:3000', { schemes: ['http:'] }),
    database,
    stripe: {
      ...account,
      webhookSecret: env.required('STRIPE_WEBHOOK_SECRET', 'the signing secret of the webhook endpoint (whsec_…)'),
    },
    ...readRules(env),
    refundPolicy: env.oneOf<RefundPolicy>('REFUND_POLICY', ['none', 'cancel'], 'none'),
    eventRetentionMs: env.integer('EVENT_RETENTION_DAYS', 90, 7, 3_650) * DAY_MS,
    deliveriesPaused: env.oneOf<Pause>('DELIVERIES_PAUSED', ['none', 'notify', 'all'], 'none'),
    operatorChannel: readOperatorChannel(env),
    site: readSite(env),
    logLevel: env.oneOf<LogLevel>('LOG_LEVEL', LOG_LEVELS, 'info'),
  });
}

const POSTGRES = { schemes: ['postgres:', 'postgresql:'], withUser: true };

export function readDatabase(env: Environment): DatabaseAddress {
  env.required('DATABASE_URL', 'the Postgres of the backend; the targets of make start one in .data/ when it is unset');
  const directUrl = env.optional('DATABASE_DIRECT_URL') && env.url('DATABASE_DIRECT_URL', '', POSTGRES);
  return { url: env.url('DATABASE_URL', '', POSTGRES), directUrl };
}

/** Which Stripe account, in which of its two modes. */
export function readStripeAccount(env: Environment) {
  const apiKey = env.required('STRIPE_API_KEY', 'the secret key of your Stripe account (sk_test_… or sk_live_…)');
  if (apiKey !== '' && !/^[sr]k_(?:test|live)_/.test(apiKey)) {
    env.fault('STRIPE_API_KEY', 'must start with sk_test_, sk_live_, rk_test_ or rk_live_', null);
  }
  return { apiKey, apiUrl: env.optionalUrl('STRIPE_API_URL'), livemode: /^[sr]k_live_/.test(apiKey) };
}

/** The plans and their prices. `PLAN_PRICES={}` is legal: every customer is then parked, and keeps their plan. */
export const readRules = (env: Environment) => ({
  planPrices: env.lists('PLAN_PRICES', 'plans from lowest to highest and their Stripe prices', /^\S+$/, {
    mayBeEmpty: true,
  }),
  pastDueGraceMs: readGraceMs(env),
});

/** The webhook of the operator's Discord channel, for problems that need attention; its URL is a secret. */
function readOperatorChannel(env: Environment) {
  const url = env.optional('OPERATOR_WEBHOOK_URL');
  const subscriptions = env.boolean('OPERATOR_WEBHOOK_SUBSCRIPTIONS', false);
  if (url === undefined) return undefined;
  const schemes = env.production ? ['https:'] : ['https:', 'http:'];
  if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol)) {
    return env.fault('OPERATOR_WEBHOOK_URL', "must be the URL of a Discord channel's webhook", undefined);
  }
  return { url, subscriptions };
}

export const readGraceMs = (env: Environment): number => env.integer('PAST_DUE_GRACE_DAYS', 7, 0, 365) * DAY_MS;

const LOGIN = ['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET', 'SESSION_SECRET'] as const;

/** The pages where people subscribe. Without the three variables of `LOGIN` they show the plans, and nobody can log in. */
function readSite(env: Environment) {
  const url = env.optionalUrl('WEBSITE_URL');
  const isLoginOn = LOGIN.some((name) => env.optional(name) !== undefined);
  if (isLoginOn && url === undefined) env.fault('WEBSITE_URL', "is required for the site's login", null);
  if (isLoginOn && env.production && url?.startsWith('http:')) {
    env.fault('WEBSITE_URL', 'must begin with https:// in production', null);
  }
  const joinOnLogin = env.boolean('JOIN_ON_LOGIN', false);
  if (joinOnLogin && !isLoginOn) env.fault('JOIN_ON_LOGIN', `needs the site's login: ${LOGIN.join(', ')}`, null);
  const together = `is required when any of ${LOGIN.join(', ')} is set`;
  return {
    url: url ?? '',
    termsUrl: env.optionalLink('TERMS_URL'),
    supportUrl: env.optionalLink('SUPPORT_URL'),
    inviteUrl: env.optionalUrl('DISCORD_INVITE_URL'),
    joinOnLogin,
    checkout: readCheckout(env),
    defaultLocale: env.oneOf('DEFAULT_LOCALE', ['fr', 'en'], 'fr'),
    /** Railway's edge stands before the public port and names the client's address. */
    behindEdge: env.optional('RAILWAY_ENVIRONMENT') !== undefined,
    login: isLoginOn
      ? {
          clientId: env.optional('DISCORD_CLIENT_ID') ?? env.fault('DISCORD_CLIENT_ID', together, ''),
          clientSecret: env.optional('DISCORD_CLIENT_SECRET') ?? env.fault('DISCORD_CLIENT_SECRET', together, ''),
          sessionSecret: env.optionalSecret('SESSION_SECRET') ?? env.fault('SESSION_SECRET', together, ''),
          apiUrl: env.url('DISCORD_API_URL', 'https://discord.com/api'),
        }
      : undefined,
  };
}

export interface CheckoutOptions {
  readonly promotionCodes: boolean;
  readonly automaticTax: boolean;
  /** Once per user; undefined without trials. */
  readonly trialDays: number | undefined;
}

const CHECKOUT_FORM = '{"promotion_codes": true, "automatic_tax": true, "trial_days": 7}';

/** The options of Stripe's Checkout; each is off by default. */
function readCheckout(env: Environment): CheckoutOptions {
  const text = env.optional('CHECKOUT') ?? '{}';
  const off = { promotionCodes: false, automaticTax: false, trialDays: undefined };
  const wrong = () => env.fault('CHECKOUT', `must be JSON like ${CHECKOUT_FORM}, with 1 to 730 days`, off);
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return wrong();
    const {
      promotion_codes: promotionCodes = false,
      automatic_tax: automaticTax = false,
      trial_days: days,
      ...more
    } = value;
    if (typeof promotionCodes !== 'boolean' || typeof automaticTax !== 'boolean' || Object.keys(more).length > 0)
      return wrong();
    if (days === undefined) return { promotionCodes, automaticTax, trialDays: undefined };
    if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > 730) return wrong();
    return { promotionCodes, automaticTax, trialDays: days };
  } catch {
    return wrong();
  }
}
