import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { textsOf } from '../language/language.ts';
import type { SiteContext } from '../site-app.ts';
import type { SiteDeps } from '../site-deps.ts';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Page {
  readonly title: string;
  readonly main: Markup;
  /** Where the browser looks next, by itself. Such a page is bounded, and has a link that stops it (WCAG 2.2.1). */
  readonly refresh?: { readonly seconds: number; readonly url: string } | undefined;
}

export const nothing = html``;

/** Answers a page in the visitor's language. */
export async function show(
  c: SiteContext,
  { site, login }: Pick<SiteDeps, 'site' | 'login'>,
  page: Page,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const texts = textsOf(c.get('language'));
  const visitor = c.get('visitor');
  const current = (path: string) => (c.req.path === path ? html`aria-current="page"` : nothing);
  const account = visitor
    ? html`<li><a href="/account" ${current('/account')}>${texts.nav.account}</a></li>
        <li><form method="post" action="/logout"><button class="quiet">${texts.nav.logout}</button></form></li>`
    : login && html`<li><a class="button small" href="${site.url}/login">${texts.nav.loginShort}</a></li>`;
  c.header('Content-Language', texts.code);
  if (page.refresh) c.header('Refresh', `${page.refresh.seconds};url=${page.refresh.url}`);
  return c.html(
    html`<!doctype html>
<html lang="${texts.code}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${page.title} · ${texts.siteName}</title>
    <link rel="icon" type="image/svg+xml" href="${site.assets.icon}">
    <link rel="stylesheet" href="${site.assets.style}">
  </head>
  <body>
    <a class="skip" href="#content">${texts.skip}</a>
    <header class="bar">
      <a class="brand" href="/"><img src="${site.assets.icon}" alt="" width="32" height="32"><span>${texts.siteName}</span></a>
      <nav aria-label="${texts.nav.label}">
        <ul>
          <li><a href="/" ${current('/')}>${texts.nav.plans}</a></li>
          ${account ?? nothing}
        </ul>
      </nav>
    </header>
    <main id="content">${page.main}</main>
    <footer>
      <p>${texts.footer.payments}</p>
      <p class="links">${site.termsUrl ? html`<a href="${site.termsUrl}">${texts.footer.terms}</a>` : nothing}
        ${site.supportUrl ? html`<a href="${site.supportUrl}">${texts.footer.support}</a>` : nothing}
        <a href="${switchUrl(c, texts.otherLanguage.code)}" hreflang="${texts.otherLanguage.code}" lang="${texts.otherLanguage.code}">${texts.otherLanguage.name}</a></p>
    </footer>
  </body>
</html>`,
    status,
  );
}

/** This page in the other language; what answered a form has no address of its own. */
function switchUrl(c: SiteContext, language: string): string {
  const query = new URLSearchParams(c.req.method === 'GET' ? new URL(c.req.url).search : '');
  query.set('lang', language);
  // A login's answer counts once: there is nothing to come back to.
  const isOwnPage = c.req.method === 'GET' && !c.req.path.startsWith('/login');
  return isOwnPage ? `?${query}` : `/?lang=${language}`;
}
