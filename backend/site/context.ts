import type { BotClient } from '@moddy/generated/bot-internal/client';
import type { Logger } from '@moddy/runtime/log';
import type { Context, Hono } from 'hono';
import type Stripe from 'stripe';
import type { BackendConfig } from '../config.ts';
import type { Orm } from '../database/database.ts';
import type { Plans } from '../plans.ts';
import { createCatalogue } from './catalogue.ts';
import type { Texts } from './language/en.ts';
import type { Language } from './language/language.ts';
import { createDiscordLogin } from './login/discord-login.ts';
import { createCookies } from './security/cookies.ts';
import { createRateLimit } from './security/rate-limit.ts';

/** The user who is logged in, and their session. */
export interface Visitor {
  readonly userId: number;
  readonly discordId: string;
  readonly name: string;
  readonly tokenHash: string;
}

export interface SiteEnv {
  Variables: {
    language: Language;
    /** Every text in that language. */
    texts: Texts;
    /** The user who is logged in; unset before the session was read. */
    visitor?: Visitor | undefined;
    /** The price that the visitor is about to buy: a login leads on to it. */
    price?: string;
  };
  /** As node-server passes it; absent where an app is called without a socket. */
  Bindings: { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } } };
}

export type SiteApp = Hono<SiteEnv>;
export type SiteContext = Context<SiteEnv>;

export interface SiteOptions {
  readonly config: Pick<BackendConfig, 'site' | 'stripe' | 'planPrices' | 'pastDueGraceMs'>;
  readonly db: Orm;
  readonly stripe: Stripe;
  /** Adds a member to the server. */
  readonly bot: Pick<BotClient, 'addMember'>;
  /** The deletion of an account needs them to distinguish our subscriptions from foreign ones. */
  readonly plans: Plans;
  /** Has jobs that are due run now. */
  readonly wakeSchedule: () => void;
  readonly log: Logger;
  readonly now: () => Date;
}

/** The dependencies of the pages. */
export type SiteDeps = ReturnType<typeof createSiteDeps>;

const MINUTE_MS = 60_000;

export function createSiteDeps({ config, ...outside }: SiteOptions) {
  const { stripe, log, now } = outside;
  const { site, planPrices, pastDueGraceMs } = config;
  const https = site.url.startsWith('https:');
  return {
    ...outside,
    livemode: config.stripe.livemode,
    pastDueGraceMs,
    site,
    https,
    catalogue: createCatalogue({ stripe, planPrices, log, now }),
    /** Undefined while login is not configured. */
    login: site.login && {
      discord: createDiscordLogin(site.login, `${site.url}/login/callback`, site.joinOnLogin),
      sessionSecret: site.login.sessionSecret,
    },
    cookies: createCookies(https),
    limits: {
      login: createRateLimit({ limit: 60, windowMs: 5 * MINUTE_MS }, now),
      payment: createRateLimit({ limit: 20, windowMs: 5 * MINUTE_MS }, now),
      // Twice what the waiting page asks for by itself.
      sync: createRateLimit({ limit: 14, windowMs: MINUTE_MS }, now),
      check: createRateLimit({ limit: 1, windowMs: MINUTE_MS }, now),
      export: createRateLimit({ limit: 5, windowMs: 5 * MINUTE_MS }, now),
    },
  };
}
