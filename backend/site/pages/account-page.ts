import { money } from '@moddy/runtime/money';
import { html } from 'hono/html';
import type { Button, State } from '../../billing/standing.ts';
import type { Account, SentNotice } from '../account/find-standing.ts';
import type { Texts } from '../language/en.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext, Visitor } from '../site-app.ts';
import { day, moment, planName } from './format.ts';
import { type Markup, nothing, type Page } from './layout.ts';
import { standingButton, standingNote } from './standing-parts.ts';

export interface AccountPageDeps {
  readonly visitor: Visitor;
  readonly account: Account;
  /** Just back from Stripe, whose event may still be on its way. */
  readonly fromPortal: boolean;
  /** Where a user who is not on the server joins. */
  readonly joinUrl: string | undefined;
  /** What happened a moment ago: a sentence of `account.done`. */
  readonly done: keyof Texts['account']['done'] | undefined;
}

export function accountPage(c: SiteContext, deps: AccountPageDeps): Page {
  const { visitor, account: own, fromPortal, done } = deps;
  const texts = textsOf(c.get('language'));
  const { account } = texts;
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
      ${
        fromPortal
          ? html`<p class="note" role="status">${account.fromPortal} <a href="/account">${account.reload}</a></p>`
          : nothing
      }
      ${done ? html`<p class="note" role="status">${account.done[done]}</p>` : nothing}
      <section class="card" aria-labelledby="subscription">
        <h2 id="subscription">${account.subscription}</h2>
        ${subscriptionPart(own, deps.joinUrl, texts)}
      </section>
      <section class="card" aria-labelledby="messages">
        <h2 id="messages">${account.messages}</h2>
        ${
          own.notices.length === 0
            ? html`<p class="muted">${account.noMessages}</p>`
            : html`<ol class="told">${own.notices.map((each) => noticeItem(each, texts))}</ol>`
        }
      </section>
      <section class="card" aria-labelledby="privacy">
        <h2 id="privacy">${account.privacy}</h2>
        <p class="muted">${account.privacyNote}</p>
        <p class="actions">
          <a class="button" href="/account/export" download>${account.export}</a>
          <a class="button danger" href="/account/delete">${account.delete}</a>
        </p>
      </section>
    </div>`,
  };
}

function subscriptionPart(own: Account, joinUrl: string | undefined, texts: Texts) {
  const { account, standing, code } = texts;
  const { state, plan, at, amount, subscription, subscribed, hasCustomer, button, role } = own;
  const { interval, intervalCount } = subscription ?? {};
  // While something is due, the amount is that, not the price.
  const price = DATED.has(state) && amount !== null ? `${money(amount, code)} · ` : '';
  return html`
    ${standingNote(own, texts)}
    ${
      plan === null
        ? nothing
        : html`<dl class="facts">
          ${fact(account.plan, html`<b>${planName(plan)}</b>`)}
          ${fact(account.statusLabel, html`<span class="badge ${state}">${standing.badge[state]}</span>`)}
          ${interval && state !== 'ended' ? fact(account.billing, `${price}${account.interval(interval, intervalCount ?? 1)}`) : nothing}
          ${at && isDated(state) ? fact(account.date[state], html`<time datetime="${at.toISOString()}">${day(at, code)}</time>`) : nothing}
          ${subscribed ? fact(account.role, role === 'absent' && joinUrl !== undefined ? html`<a href="${joinUrl}">${texts.join.button}</a>` : account.roleShort[role]) : nothing}
        </dl>`
    }
    <div class="actions">${standingButton(button, texts)}</div>
    ${hasCustomer ? portalNote(button, texts) : nothing}
    <form method="post" action="/account/check"><button class="link">${account.check}</button></form>`;
}

/** States whose date is a fact of its own; the sentence of the others has it. */
const DATED: ReadonlySet<string> = new Set(['active', 'trial', 'ending', 'ended', 'collection_paused']);
const isDated = (state: State): state is keyof Texts['account']['date'] =>
  state === 'active' || state === 'trial' || state === 'ending' || state === 'ended';

/** The Portal beside the one button: for the card, invoices, and to cancel. */
const portalNote = (button: Button, { account }: Texts): Markup =>
  button === 'manage' || button === 'keep'
    ? html`<p class="muted"><small>${account.manageNote}</small></p>`
    : html`<form method="post" action="/portal"><button class="link">${account.portal}</button></form>`;

const fact = (name: string, value: Markup | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function noticeItem({ message, at, sent, outcome }: SentNotice, { account, code }: Texts): Markup {
  return html`<li class="${sent ? 'done' : ''}">
    <p>${account.notices(message.action, message.change, planName(message.plan))}</p>
    <p class="muted"><small><time datetime="${at.toISOString()}">${moment(at, code)}</time> · ${account.outcome(outcome)}</small></p>
  </li>`;
}
