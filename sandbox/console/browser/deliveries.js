// @ts-check
import { age } from './ages.js';
import { element, part, setText } from './dom.js';
import { keyedList } from './keyed-list.js';
import { select } from './selection.js';

/** @typedef {import('../snapshot.ts').DeliveryView & { waitsFor: string }} Shown */

const list = keyedList(part('deliveries'), (/** @type {Shown} */ { deliveryId }) => String(deliveryId), row);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawDeliveries({ backend: { silence, counts, deliveries }, services }) {
  const isEmpty = deliveries.length === 0;
  setText(
    'deliveries-empty',
    silence ?? (isEmpty ? 'Nothing is owed to anybody. Subscribe a member, and follow it here.' : ''),
  );
  part('deliveries-table').hidden = isEmpty;
  part('deliveries-count').replaceChildren(
    ...Object.entries(counts).map(([state, count]) =>
      element('span', { class: isOpen(state, count) ? `count ${state} some` : `count ${state}` }, `${count} ${state}`),
    ),
  );
  const isBotUp = services.some(({ service, state }) => service === 'bot' && state === 'up');
  list(deliveries.map((each) => ({ ...each, waitsFor: !isBotUp && each.state === 'waiting' ? 'the bot' : '' })));
}

/**
 * What somebody should look at, or wait for.
 * @param {string} state
 * @param {number} count
 */
const isOpen = (state, count) => state !== 'done' && count > 0;

/** @param {Shown} delivery */
function row({ discordId, who, kind, what, state, attempts, createdAt, verdict, waitsFor }) {
  const name = element('button', { type: 'button', class: 'plain-link', 'data-focus': 'who' }, who);
  name.addEventListener('click', () => select(discordId));
  const text = waitsFor === '' ? verdict : `waits for ${waitsFor}`;
  return element(
    'tr',
    { 'data-state': state },
    element('th', { scope: 'row' }, name),
    element(
      'td',
      { class: 'what' },
      element('span', { class: 'kind' }, kind === 'notify' ? 'DM' : 'Roles'),
      element('span', { title: what }, what),
    ),
    element('td', {}, element('span', { class: `state ${state}` }, state)),
    element('td', { class: 'number' }, String(attempts)),
    element('td', { class: 'verdict', title: text }, text),
    element('td', { class: 'number' }, age(createdAt)),
  );
}
