// @ts-check
import { age } from './ages.js';
import { element, setText } from './dom.js';
import { openingRows } from './rows.js';

/** @typedef {import('../snapshot.ts').EventView} EventView */

const list = openingRows('events', (/** @type {EventView} */ { key, state }) => ({ key, state }), cells);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawEvents({ events, backend: { silence } }) {
  setText('events-empty', events.length > 0 ? '' : (silence ?? 'No events yet.'));
  list(events);
}

/** @param {EventView} event */
function cells({ source, type, more, who, at, state, attempts }) {
  return [
    element('span', { class: `source of-${source}` }, source === 'stripe' ? 'Stripe' : 'Discord'),
    element(
      'span',
      { class: 'type' },
      element('code', {}, type),
      more > 0 ? element('span', { class: 'more' }, `+${more}`) : undefined,
    ),
    element('span', { class: 'about' }, who),
    element('span', { class: `receipt ${state}` }, attempts > 1 ? `${state}, try ${attempts}` : state),
    age(at),
  ];
}
