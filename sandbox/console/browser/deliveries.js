// @ts-check
import { age } from './ages.js';
import { element, part, setText } from './dom.js';
import { openingRows } from './rows.js';

/** @typedef {import('../snapshot.ts').DeliveryView & { waitsFor: string }} Shown */

const list = openingRows(
  'deliveries',
  (/** @type {Shown} */ { deliveryId, discordId, state }) => ({ key: String(deliveryId), discordId, state }),
  cells,
);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawDeliveries({ backend: { silence, counts, deliveries }, services }) {
  setText('deliveries-empty', silence ?? (deliveries.length > 0 ? '' : 'No deliveries yet.'));
  part('deliveries-head').hidden = deliveries.length === 0;
  part('deliveries-count').replaceChildren(
    ...Object.entries(silence === null ? counts : {}).map(([state, count]) =>
      element('span', { class: isOpen(state, count) ? `count ${state} some` : `count ${state}` }, `${count} ${state}`),
    ),
  );
  const isBotUp = services.some(({ service, state }) => service === 'bot' && state === 'up');
  list(deliveries.map((each) => ({ ...each, waitsFor: !isBotUp && each.state === 'pending' ? 'the bot' : '' })));
}

/**
 * A count that is not final, or that needs attention.
 * @param {string} state
 * @param {number} count
 */
const isOpen = (state, count) => state !== 'done' && count > 0;

/** @param {Shown} delivery */
function cells({ who, kind, what, state, attempts, createdAt, verdict, waitsFor }) {
  const text = waitsFor === '' ? verdict : `waits for ${waitsFor}`;
  return [
    element('span', { class: 'who-for' }, who),
    element('span', { class: 'kind' }, kind === 'notify' ? 'DM' : 'Roles'),
    element('span', { class: 'what', title: what }, what),
    element('span', { class: `state ${state}` }, state),
    element('span', { class: 'number tries' }, String(attempts)),
    element('span', { class: 'verdict', title: text }, text),
    age(createdAt),
  ];
}
