// @ts-check
import { act, actionButton } from './act.js';
import { element, part, setText } from './dom.js';
import { keyedList } from './keyed-list.js';
import { select } from './selection.js';

/** @typedef {import('../snapshot.ts').MemberView & { isSelected: boolean, isStripeLocal: boolean }} Shown */
/** @typedef {import('../snapshot.ts').ActionButton} ActionButton */

const list = keyedList(part('members'), (/** @type {Shown} */ { discordId }) => discordId, card);
const offers = keyedList(
  part('offers'),
  (/** @type {ActionButton} */ { label }) => label,
  (button) => actionButton(button),
);

/**
 * @param {import('../snapshot.ts').Snapshot} snapshot
 * @param {string} chosen
 */
export function drawMembers({ members, isDiscordLocal, isStripeLocal }, chosen) {
  setText('people-empty', isDiscordLocal ? '' : 'The bot is on the real Discord: its members are there.');
  part('add-member').hidden = !isDiscordLocal;
  part('people-count').textContent = isDiscordLocal
    ? `${members.filter(({ isPresent }) => isPresent).length} on the server`
    : '';
  // Left out: a change of them would redraw a card that does not show them.
  list(
    members.map((member) => ({
      ...member,
      messages: [],
      offers: [],
      isSelected: member.discordId === chosen,
      isStripeLocal,
    })),
  );
  const member = members.find(({ discordId }) => discordId === chosen);
  part('offers').hidden = member === undefined;
  part('offers').setAttribute('aria-label', `What ${member?.name} does`);
  offers(member?.offers ?? [], chosen);
}

/** @param {Shown} member */
function card(member) {
  const { discordId, name, username, language, isPresent, isSelected, plan, roles } = member;
  const head = element(
    'button',
    { type: 'button', class: 'who', 'aria-pressed': String(isSelected), 'data-focus': 'who' },
    element('span', { class: 'avatar', 'aria-hidden': 'true' }, name.slice(0, 1).toUpperCase()),
    element(
      'span',
      { class: 'names' },
      element('span', { class: 'name' }, name),
      element(
        'span',
        { class: 'handle' },
        isPresent ? `@${username} · ${language}` : `@${username} · not on the server`,
      ),
    ),
    plan === null
      ? undefined
      : element('span', { class: plan === 'free' ? 'plan none' : 'plan' }, plan.replace(/^moddy_/, '')),
  );
  head.addEventListener('click', () => select(discordId));
  return element(
    'li',
    { class: isSelected ? 'member selected' : 'member', 'data-discord-id': discordId },
    head,
    element('p', { class: 'subscription' }, entitlementOf(member)),
    element('ul', { class: 'roles', 'aria-label': `Roles of ${name}` }, ...roles.map(rolePill)),
  );
}

/** @param {{ name: string, colour: string }} role */
function rolePill({ name, colour }) {
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
  dot.style.setProperty('--role', colour);
  return element('li', { class: 'role' }, dot, name);
}

/** @param {Shown} member */
function entitlementOf({ subscription, grantedUntil, dmsOpen, isStripeLocal }) {
  const none = isStripeLocal ? 'No subscription' : 'Subscriptions are at the real Stripe';
  // The grant first: the card has one line, whose end may be cut off.
  const granted = grantedUntil === null ? [] : [`Granted until ${day(grantedUntil)}`];
  const paid = subscription === null ? (grantedUntil === null ? [none] : []) : [subscriptionOf(subscription)];
  return [...granted, ...paid, ...(dmsOpen ? [] : ['DMs closed'])].join(' · ');
}

/** @param {import('../snapshot.ts').SubscriptionView} subscription */
function subscriptionOf({ plan, status, interval, periodEnd, ends }) {
  const until = status === 'canceled' ? 'ended' : ends ? 'ends' : 'renews';
  const state = status === 'active' || status === 'canceled' ? '' : ` · ${status.replace('_', ' ')}`;
  // A payment that is late says nothing yet about the next period.
  const then = status === 'past_due' || periodEnd === null ? '' : ` · ${until} ${day(periodEnd)}`;
  return `${plan.replace(/^Moddy /, '')}, ${interval}ly${state}${then}`;
}

/** @param {string} at */
function day(at) {
  const isThisYear = new Date(at).getFullYear() === new Date().getFullYear();
  return new Date(at).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}

/** Lets the form below the list add a member. */
export function listenToForm() {
  const form = part('add-member');
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const added = await act('add-member', { name: given.get('name'), language: given.get('language') });
    if (typeof added?.discordId !== 'string') return;
    select(added.discordId);
    form.reset();
  });
}
