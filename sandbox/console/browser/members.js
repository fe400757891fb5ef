// @ts-check
import { act } from './act.js';
import { element, part, setText } from './dom.js';
import { keyedList } from './keyed-list.js';
import { offerButton } from './offers.js';
import { select } from './selection.js';

/** @typedef {import('../snapshot.ts').MemberView & { isSelected: boolean }} Shown */

const list = keyedList(part('members'), (/** @type {Shown} */ { discordId }) => discordId, card);

/**
 * @param {import('../snapshot.ts').Snapshot} snapshot
 * @param {string} chosen
 */
export function drawMembers({ members, discord }, chosen) {
  setText('people-empty', discord ? '' : 'The bot is on the real Discord: look for its members there.');
  part('add-member').hidden = !discord;
  part('people-count').textContent = discord
    ? `${members.filter(({ isPresent }) => isPresent).length} on the server`
    : '';
  // What does not show here would draw the card anew for nothing.
  list(members.map((member) => ({ ...member, messages: [], isSelected: member.discordId === chosen })));
}

/** @param {Shown} member */
function card(member) {
  const { discordId, name, username, language, isPresent, isSelected, plan, roles, offers } = member;
  const head = element(
    'button',
    { type: 'button', class: 'who', 'aria-expanded': String(isSelected), 'data-focus': 'who' },
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
    element('p', { class: 'subscription' }, subscriptionOf(member)),
    roles.length > 0 ? element('ul', { class: 'roles', 'aria-label': 'Roles' }, ...roles.map(rolePill)) : undefined,
    isSelected
      ? element(
          'div',
          { class: 'offers', role: 'group', 'aria-label': `What ${name} does` },
          ...offers.map(offerButton),
        )
      : undefined,
  );
}

/** @param {{ name: string, colour: string }} role */
function rolePill({ name, colour }) {
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
  dot.style.setProperty('--role', colour);
  return element('li', { class: 'role' }, dot, name);
}

/** @param {Shown} member */
function subscriptionOf({ subscription, dmsOpen }) {
  const closed = dmsOpen ? '' : ' · DMs closed';
  if (subscription === null) return `No subscription${closed}`;
  const { plan, status, interval, periodEnd, ends } = subscription;
  const until = status === 'canceled' ? 'ended' : ends ? 'ends' : 'renews';
  const state = status === 'active' || status === 'canceled' ? '' : ` · ${status.replace('_', ' ')}`;
  // A payment that is late says nothing yet about the next period.
  const then = status === 'past_due' || periodEnd === null ? '' : ` · ${until} ${day(periodEnd)}`;
  return `${plan}, ${interval}ly${state}${then}${closed}`;
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

/** Lets the form below the list add somebody. */
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
