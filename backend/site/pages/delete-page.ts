import { html } from 'hono/html';
import type { Account } from '../account/find-standing.ts';
import { textsOf } from '../language/language.ts';
import type { SiteContext } from '../site-app.ts';
import type { Page } from './layout.ts';

/**
 * Says what is lost before anything is.
 * @param foreign what else the visitor pays for in the same Stripe account; undefined while Stripe does not answer.
 */
export function deletePage(
  c: SiteContext,
  { subscribed }: Pick<Account, 'subscribed'>,
  foreign: readonly string[] | undefined,
): Page {
  const texts = textsOf(c.get('language')).delete;
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
        <form method="post" action="/account/delete">
          <label class="confirm"><input type="checkbox" name="confirm" value="yes" required> ${texts.confirm}</label>
          <div class="actions">
            <button class="danger">${texts.submit}</button>
            <a class="button" href="/account">${texts.keep}</a>
          </div>
        </form>
      </div>
    </div>`,
  };
}

export function deletedPage(c: SiteContext): Page {
  const texts = textsOf(c.get('language'));
  return {
    title: texts.delete.doneTitle,
    main: html`<div class="narrow alone">
      <h1>${texts.delete.doneTitle}</h1>
      <p class="lead">${texts.delete.done}</p>
      <p><a href="/">${texts.back}</a></p>
    </div>`,
  };
}
