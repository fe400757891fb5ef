import { money } from '@moddy/runtime/money';
import { html } from 'hono/html';
import type { Offer, Price } from '../catalogue.ts';
import type { Texts } from '../language/en.ts';
import { savedPercent } from './format.ts';
import { ICON, type Markup, maybe, type Page } from './layout.ts';

/**
 * @param offers undefined when Stripe could not be asked.
 * @param has the plan the visitor has.
 */
export function plansPage(texts: Texts, offers: readonly Offer[] | undefined, has: string | null | undefined): Page {
  const { plans } = texts;
  const highest = offers !== undefined && offers.length > 1 ? offers.at(-1) : undefined;
  const missing = offers === undefined ? plans.unavailable : offers.length === 0 ? plans.none : undefined;
  const cards = offers?.map((offer) => card(offer, texts, { highest: offer === highest, own: offer.plan === has }));
  return {
    title: plans.title,
    main: html`
      <div class="hero">
        <div>
          <h1>${plans.headline}</h1>
          <p class="lead">${plans.lead}</p>
        </div>
        ${example(offers?.at(-1)?.words[texts.code].name ?? texts.siteName, texts)}
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

/** A picture of the message and the role on Discord; screen readers skip it, as the text says the same. */
const example = (plan: string, { siteName, plans: { example: text } }: Texts): Markup =>
  html`<div class="chat" aria-hidden="true">
    <img src="${ICON.path}" alt="" width="44" height="44">
    <div>
      <p><b>${siteName}</b> <span class="app">APP</span> <small class="muted">${text.today}</small></p>
      <div class="embed"><b>${text.title(plan)}</b><p>${text.text(plan)}</p></div>
      <p class="role"><small class="muted">${text.role}</small> <span><i></i>${plan}</span></p>
    </div>
  </div>`;

function card(offer: Offer, texts: Texts, { highest, own }: { highest: boolean; own: boolean }): Markup {
  const { plans } = texts;
  const { prices, words } = offer;
  const { name, description, features } = words[texts.code];
  const badge = own ? plans.yours : highest && plans.highest;
  const isChosen = !own && prices.length > 1;
  return html`<form class="card plan ${highest ? 'highest' : ''}" method="get" action="/subscribe">
    <div class="plan-head">
      <h3>${name}</h3>
      ${maybe(badge, () => html`<span class="badge">${badge}</span>`)}
    </div>
    ${maybe(description, () => html`<p class="muted">${description}</p>`)}
    <fieldset>
      <legend class="hidden">${plans.billing(name)}</legend>
      ${prices.map((price) => priceLabel(price, offer, isChosen, texts))}
    </fieldset>
    ${maybe(features.length > 0, () => html`<ul class="ticks">${features.map((feature) => html`<li>${feature}</li>`)}</ul>`)}
    ${
      own
        ? html`<a class="button" href="/account">${plans.manage}</a>`
        : html`<button class="${highest ? 'primary' : ''}">${plans.choose(name)}</button>`
    }
  </form>`;
}

/** @param isChosen there are several to choose from. */
function priceLabel(price: Price, { prices }: Offer, isChosen: boolean, { code, plans }: Texts): Markup {
  return html`<label class="price ${isChosen ? '' : 'single'}">
    <input type="${isChosen ? 'radio' : 'hidden'}" name="price" value="${price.priceId}" ${isChosen && price === prices[0] ? 'checked' : ''}>
    <span><b>${money(price, code)}</b> <span class="muted">${plans.per(price.interval, price.intervalCount)}</span></span>
    ${maybe(savedPercent(price, prices), (percent) => html`<span class="saving">${plans.saves(percent)}</span>`)}
  </label>`;
}
