import { html } from 'hono/html';
import type { FaultKind } from '../fault.ts';
import { wordsOf } from '../language/language.ts';
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
const DELETE_AGAIN: ReadonlySet<FaultKind> = new Set(['not_confirmed']);

export interface FaultPageParts {
  readonly kind: FaultKind;
  readonly siteUrl: string;
  /** Names the line in the log, for whoever reports it. */
  readonly reference?: string | undefined;
}

/** What went wrong, in a person's words, and what they can do. Nothing of the inside is on it. */
export function faultPage(c: SiteContext, { kind, siteUrl, reference }: FaultPageParts): Page {
  const words = wordsOf(c.get('language'));
  const [title, body] = words.faults[kind];
  return {
    title,
    main: html`<div class="narrow">
      <h1>${title}</h1>
      <p class="lead">${body}</p>
      ${reference ? html`<p class="muted">${words.reference} <code>${reference}</code></p>` : nothing}
      <p class="actions">${action()}</p>
    </div>`,
  };

  function action(): Markup {
    if (LOGIN_HELPS.has(kind)) return html`<a class="button primary" href="${siteUrl}/login">${words.nav.login}</a>`;
    if (DELETE_AGAIN.has(kind)) return html`<a class="button primary" href="/account/delete">${words.tryAgain}</a>`;
    return html`<a class="button primary" href="/">${words.back}</a>`;
  }
}
