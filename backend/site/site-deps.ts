import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import type { BackendConfig } from '../config.ts';
import type { Orm } from '../database/database.ts';
import type { Assets } from './assets.ts';
import type { Catalogue } from './catalogue.ts';
import type { DiscordLogin } from './login/discord-login.ts';
import type { CookieJar } from './security/cookies.ts';
import type { RateLimit } from './security/rate-limit.ts';

/** What the pages work with. */
export interface SiteDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  readonly livemode: boolean;
  readonly pastDueGraceMs: number;
  readonly catalogue: Catalogue;
  /** Undefined while login is not configured. */
  readonly login: { readonly discord: DiscordLogin; readonly sessionSecret: string } | undefined;
  readonly site: BackendConfig['site'] & { readonly assets: Assets };
  readonly cookies: CookieJar;
  readonly limits: Readonly<Record<'login' | 'payment' | 'sync' | 'export', RateLimit>>;
  readonly log: Logger;
  readonly now: () => Date;
}
