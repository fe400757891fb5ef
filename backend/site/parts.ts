import type { Logger } from '@moddy/runtime/log';
import type { Context, Hono } from 'hono';
import type Stripe from 'stripe';
import type { BackendConfig } from '../config.ts';
import type { Queryable } from '../database/database.ts';
import type { Assets } from './assets.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Language } from './language/language.ts';
import type { DiscordLogin } from './login/discord-login.ts';
import type { CookieJar } from './security/cookies.ts';
import type { RateLimit } from './security/rate-limit.ts';
import type { Visitor } from './sessions/find-session.ts';

/** What the pages work with. */
export interface SiteParts {
  readonly db: Queryable;
  readonly stripe: Stripe;
  readonly livemode: boolean;
  readonly catalogue: Catalogue;
  /** Undefined while login is not configured. */
  readonly login: { readonly discord: DiscordLogin; readonly sessionSecret: string } | undefined;
  readonly site: BackendConfig['site'] & { readonly assets: Assets };
  readonly cookies: CookieJar;
  readonly limits: Readonly<Record<'login' | 'payment' | 'sync' | 'export', RateLimit>>;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface SiteEnv {
  Variables: {
    language: Language;
    /** Who is logged in; unset before the session was looked up. */
    visitor?: Visitor | undefined;
  };
  /** As node-server passes it; absent where an app is called without a socket. */
  Bindings: { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } } };
}

export type SiteApp = Hono<SiteEnv>;
export type SiteContext = Context<SiteEnv>;
