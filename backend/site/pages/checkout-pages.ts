import { html } from 'hono/html';
import { isUrgent } from '../../billing/standing.ts';
import type { Account } from '../account/find-standing.ts';
import type { Offer, Price } from '../catalogue.ts';
import type { Visitor } from '../context.ts';
import type { Texts } from '../language/en.ts';
import type { JoinOutcome } from '../login/join.ts';
import { planName, priceText } from './format.ts';
import { accountForm, fact, maybe, nothing, type Page, statementPage } from './layout.ts';
import { standingButton, standingNote, standingSentence } from './standing-parts.ts';

/** Then the page stops polling by itself: a minute. */
export const MAX_POLLS = 30;
const POLL_AGAIN_SECONDS = 2;
const refreshTo = (url: string | undefined) => (url === undefined ? undefined : { seconds: POLL_AGAIN_SECONDS, url });

export interface Choice {
  readonly offer: Offer;
  readonly price: Price;
  readonly visitor: Visitor | undefined;
  readonly account: Account | undefined;
  /** Before the first payment; undefined for a user who has had a subscription. */
  readonly trialDays: number | undefined;
  /** Sent with the form: sending the same page twice opens one Checkout. */
  readonly attempt: string;
  readonly siteUrl: string;
}

/** The page before the payment: the plan, its price, and the user who gets it. */
export function subscribePage(texts: Texts, choice: Choice): Page {
  const { offer, price, visitor, account, trialDays, attempt, siteUrl } = choice;
  const { subscribe } = texts;
  // Nothing of theirs goes on: the plan they have was given to them.
  const granted = account?.state === 'granted' ? account : undefined;
  return {
    title: subscribe.title,
    main: html`<div class="narrow">
      <h1>${subscribe.title}</h1>
      <p class="lead">${subscribe.lead}</p>
      ${maybe(granted, (given) => html`<p class="note">${subscribe.granted(planName(given.plan ?? ''))} ${standingSentence(given, texts)}</p>`)}
      <div class="card">
        <dl class="facts">
          ${fact(subscribe.plan, offer.words[texts.code].name)}
          ${maybe(trialDays, (days) => fact(subscribe.trial, subscribe.trialDays(days)))}
          ${fact(trialDays === undefined ? subscribe.price : subscribe.priceAfter, priceText(price, texts))}
          ${maybe(visitor, ({ name, discordId }) => fact(subscribe.account, html`${name}<br><small class="muted">${discordId}</small>`))}
        </dl>
        ${maybe(visitor, () => html`<p class="muted">${subscribe.accountNote}</p>`)}
        <p class="muted">${trialDays === undefined ? subscribe.renews : subscribe.renewsAfterTrial}</p>
        ${
          visitor
            ? accountForm(
                '/checkout',
                visitor.discordId,
                html`<input type="hidden" name="price" value="${price.priceId}">
              <input type="hidden" name="attempt" value="${attempt}">
              <button class="primary wide">${subscribe.pay}</button>`,
              )
            : html`<a class="button primary wide" href="${siteUrl}/login?price=${encodeURIComponent(price.priceId)}">${subscribe.login}</a>`
        }
        <p class="muted centred"><small>${visitor ? subscribe.payNote : subscribe.loginNote}</small></p>
      </div>
      <p><a href="/">${texts.back}</a></p>
    </div>`,
  };
}

/** @param nextUrl where the page polls; undefined when it has taken too long. */
export function waitingPage({ waiting }: Texts, nextUrl: string | undefined): Page {
  const isLong = nextUrl === undefined;
  return statementPage({
    title: isLong ? waiting.longTitle : waiting.title,
    refresh: refreshTo(nextUrl),
    picture: isLong ? nothing : html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>`,
    lead: html`<p class="lead" role="status">${isLong ? waiting.long : waiting.lead}</p>`,
    actions: [
      html`<a href="/checkout/success">${waiting.again}</a>`,
      isLong ? nothing : html`<a href="/checkout/success?looks=${MAX_POLLS}">${waiting.stop}</a>`,
    ],
  });
}

export const cancelledPage = ({ cancelled, back }: Texts): Page =>
  statementPage({
    title: cancelled.title,
    lead: cancelled.lead,
    actions: html`<a class="button primary" href="/">${back}</a>`,
  });

/**
 * Shows the current state: the plan, and the progress of its role and its message.
 * @param nextUrl where to poll while something is still on its way; undefined when it has taken too long.
 * @param join how being added to the server ended, and where a user who is not on it joins.
 */
export function successPage(
  texts: Texts,
  account: Account,
  nextUrl: string | undefined,
  join: { readonly outcome: JoinOutcome | undefined; readonly url: string | undefined },
): Page {
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
  const messageText =
    message !== 'rejected' || last?.outcome === 'dm_closed'
      ? success.message[message]
      : `${texts.account.outcome(last?.outcome ?? null)}.`;
  const tick = (done: boolean, text: string) => html`<li class="${done ? 'done' : ''}">${text}</li>`;
  const settled = message !== 'waiting' && role !== 'waiting';
  const joinUrl = role === 'absent' && !urgent ? join.url : undefined;
  return statementPage({
    title: success.title(name),
    refresh: refreshTo(settled ? (joinUrl?.startsWith('/') ? joinUrl : undefined) : nextUrl),
    picture: html`<div class="seal" aria-hidden="true"></div>`,
    lead: urgent ? standingNote(account, texts) : account.state === 'trial' ? success.trialLead : success.lead,
    more: html`
      <div class="card" role="status"><ul class="ticks progress">
        ${tick(true, success.subscription(name))}
        ${tick(role === 'given', success.role[role])}
        ${tick(message === 'sent', messageText)}
      </ul></div>
      ${maybe(joinUrl && join.outcome === 'failed', () => html`<p class="note">${texts.join.failed}</p>`)}`,
    actions: [
      maybe(joinUrl, (url) => html`<a class="button primary" href="${url}">${texts.join.button}</a>`),
      urgent
        ? standingButton(account, texts)
        : html`<a class="button ${joinUrl === undefined ? 'primary' : ''}" href="/account">${success.account}</a>`,
    ],
  });
}

/**
 * Offers to change or fix the existing subscription: a second one would be paid beside it.
 * @param chosen the plan that was to be bought; undefined after a payment.
 * @param nextUrl where the page polls; undefined when nothing is on its way.
 */
export function alreadySubscribedPage(
  texts: Texts,
  account: Account,
  { chosen, nextUrl }: { readonly chosen?: string; readonly nextUrl?: string | undefined },
): Page {
  const { already, standing } = texts;
  const { state, plan } = account;
  const name = planName(plan ?? '');
  const urgent = isUrgent(account);
  const text = plan === chosen || chosen === undefined ? already.same(name) : already.other(name, planName(chosen));
  return statementPage({
    title: urgent ? `${name}${texts.colon} ${standing.badge[state].toLowerCase()}` : already.title,
    refresh: refreshTo(nextUrl),
    lead: urgent ? standingNote(account, texts) : text,
    more: urgent || state === 'active' ? nothing : html`<p class="note">${standingSentence(account, texts)}</p>`,
    actions: html`${standingButton(account, texts)} <a class="button" href="/account">${already.account}</a>`,
  });
}
