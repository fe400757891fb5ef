import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { isUnavailable } from '../../database/unavailable.ts';
import type { SiteContext, SiteDeps } from '../context.ts';
import { FAULTS, type Fault, type FaultKind, isStripeDown, SiteFault } from '../faults.ts';
import { maybe, show, statementPage } from './layout.ts';

/** Shows the fault in the visitor's language, and the next step. The page contains no internal detail. */
export function showFault(c: SiteContext, deps: SiteDeps, error: Error): Promise<Response> {
  const { site, log } = deps;
  const { texts } = c.var;
  const kind = kindOf(error);
  // Names the line in the log, for the visitor who reports it.
  const reference = kind === 'broken' ? randomUUID().slice(0, 8) : undefined;
  if (kind === 'broken' || kind === 'stripe_down') {
    log[kind === 'broken' ? 'error' : 'warn']('a page failed', { path: c.req.path, requestId: reference, error });
  }
  const { status, action = 'plans', isOurs }: Fault = FAULTS[kind];
  if (status === 503 || status === 429) c.header('Retry-After', '60');
  const [title, lead] = texts.faults[kind];
  const { price } = c.var;
  const plans = ['/', texts.back] as const;
  const [url, label] = {
    plans,
    login: [`${site.url}/login${price ? `?price=${encodeURIComponent(price)}` : ''}`, texts.nav.login],
    confirm: ['/account/delete', texts.tryAgain],
    account: ['/account', texts.already.account],
    // The same page; a form has to be opened again.
    again: c.req.method === 'GET' ? [`?${new URL(c.req.url).searchParams}`, texts.tryAgain] : plans,
  }[action];
  const page = statementPage({
    title,
    lead,
    more: maybe(reference, () => html`<p class="muted">${texts.reference} <code>${reference}</code></p>`),
    actions: html`<a class="button primary" href="${url}">${label}</a>
      ${maybe(isOurs && site.supportUrl, (to) => html`<a class="button" href="${to}">${texts.writeToSupport}</a>`)}`,
  });
  return show(c, deps, page, status);
}

function kindOf(error: Error): FaultKind {
  if (error instanceof SiteFault) return error.kind;
  if (error instanceof HTTPException && error.status === 403) return 'cross_site';
  if (isStripeDown(error)) return 'stripe_down';
  return isUnavailable(error) ? 'unavailable' : 'broken';
}
