// @ts-check
import { age } from './ages.js';
import { element, part, setText } from './dom.js';
import { keyedList } from './keyed-list.js';

/** @typedef {import('../snapshot.ts').EventView} EventView */

const list = keyedList(part('events'), (/** @type {EventView} */ { key }) => key, row);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawEvents({ events }) {
  setText('events-empty', events.length > 0 ? '' : 'Nothing has happened yet. Let a member join, leave or subscribe.');
  list(events);
}

/** @param {EventView} event */
function row({ source, type, more, who, at, state, attempts }) {
  return element(
    'li',
    { class: 'event' },
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
  );
}
