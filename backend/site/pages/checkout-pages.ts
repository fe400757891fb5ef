import { html } from 'hono/html';
import type { Account } from '../account/find-standing.ts';
import { textsOf } from '../language/language.ts';
import type { JoinOutcome } from '../login/join.ts';
import type { SiteContext } from '../site-app.ts';
import { planName } from './format.ts';
import { nothing, type Page } from './layout.ts';
import { isUrgent, standingButton, standingNote, standingSentence } from './standing-parts.ts';

/** Then the page stops looking by itself: a minute. */
export const MAX_POLLS = 30;
const POLL_AGAIN_SECONDS = 2;
const refreshTo = (url: string | undefined) => (url === undefined ? undefined : { seconds: POLL_AGAIN_SECONDS, url });

/**
 * What is true now: the plan, and how far its role and message have come.
 * @param nextUrl where to poll while something is still on its way; undefined when it has taken too long.
 * @param join how being added to the server ended, and where a user who is not on it joins.
 */
export function successPage(
  c: SiteContext,
  account: Account,
  nextUrl: string | undefined,
  join: { readonly outcome: JoinOutcome | undefined; readonly url: string | undefined },
): Page {
  const texts = textsOf(c.get('language'));
  const { success } = texts;
  const { plan, notices } = account;
  // Added a moment ago: role and message follow.
  const joined = join.outcome === 'done';
  const role = account.role === 'absent' && joined ? 'waiting' : account.role;
  const name = planName(plan ?? '');
  const urgent = isUrgent(account);
  const last = notices.find(({ message }) => message.plan === plan);
  const waits = last?.outcome === 'waiting';
  const message =
    last === undefined || (waits && joined) ? 'waiting' : last.sent ? 'sent' : waits ? 'absent' : 'rejected';
  const tick = (done: boolean, text: string) => html`<li class="${done ? 'done' : ''}">${text}</li>`;
  const settled = message !== 'waiting' && role !== 'waiting';
  const joinUrl = role === 'absent' && !urgent ? join.url : undefined;
  return {
    title: success.title(name),
    refresh: settled ? refreshTo(joinUrl?.startsWith('/') ? joinUrl : undefined) : refreshTo(nextUrl),
    main: html`<div class="narrow alone">
      <div class="seal" aria-hidden="true"></div>
      <h1>${success.title(name)}</h1>
      ${urgent ? standingNote(account, texts) : html`<p class="lead">${account.state === 'trial' ? success.trialLead : success.lead}</p>`}
      <div class="card" role="status"><ul class="ticks progress">
        ${tick(true, success.subscription(name))}
        ${tick(role === 'given', success.role[role])}
        ${tick(message === 'sent', success.message[message])}
      </ul></div>
      ${joinUrl !== undefined && join.outcome === 'failed' ? html`<p class="note">${texts.join.failed}</p>` : nothing}
      <div class="actions">
        ${joinUrl === undefined ? nothing : html`<a class="button primary" href="${joinUrl}">${texts.join.button}</a>`}
        ${urgent ? standingButton(account.button, texts) : html`<a class="button ${joinUrl === undefined ? 'primary' : ''}" href="/account">${success.account}</a>`}
      </div>
    </div>`,
  };
}

/** @param nextUrl where the page polls; undefined when it has taken too long. */
export function waitingPage(c: SiteContext, nextUrl: string | undefined): Page {
  const { waiting } = textsOf(c.get('language'));
  const long = nextUrl === undefined;
  return {
    title: long ? waiting.longTitle : waiting.title,
    refresh: refreshTo(nextUrl),
    main: html`<div class="narrow alone">
      ${long ? nothing : html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>`}
      <h1>${long ? waiting.longTitle : waiting.title}</h1>
      <p class="lead" role="status">${long ? waiting.long : waiting.lead}</p>
      <p class="actions">
        <a href="/checkout/success">${waiting.again}</a>
        ${long ? nothing : html`<a href="/checkout/success?looks=${MAX_POLLS}">${waiting.stop}</a>`}
      </p>
    </div>`,
  };
}

export function cancelledPage(c: SiteContext): Page {
  const { cancelled, back } = textsOf(c.get('language'));
  return {
    title: cancelled.title,
    main: html`<div class="narrow alone">
      <h1>${cancelled.title}</h1>
      <p class="lead">${cancelled.lead}</p>
      <p class="actions"><a class="button primary" href="/">${back}</a></p>
    </div>`,
  };
}

/**
 * A second subscription would be paid beside the first: it is changed, or what it needs is done.
 * @param chosen the plan that was to be bought; undefined after a payment.
 * @param nextUrl where the page polls; undefined when nothing is on its way.
 */
export function alreadySubscribedPage(
  c: SiteContext,
  account: Account,
  { chosen, nextUrl }: { readonly chosen?: string; readonly nextUrl?: string | undefined },
): Page {
  const texts = textsOf(c.get('language'));
  const { already, standing } = texts;
  const { state, plan, button } = account;
  const has = plan ?? '';
  const urgent = isUrgent(account);
  const title = urgent ? `${planName(has)}${texts.colon} ${standing.badge[state].toLowerCase()}` : already.title;
  const text =
    has === chosen || chosen === undefined
      ? already.same(planName(has))
      : already.other(planName(has), planName(chosen));
  return {
    title,
    refresh: refreshTo(nextUrl),
    main: html`<div class="narrow alone">
      <h1>${title}</h1>
      ${urgent ? standingNote(account, texts) : html`<p class="lead">${text}</p>`}
      ${urgent || state === 'active' ? nothing : html`<p class="note">${standingSentence(account, texts)}</p>`}
      <div class="actions">
        ${standingButton(button, texts)}
        <a class="button" href="/account">${already.account}</a>
      </div>
    </div>`,
  };
}
