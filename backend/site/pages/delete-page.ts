import { html } from 'hono/html';
import type { Standing } from '../account/find-standing.ts';
import { wordsOf } from '../language/language.ts';
import type { SiteContext } from '../site-app.ts';
import type { Page } from './layout.ts';

/** Says what is lost before anything is. */
export function deletePage(c: SiteContext, { subscribed }: Standing): Page {
  const words = wordsOf(c.get('language')).delete;
  const consequences = subscribed ? words.consequences : words.consequencesFree;
  return {
    title: words.title,
    main: html`<div class="narrow">
      <h1>${words.title}</h1>
      <p class="lead">${words.lead}</p>
      <div class="card">
        <ul class="plain">${consequences.map((text) => html`<li>${text}</li>`)}</ul>
        <form method="post" action="/account/delete">
          <label class="confirm"><input type="checkbox" name="confirm" value="yes" required> ${words.confirm}</label>
          <div class="actions">
            <button class="danger">${words.submit}</button>
            <a class="button" href="/account">${words.keep}</a>
          </div>
        </form>
      </div>
    </div>`,
  };
}

export function deletedPage(c: SiteContext): Page {
  const words = wordsOf(c.get('language'));
  return {
    title: words.delete.doneTitle,
    main: html`<div class="narrow">
      <h1>${words.delete.doneTitle}</h1>
      <p class="lead">${words.delete.done}</p>
      <p><a href="/">${words.back}</a></p>
    </div>`,
  };
}
