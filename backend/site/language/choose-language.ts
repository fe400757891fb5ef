import { languageDetector } from 'hono/language';
import type { SiteApp } from '../parts.ts';
import type { CookieJar } from '../security/cookies.ts';
import { isLanguage, LANGUAGES, type Language } from './language.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The language of the cookie, else of `Accept-Language`. `?lang=` on any page sets the cookie and comes back to it. */
export function chooseLanguage(app: SiteApp, cookies: CookieJar, defaultLanguage: Language): void {
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
    const wanted = c.req.query('lang');
    if (!isLanguage(wanted)) return next();
    cookies.set(c, 'language', wanted, YEAR_SECONDS);
    const { searchParams } = new URL(c.req.url);
    searchParams.delete('lang');
    // One slash in front, and no backslash: a path like `//elsewhere` would lead away.
    const path = `/${c.req.path.replace(/^[/\\]+/, '')}`;
    return c.redirect(searchParams.size > 0 ? `${path}?${searchParams}` : path, 303);
  });
}
