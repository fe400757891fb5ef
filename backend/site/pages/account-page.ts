import { html } from 'hono/html';
import type { SentNotice, Standing } from '../account/find-standing.ts';
import type { Texts } from '../language/en.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext, Visitor } from '../site-app.ts';
import { day, moment, planName } from './format.ts';
import { type Markup, nothing, type Page } from './layout.ts';

export interface AccountPageDeps {
  readonly visitor: Visitor;
  readonly standing: Standing;
  /** Just back from Stripe, whose event may still be on its way. */
  readonly fromPortal: boolean;
}

export function accountPage(c: SiteContext, { visitor, standing, fromPortal }: AccountPageDeps): Page {
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
          <p class="muted ids"><span>${account.discordId} ${standing.discordId}</span> <span>${account.email} ${standing.email ?? account.noEmail}</span></p>
        </div>
      </section>
      ${
        fromPortal
          ? html`<p class="note" role="status">${account.fromPortal} <a href="/account">${account.reload}</a></p>`
          : nothing
      }
      <section class="card" aria-labelledby="subscription">
        <h2 id="subscription">${account.subscription}</h2>
        ${subscriptionPart(standing, texts)}
      </section>
      <section class="card" aria-labelledby="messages">
        <h2 id="messages">${account.messages}</h2>
        ${
          standing.notices.length === 0
            ? html`<p class="muted">${account.noMessages}</p>`
            : html`<ol class="told">${standing.notices.map((each) => noticeItem(each, texts))}</ol>`
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

function subscriptionPart({ subscription, subscribed, plan, paymentLate, role, hasCustomer }: Standing, texts: Texts) {
  const { account, code } = texts;
  const end = subscription?.currentPeriodEnd;
  const endLabel = !subscribed ? account.ended : subscription?.cancelAtPeriodEnd ? account.ends : account.renews;
  const shownPlan = subscribed ? plan : subscription?.plan;
  return html`
    ${paymentLate ? html`<p class="note warning">${account.late}</p>` : nothing}
    ${subscribed ? nothing : html`<p>${account.none}</p>`}
    ${
      subscription
        ? html`<dl class="facts">
          ${fact(account.plan, shownPlan ? html`<b>${planName(shownPlan)}</b>` : '–')}
          ${fact(account.statusLabel, html`<span class="badge ${subscription.status}">${account.status(subscription.status)}</span>`)}
          ${fact(account.billing, account.interval(subscription.interval))}
          ${end ? fact(endLabel, html`<time datetime="${end.toISOString()}">${day(end, code)}</time>`) : nothing}
          ${subscribed ? fact(account.role, account.roleShort[role]) : nothing}
        </dl>`
        : nothing
    }
    <div class="actions">
      ${subscribed ? nothing : html`<a class="button primary" href="/">${account.see}</a>`}
      ${
        hasCustomer
          ? html`<form method="post" action="/portal"><button class="${subscribed ? 'primary' : ''}">${account.manage}</button></form>`
          : nothing
      }
    </div>
    ${hasCustomer ? html`<p class="muted"><small>${account.manageNote}</small></p>` : nothing}`;
}

const fact = (name: string, value: Markup | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function noticeItem({ message, at, sent, outcome }: SentNotice, { account, code }: Texts): Markup {
  return html`<li class="${sent ? 'done' : ''}">
    <p>${account.notices(message.action, message.change, planName(message.plan))}</p>
    <p class="muted"><small><time datetime="${at.toISOString()}">${moment(at, code)}</time> · ${account.outcome(outcome)}</small></p>
  </li>`;
}
