import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { languageDetector } from 'hono/language';
import { goesOn } from '../billing/standing.ts';
import { findStanding } from './account/find-standing.ts';
import { addAccount } from './account/routes.ts';
import { addCheckout } from './checkout/routes.ts';
import { createSiteDeps, type SiteApp, type SiteDeps, type SiteEnv, type SiteOptions } from './context.ts';
import { isStripeError, SiteFault } from './faults.ts';
import { isLanguage, LANGUAGES, TEXTS } from './language/language.ts';
import { addLogin } from './login/routes.ts';
import { recogniseVisitor } from './login/sessions.ts';
import { showFault } from './pages/fault-page.ts';
import { addAssets, show } from './pages/layout.ts';
import { plansPage } from './pages/plans-page.ts';
import { securityHeaders } from './security/headers.ts';

const MAX_FORM_BYTES = 16 * 1024;

/** The pages where people subscribe. Add it to the public app last: it answers every path that nothing else does. */
export function createSite(options: SiteOptions): SiteApp {
  const app = new Hono<SiteEnv>();
  const deps = createSiteDeps(options);
  const { site, https, catalogue } = deps;
  app.use(securityHeaders(https, options.config.stripe.apiUrl));
  addAssets(app);
  app.use((c, next) => {
    // Everything but the assets differs by user: no cache keeps it.
    c.header('Cache-Control', 'no-store');
    return next();
  });
  chooseLanguage(app, deps);
  app.use(csrf({ origin: (origin) => site.url !== '' && origin === new URL(site.url).origin }));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: () => Promise.reject(new SiteFault('too_large')) }));
  recogniseVisitor(app, deps);
  app.get('/', async (c) => {
    const offers = await catalogue.offers().catch((error: unknown) => {
      if (!isStripeError(error)) throw error;
      return undefined;
    });
    const { texts, visitor } = c.var;
    const account = visitor && (await findStanding(deps, visitor.userId));
    const has = account && (account.subscribed || goesOn(account)) ? account.plan : null;
    return show(c, deps, plansPage(texts, offers, has), offers === undefined ? 503 : 200);
  });
  addLogin(app, deps);
  addCheckout(app, deps);
  addAccount(app, deps);
  app.all('*', () => {
    throw new SiteFault('not_found');
  });
  app.onError((error, c) => showFault(c, deps, error));
  return app;
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The language of the cookie, else of `Accept-Language`. `?lang=` on any page sets the cookie and comes back to it. */
function chooseLanguage(app: SiteApp, { cookies, site }: SiteDeps): void {
  app.use(
    languageDetector({
      supportedLanguages: [...LANGUAGES],
      fallbackLanguage: site.defaultLocale,
      order: ['cookie', 'header'],
      lookupCookie: cookies.nameOf('language'),
      caches: false,
    }),
  );
  app.use((c, next) => {
    c.set('texts', TEXTS[c.var.language]);
    return next();
  });
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
