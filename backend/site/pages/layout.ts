import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SiteApp, SiteContext, SiteDeps } from '../context.ts';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

export interface Page {
  readonly title: string;
  readonly main: Markup;
  /** The page that the browser loads next, by itself. Such refreshes are bounded, and a link stops them (WCAG 2.2.1). */
  readonly refresh?: { readonly seconds: number; readonly url: string } | undefined;
}

export const nothing = html``;

/** The part of a page that is missing where its subject is. */
export const maybe = <Subject>(subject: Subject | undefined | null | false | '', part: (subject: Subject) => Markup) =>
  subject === undefined || subject === null || subject === false || subject === '' ? nothing : part(subject);

/** A form that acts on an account, and names the one its page was made for: another tab may log in as another user. */
export const accountForm = (action: string, discordId: string, content: Markup) =>
  html`<form method="post" action="${action}">${content}<input type="hidden" name="account" value="${discordId}"></form>`;

/** A line of a list of facts. */
export const fact = (name: string, value: Markup | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

export interface Statement extends Omit<Page, 'main'> {
  /** A picture above the title. */
  readonly picture?: Markup;
  readonly lead: Markup | string;
  readonly more?: Markup;
  readonly actions: Markup | readonly Markup[];
}

/** A page with one statement and its actions. */
export const statementPage = ({ title, refresh, picture, lead, more, actions }: Statement): Page => ({
  title,
  refresh,
  main: html`<div class="narrow alone">
    ${picture ?? nothing}
    <h1>${title}</h1>
    ${typeof lead === 'string' ? html`<p class="lead">${lead}</p>` : lead}
    ${more ?? nothing}
    <div class="actions">${actions}</div>
  </div>`,
});

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** A file under a name that holds its digest: it never changes, so browsers keep it. */
function asset(file: string, contentType: string) {
  const bytes = readFileSync(new URL(`../assets/${file}`, import.meta.url));
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { path: `/assets/${digest}/${file}`, contentType, bytes };
}
const STYLE = asset('style.css', 'text/css; charset=utf-8');
export const ICON = asset('moddy.svg', 'image/svg+xml');

export function addAssets(app: SiteApp): void {
  for (const { path, contentType, bytes } of [STYLE, ICON]) {
    app.get(path, (c) => {
      c.header('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`);
      c.header('Content-Type', contentType);
      return c.body(bytes);
    });
  }
}

/** Answers a page in the visitor's language. */
export async function show(
  c: SiteContext,
  { site, login }: Pick<SiteDeps, 'site' | 'login'>,
  page: Page,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { texts, visitor } = c.var;
  const { code, nav, footer, otherLanguage } = texts;
  const current = (path: string) => (c.req.path === path ? html`aria-current="page"` : nothing);
  const account = visitor
    ? html`<li><a href="/account" ${current('/account')}>${nav.account}</a></li>
        <li><form method="post" action="/logout"><button class="quiet">${nav.logout}</button></form></li>`
    : maybe(login, () => html`<li><a class="button small" href="${site.url}/login">${nav.loginShort}</a></li>`);
  c.header('Content-Language', code);
  if (page.refresh) c.header('Refresh', `${page.refresh.seconds};url=${page.refresh.url}`);
  return c.html(
    html`<!doctype html>
<html lang="${code}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${page.title} · ${texts.siteName}</title>
    <link rel="icon" type="image/svg+xml" href="${ICON.path}">
    <link rel="stylesheet" href="${STYLE.path}">
  </head>
  <body>
    <a class="skip" href="#content">${texts.skip}</a>
    <header class="bar">
      <a class="brand" href="/"><img src="${ICON.path}" alt="" width="32" height="32"><span>${texts.siteName}</span></a>
      <nav aria-label="${nav.label}">
        <ul>
          <li><a href="/" ${current('/')}>${nav.plans}</a></li>
          ${account}
        </ul>
      </nav>
    </header>
    <main id="content">${page.main}</main>
    <footer>
      <p>${footer.payments}</p>
      <p class="links">${maybe(site.termsUrl, (url) => html`<a href="${url}">${footer.terms}</a>`)}
        ${maybe(site.supportUrl, (url) => html`<a href="${url}">${footer.support}</a>`)}
        <a href="${switchUrl(c, otherLanguage.code)}" hreflang="${otherLanguage.code}" lang="${otherLanguage.code}">${otherLanguage.name}</a></p>
    </footer>
  </body>
</html>`,
    status,
  );
}

/** This page in the other language, or the start page: the answer to a form has no address of its own. */
function switchUrl(c: SiteContext, language: string): string {
  const query = new URLSearchParams(c.req.method === 'GET' ? new URL(c.req.url).search : '');
  query.set('lang', language);
  // A login's answer counts once: there is nothing to come back to.
  const isOwnPage = c.req.method === 'GET' && !c.req.path.startsWith('/login');
  return isOwnPage ? `?${query}` : `/?lang=${language}`;
}
