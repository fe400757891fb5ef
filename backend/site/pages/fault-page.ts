import { html } from 'hono/html';
import type { FaultKind } from '../fault.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext } from '../site-app.ts';
import { type Markup, nothing, type Page } from './layout.ts';

const LOGIN_HELPS: ReadonlySet<FaultKind> = new Set([
  'login_denied',
  'login_stale',
  'login_refused',
  'discord_down',
  'login_needed',
  'session_expired',
]);
/** The visitor did nothing wrong. */
const CANNOT_HELP_THEMSELVES: ReadonlySet<FaultKind> = new Set([
  'broken',
  'unavailable',
  'login_off',
  'login_refused',
  'discord_down',
  'stripe_down',
]);
const DELETE_AGAIN: ReadonlySet<FaultKind> = new Set(['not_confirmed']);

export interface FaultPageDeps {
  readonly kind: FaultKind;
  readonly siteUrl: string;
  readonly supportUrl: string | undefined;
  /** Names the line in the log, for the visitor who reports it. */
  readonly reference?: string | undefined;
}

/** What went wrong, in the visitor's words, and what they can do. Nothing of the inside is on it. */
export function faultPage(c: SiteContext, { kind, siteUrl, supportUrl, reference }: FaultPageDeps): Page {
  const texts = textsOf(c.get('language'));
  const [title, body] = texts.faults[kind];
  return {
    title,
    main: html`<div class="narrow alone">
      <h1>${title}</h1>
      <p class="lead">${body}</p>
      ${reference ? html`<p class="muted">${texts.reference} <code>${reference}</code></p>` : nothing}
      <p class="actions">${action()} ${supportUrl && CANNOT_HELP_THEMSELVES.has(kind) ? html`<a class="button" href="${supportUrl}">${texts.writeToSupport}</a>` : nothing}</p>
    </div>`,
  };

  function action(): Markup {
    if (LOGIN_HELPS.has(kind)) return html`<a class="button primary" href="${siteUrl}/login">${texts.nav.login}</a>`;
    if (DELETE_AGAIN.has(kind)) return html`<a class="button primary" href="/account/delete">${texts.tryAgain}</a>`;
    return html`<a class="button primary" href="/">${texts.back}</a>`;
  }
}
