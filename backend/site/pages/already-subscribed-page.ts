import { html } from 'hono/html';
import { wordsOf } from '../language/language.ts';
import type { SiteContext } from '../parts.ts';
import { planName } from './format.ts';
import type { Page } from './layout.ts';

/** A second subscription would be paid beside the first. */
export function alreadySubscribedPage(
  c: SiteContext,
  { has, wanted }: { readonly has: string; readonly wanted: string },
): Page {
  const { already } = wordsOf(c.get('language'));
  const text = has === wanted ? already.same(planName(has)) : already.other(planName(has), planName(wanted));
  return {
    title: already.title,
    main: html`<div class="narrow">
      <h1>${already.title}</h1>
      <p class="lead">${text}</p>
      <div class="actions">
        <form method="post" action="/portal"><button class="primary">${already.manage}</button></form>
        <a class="button" href="/account">${already.account}</a>
      </div>
    </div>`,
  };
}
