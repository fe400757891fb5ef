import { money } from '@moddy/runtime/money';
import { html } from 'hono/html';
import { type Button, isUrgent, type Standing } from '../../billing/standing.ts';
import type { Account } from '../account/find-standing.ts';
import type { Texts } from '../language/en.ts';
import { day } from './format.ts';
import { accountForm, type Markup, nothing } from './layout.ts';

/** The state in one sentence. */
export const standingSentence = ({ state, at, amount }: Standing, { code, standing }: Texts): string =>
  standing.sentence[state]({
    at: at === null ? undefined : day(at, code),
    amount: amount === null ? undefined : money(amount, code),
  });

/** A note about the user's state; empty for an active subscription, whose facts stand beside it. */
export function standingNote(standing: Standing, texts: Texts): Markup {
  const { state } = standing;
  if (state === 'active') return nothing;
  const sentence = standingSentence(standing, texts);
  if (state === 'none') return html`<p>${sentence}</p>`;
  return html`<p class="note ${isUrgent(standing) ? 'warning' : ''}">${sentence}</p>`;
}

/** The one thing to do. */
export function standingButton({ button, discordId }: Account, { standing }: Texts): Markup {
  const text = standing.button[button];
  if (button === 'plans') return html`<a class="button primary" href="/">${text}</a>`;
  return accountForm(ACTIONS[button], discordId, html`<button class="primary">${text}</button>`);
}

const ACTIONS: Readonly<Record<Exclude<Button, 'plans'>, string>> = {
  manage: '/portal',
  keep: '/portal',
  pay: '/pay',
  confirm: '/pay',
  finish: '/pay',
  resume: '/resume',
};
