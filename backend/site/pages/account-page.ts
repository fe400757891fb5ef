import { money } from '@moddy/runtime/money';
import { html } from 'hono/html';
import { isUrgent, type State } from '../../billing/standing.ts';
import type { Account, SentNotice } from '../account/find-standing.ts';
import type { Visitor } from '../context.ts';
import type { Texts } from '../language/en.ts';
import { day, moment, planName } from './format.ts';
import { accountForm, fact, type Markup, maybe, nothing, type Page, statementPage } from './layout.ts';
import { standingButton, standingNote } from './standing-parts.ts';

export interface AccountPageDeps {
  readonly visitor: Visitor;
  readonly account: Account;
  /** Just back from Stripe, whose event may still be on its way. */
  readonly fromPortal: boolean;
  /** The link by which a user joins the server. */
  readonly joinUrl: string | undefined;
  /** The result of the last action: a sentence of `account.done`. */
  readonly done: keyof Texts['account']['done'] | undefined;
}

export function accountPage(texts: Texts, { visitor, account: own, fromPortal, joinUrl, done }: AccountPageDeps): Page {
  const { account } = texts;
  const card = (name: string, title: string, content: Markup) =>
    html`<section class="card" aria-labelledby="${name}"><h2 id="${name}">${title}</h2>${content}</section>`;
  const status = (content: Markup | string) => html`<p class="note" role="status">${content}</p>`;
  return {
    title: account.title,
    main: html`<div class="account">
      <h1 class="hidden">${account.title}</h1>
      <section class="who" aria-label="${account.title}">
        <span class="face" aria-hidden="true">${Array.from(visitor.name)[0] ?? '?'}</span>
        <div>
          <p class="name">${visitor.name}</p>
          <p class="muted ids"><span>${account.discordId} ${own.discordId}</span> <span>${account.email} ${own.email ?? account.noEmail}</span></p>
        </div>
      </section>
      ${maybe(fromPortal, () => status(html`${account.fromPortal} <a href="/account">${account.reload}</a>`))}
      ${maybe(done, (happened) => status(account.done[happened]))}
      ${card('subscription', account.subscription, subscriptionPart(own, joinUrl, texts))}
      ${card(
        'messages',
        account.messages,
        own.notices.length === 0
          ? html`<p class="muted">${account.noMessages}</p>`
          : html`<ol class="told">${own.notices.map((each) => noticeItem(each, texts))}</ol>`,
      )}
      ${card(
        'privacy',
        account.privacy,
        html`<p class="muted">${account.privacyNote}</p>
        <p class="actions">
          <a class="button" href="/account/export" download>${account.export}</a>
          <a class="button danger" href="/account/delete">${account.delete}</a>
        </p>`,
      )}
    </div>`,
  };
}

/** States whose date is a fact of its own; the sentence of the others has it. */
const isDated = (state: State): state is keyof Texts['account']['date'] =>
  state === 'active' || state === 'trial' || state === 'ending' || state === 'ended';

function subscriptionPart(own: Account, joinUrl: string | undefined, texts: Texts): Markup {
  const { account, standing, code } = texts;
  const { discordId, state, plan, at, amount, subscription, others, subscribed, hasCustomer, button, role } = own;
  const { interval, intervalCount } = subscription ?? {};
  // While something is due, the amount is that, not the price.
  const price = (isDated(state) || state === 'collection_paused') && amount ? `${money(amount, code)} · ` : '';
  const billing = interval && state !== 'ended' && `${price}${account.interval(interval, intervalCount ?? 1)}`;
  const date =
    isDated(state) && at
      ? fact(account.date[state], html`<time datetime="${at.toISOString()}">${day(at, code)}</time>`)
      : nothing;
  const roleText =
    role === 'absent' && joinUrl !== undefined
      ? html`<a href="${joinUrl}">${texts.join.button}</a>`
      : account.roleShort[role];
  const facts = (name: string) => html`<dl class="facts">
    ${fact(account.plan, html`<b>${planName(name)}</b>`)}
    ${fact(account.statusLabel, html`<span class="badge ${state} ${isUrgent(own) ? 'warning' : ''}">${standing.badge[state]}</span>`)}
    ${maybe(billing, (text) => fact(account.billing, text))}
    ${date}
    ${maybe(subscribed, () => fact(account.role, roleText))}
  </dl>`;
  // The Portal beside the one button: for the card, invoices, and to cancel.
  const portal = () =>
    button === 'manage' || button === 'keep'
      ? html`<p class="muted"><small>${account.manageNote}</small></p>`
      : accountForm('/portal', discordId, html`<button class="link">${account.portal}</button>`);
  const second = others.map((other) => {
    const content = html`<input type="hidden" name="subscription" value="${other.subscriptionId}">
      <p class="note warning">${account.second(planName(other.plan ?? ''))}</p>
      <button class="link">${account.manageSecond}</button>`;
    return accountForm('/portal', discordId, content);
  });
  return html`
    ${standingNote(own, texts)}
    ${maybe(plan, facts)}
    <div class="actions">${standingButton(own, texts)}</div>
    ${maybe(hasCustomer, portal)}
    ${second}
    ${accountForm('/account/check', discordId, html`<button class="link">${account.check}</button>`)}`;
}

function noticeItem({ message, at, sent, outcome }: SentNotice, { account, code }: Texts): Markup {
  const text = account.notices[message.change ?? ''] ?? account.notices[message.action] ?? account.otherNotice;
  return html`<li class="${sent ? 'done' : ''}">
    <p>${text(planName(message.plan))}</p>
    <p class="muted"><small><time datetime="${at.toISOString()}">${moment(at, code)}</time> · ${account.outcome(outcome)}</small></p>
  </li>`;
}

/**
 * Lists the losses before the user confirms the deletion.
 * @param foreign other products that the visitor pays for in the same Stripe account; undefined if Stripe does not answer.
 */
export function deletePage(
  { delete: texts }: Texts,
  { subscribed, discordId }: Account,
  foreign: readonly string[] | undefined,
): Page {
  const consequences = [
    ...(subscribed ? texts.consequences : texts.consequencesFree),
    ...(foreign === undefined ? [texts.foreignUnknown] : foreign.map(texts.foreign)),
  ];
  return {
    title: texts.title,
    main: html`<div class="narrow">
      <h1>${texts.title}</h1>
      <p class="lead">${texts.lead}</p>
      <div class="card">
        <ul class="plain">${consequences.map((text) => html`<li>${text}</li>`)}</ul>
        ${accountForm(
          '/account/delete',
          discordId,
          html`<label class="confirm"><input type="checkbox" name="confirm" value="yes" required> ${texts.confirm}</label>
          <div class="actions">
            <button class="danger">${texts.submit}</button>
            <a class="button" href="/account">${texts.keep}</a>
          </div>`,
        )}
      </div>
    </div>`,
  };
}

export const deletedPage = ({ delete: texts, back }: Texts): Page =>
  statementPage({ title: texts.doneTitle, lead: texts.done, actions: html`<a href="/">${back}</a>` });
