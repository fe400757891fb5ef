import { html } from 'hono/html';
import type { Offer, Price } from '../catalogue.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext, Visitor } from '../site-app.ts';
import { priceText } from './format.ts';
import { nothing, type Page } from './layout.ts';

export interface Choice {
  readonly offer: Offer;
  readonly price: Price;
  readonly visitor: Visitor | undefined;
  /** Before the first payment; undefined for a user who has had a subscription. */
  readonly trialDays: number | undefined;
  /** Sent with the form: sending the same page twice opens one Checkout. */
  readonly attempt: string;
  readonly siteUrl: string;
}

/** What is bought, for how much and for whom, before anything is paid. */
export function subscribePage(c: SiteContext, { offer, price, visitor, trialDays, attempt, siteUrl }: Choice): Page {
  const texts = textsOf(c.get('language'));
  const { subscribe } = texts;
  return {
    title: subscribe.title,
    main: html`<div class="narrow">
      <h1>${subscribe.title}</h1>
      <p class="lead">${subscribe.lead}</p>
      <div class="card">
        <dl class="facts">
          <div><dt>${subscribe.plan}</dt><dd>${offer.words[texts.code].name}</dd></div>
          ${trialDays === undefined ? nothing : html`<div><dt>${subscribe.trial}</dt><dd>${subscribe.trialDays(trialDays)}</dd></div>`}
          <div><dt>${trialDays === undefined ? subscribe.price : subscribe.priceAfter}</dt><dd>${priceText(price, texts)}</dd></div>
          ${
            visitor
              ? html`<div><dt>${subscribe.account}</dt><dd>${visitor.name}<br><small class="muted">${visitor.discordId}</small></dd></div>`
              : nothing
          }
        </dl>
        ${visitor ? html`<p class="muted">${subscribe.accountNote}</p>` : nothing}
        <p class="muted">${subscribe.renews}</p>
        ${
          visitor
            ? html`<form method="post" action="/checkout">
              <input type="hidden" name="price" value="${price.priceId}">
              <input type="hidden" name="attempt" value="${attempt}">
              <button class="primary wide">${subscribe.pay}</button>
            </form>
            <p class="muted centred"><small>${subscribe.payNote}</small></p>`
            : html`<a class="button primary wide" href="${siteUrl}/login?price=${encodeURIComponent(price.priceId)}">${subscribe.login}</a>
            <p class="muted centred"><small>${subscribe.loginNote}</small></p>`
        }
      </div>
      <p><a href="/">${texts.back}</a></p>
    </div>`,
  };
}
