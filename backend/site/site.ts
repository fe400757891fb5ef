import { randomUUID } from 'node:crypto';
import type { BotClient } from '@moddy/generated/bot-internal/client';
import type { Logger } from '@moddy/runtime/log';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { languageDetector } from 'hono/language';
import type Stripe from 'stripe';
import { goesOn } from '../billing/standing.ts';
import type { BackendConfig } from '../config.ts';
import type { Orm } from '../database/database.ts';
import { isUnavailable } from '../database/unavailable.ts';
import type { Plans } from '../plans.ts';
import { findStanding } from './account/find-standing.ts';
import { addAccount } from './account/routes.ts';
import { addAssets } from './assets.ts';
import { createCatalogue } from './catalogue.ts';
import { addCheckout } from './checkout/routes.ts';
import { FAULTS, type FaultKind, SiteFault } from './fault.ts';
import { isLanguage, LANGUAGES, type Language } from './language/language.ts';
import { createDiscordLogin } from './login/discord-login.ts';
import { addLogin } from './login/routes.ts';
import { faultPage } from './pages/fault-page.ts';
import { show } from './pages/layout.ts';
import { plansPage } from './pages/plans-page.ts';
import { type CookieJar, createCookies } from './security/cookies.ts';
import { securityHeaders } from './security/headers.ts';
import { createRateLimit } from './security/rate-limit.ts';
import { recogniseVisitor } from './sessions/session.ts';
import type { SiteApp, SiteEnv } from './site-app.ts';
import type { SiteDeps } from './site-deps.ts';
import { isStripeError } from './stripe-faults.ts';

export interface SiteOptions {
  readonly config: Pick<BackendConfig, 'site' | 'stripe' | 'planPrices' | 'pastDueGraceMs'>;
  readonly db: Orm;
  readonly stripe: Stripe;
  readonly bot: Pick<BotClient, 'addMember'>;
  readonly plans: Plans;
  readonly wakeSchedule: () => void;
  readonly log: Logger;
  readonly now: () => Date;
}

const MAX_FORM_BYTES = 16 * 1024;
const MINUTE_MS = 60_000;

/** The pages where people subscribe. Add it to the public app last: it answers every path that nothing else does. */
export function createSite({ config, db, stripe, bot, plans, wakeSchedule, log, now }: SiteOptions): SiteApp {
  const app = new Hono<SiteEnv>();
  const { site } = config;
  const https = site.url.startsWith('https:');
  const cookies = createCookies(https);
  app.use(securityHeaders({ https, stripeUrl: config.stripe.apiUrl }));
  const assets = addAssets(app);
  const deps: SiteDeps = {
    db,
    stripe,
    livemode: config.stripe.livemode,
    pastDueGraceMs: config.pastDueGraceMs,
    bot,
    catalogue: createCatalogue({ stripe, planPrices: config.planPrices, log, now }),
    login: site.login && {
      discord: createDiscordLogin({
        ...site.login,
        redirectUri: `${site.url}/login/callback`,
        mayJoin: site.joinOnLogin,
      }),
      sessionSecret: site.login.sessionSecret,
    },
    site: { ...site, assets },
    cookies,
    limits: {
      login: createRateLimit({ limit: 60, windowMs: 5 * MINUTE_MS }, now),
      payment: createRateLimit({ limit: 20, windowMs: 5 * MINUTE_MS }, now),
      // Twice what the waiting page asks for by itself.
      sync: createRateLimit({ limit: 14, windowMs: MINUTE_MS }, now),
      check: createRateLimit({ limit: 1, windowMs: MINUTE_MS }, now),
      export: createRateLimit({ limit: 5, windowMs: 5 * MINUTE_MS }, now),
    },
    plans,
    wakeSchedule,
    log,
    now,
  };

  app.use((c, next) => {
    // Everything but the assets differs by user: no cache keeps it.
    c.header('Cache-Control', 'no-store');
    return next();
  });
  chooseLanguage(app, cookies, site.defaultLocale);
  app.use(csrf({ origin: (origin) => site.url !== '' && origin === new URL(site.url).origin }));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: () => Promise.reject(new SiteFault('too_large')) }));
  recogniseVisitor(app, deps);
  app.get('/', async (c) => {
    const offers = await deps.catalogue.offers().catch((error: unknown) => {
      if (!isStripeError(error)) throw error;
      return undefined;
    });
    const visitor = c.get('visitor');
    const account = visitor && (await findStanding(deps, visitor.userId));
    const has = account && (account.subscribed || goesOn(account)) ? account.plan : undefined;
    return show(
      c,
      deps,
      plansPage(c, { offers, has: has ?? undefined, icon: assets.icon }),
      offers === undefined ? 503 : 200,
    );
  });
  addLogin(app, deps);
  addCheckout(app, deps);
  addAccount(app, deps);
  app.all('*', () => {
    throw new SiteFault('not_found');
  });

  app.onError((error, c) => {
    const kind = kindOf(error);
    const reference = kind === 'broken' ? randomUUID().slice(0, 8) : undefined;
    if (kind === 'broken' || kind === 'stripe_down') {
      log[kind === 'broken' ? 'error' : 'warn']('a page failed', { path: c.req.path, requestId: reference, error });
    }
    const status = FAULTS[kind];
    if (status === 503 || status === 429) c.header('Retry-After', '60');
    return show(c, deps, faultPage(c, { kind, siteUrl: site.url, supportUrl: site.supportUrl, reference }), status);
  });
  return app;
}

function kindOf(error: Error): FaultKind {
  if (error instanceof SiteFault) return error.kind;
  if (error instanceof HTTPException && error.status === 403) return 'cross_site';
  if (isStripeError(error)) return 'stripe_down';
  return isUnavailable(error) ? 'unavailable' : 'broken';
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The language of the cookie, else of `Accept-Language`. `?lang=` on any page sets the cookie and comes back to it. */
function chooseLanguage(app: SiteApp, cookies: CookieJar, defaultLanguage: Language): void {
  app.use(
    languageDetector({
      supportedLanguages: [...LANGUAGES],
      fallbackLanguage: defaultLanguage,
      order: ['cookie', 'header'],
      lookupCookie: cookies.nameOf('language'),
      caches: false,
    }),
  );
  app.get('*', async (c, next) => {
    const chosen = c.req.query('lang');
    if (!isLanguage(chosen)) return next();
    cookies.set(c, 'language', chosen, YEAR_SECONDS);
    const { searchParams } = new URL(c.req.url);
    searchParams.delete('lang');
    // One slash in front, and no backslash: a path like `//elsewhere` would lead away.
    const path = `/${c.req.path.replace(/^[/\\]+/, '')}`;
    return c.redirect(searchParams.size > 0 ? `${path}?${searchParams}` : path, 303);
  });
}
