import type { BotClient } from '@moddy/generated/bot-internal/client';
import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import type { BackendConfig } from '../config.ts';
import type { Orm } from '../database/database.ts';
import type { Plans } from '../plans.ts';
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
  /** Adds a member to the server. */
  readonly bot: Pick<BotClient, 'addMember'>;
  readonly catalogue: Catalogue;
  /** Undefined while login is not configured. */
  readonly login: { readonly discord: DiscordLogin; readonly sessionSecret: string } | undefined;
  readonly site: BackendConfig['site'] & { readonly assets: Assets };
  readonly cookies: CookieJar;
  readonly limits: Readonly<Record<'login' | 'payment' | 'sync' | 'check' | 'export', RateLimit>>;
  /** What the deletion of an account needs to tell our subscriptions from others. */
  readonly plans: Plans;
  /** Has jobs that are due run now. */
  readonly wakeSchedule: () => void;
  readonly log: Logger;
  readonly now: () => Date;
}
