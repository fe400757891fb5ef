import { money } from '@moddy/runtime/money';
import { html } from 'hono/html';
import type { Offer, Price } from '../catalogue.ts';
import type { Texts } from '../language/en.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext } from '../site-app.ts';
import { savedPercent } from './format.ts';
import { type Markup, nothing, type Page } from './layout.ts';

export interface PlansPageDeps {
  /** Undefined when Stripe could not be asked. */
  readonly offers: readonly Offer[] | undefined;
  /** The plan the visitor has. */
  readonly has: string | undefined;
  readonly icon: string;
}

export function plansPage(c: SiteContext, { offers, has, icon }: PlansPageDeps): Page {
  const texts = textsOf(c.get('language'));
  const { plans } = texts;
  const highest = offers !== undefined && offers.length > 1 ? offers.at(-1) : undefined;
  const cards = (offers ?? []).map((offer) =>
    card(offer, texts, { highest: offer === highest, own: offer.plan === has }),
  );
  const missing = offers === undefined ? plans.unavailable : offers.length === 0 ? plans.none : undefined;
  return {
    title: plans.title,
    main: html`
      <div class="hero">
        <div>
          <h1>${plans.headline}</h1>
          <p class="lead">${plans.lead}</p>
        </div>
        ${example(offers?.at(-1)?.words[texts.code].name ?? texts.siteName, icon, texts)}
      </div>
      <section aria-labelledby="plans">
        <h2 id="plans" class="hidden">${plans.heading}</h2>
        ${missing ? html`<p class="note" role="status">${missing}</p>` : html`<div class="plans">${cards}</div>`}
      </section>
      <section aria-labelledby="how">
        <h2 id="how" class="centred">${plans.how}</h2>
        <ol class="steps">${plans.steps.map(([title, text]) => html`<li><h3>${title}</h3><p>${text}</p></li>`)}</ol>
      </section>`,
  };
}

/** What will be seen on Discord; a picture, so nothing is read out twice. */
const example = (plan: string, icon: string, { siteName, plans: { example: text } }: Texts): Markup =>
  html`<div class="chat" aria-hidden="true">
    <img src="${icon}" alt="" width="44" height="44">
    <div>
      <p><b>${siteName}</b> <span class="app">APP</span> <small class="muted">${text.today}</small></p>
      <div class="embed"><b>${text.title(plan)}</b><p>${text.text(plan)}</p></div>
      <p class="role"><small class="muted">${text.role}</small> <span><i></i>${plan}</span></p>
    </div>
  </div>`;

function card(offer: Offer, texts: Texts, { highest, own }: { highest: boolean; own: boolean }): Markup {
  const { plans } = texts;
  const { name, description, features } = offer.words[texts.code];
  const badge = own ? plans.yours : highest ? plans.highest : undefined;
  return html`<form class="card plan ${highest ? 'highest' : ''}" method="get" action="/subscribe">
    <div class="plan-head">
      <h3>${name}</h3>
      ${badge ? html`<span class="badge">${badge}</span>` : nothing}
    </div>
    ${description ? html`<p class="muted">${description}</p>` : nothing}
    <fieldset>
      <legend class="hidden">${plans.billing(name)}</legend>
      ${offer.prices.map((price, index) => priceChoice(price, offer.prices, texts, { chosen: index === 0, fixed: own || offer.prices.length === 1 }))}
    </fieldset>
    ${
      features.length > 0
        ? html`<ul class="ticks">${features.map((feature) => html`<li>${feature}</li>`)}</ul>`
        : nothing
    }
    ${
      own
        ? html`<a class="button" href="/account">${plans.manage}</a>`
        : html`<button class="${highest ? 'primary' : ''}">${plans.choose(name)}</button>`
    }
  </form>`;
}

/** `fixed`: there is nothing to choose. */
function priceChoice(
  price: Price,
  prices: readonly Price[],
  { code, plans }: Texts,
  { chosen, fixed }: { readonly chosen: boolean; readonly fixed: boolean },
): Markup {
  const saved = savedPercent(price, prices);
  return html`<label class="price ${fixed ? 'single' : ''}">
    <input type="${fixed ? 'hidden' : 'radio'}" name="price" value="${price.priceId}" ${chosen && !fixed ? 'checked' : ''}>
    <span><b>${money(price, code)}</b> <span class="muted">${plans.per(price.interval, price.intervalCount)}</span></span>
    ${saved === undefined ? nothing : html`<span class="saving">${plans.saves(saved)}</span>`}
  </label>`;
}
