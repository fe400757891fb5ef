// @ts-check
import { actionButton } from './act.js';
import { element, part } from './dom.js';
import { keyedList } from './keyed-list.js';

/** @typedef {import('../snapshot.ts').ServiceView} ServiceView */

const list = keyedList(part('services'), (/** @type {ServiceView} */ { service }) => service, chip);
const links = keyedList(part('links'), (/** @type {{ url: string, label: string }} */ { url }) => url, link);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawServices({ services, links: elsewhere }) {
  list(services);
  links(elsewhere);
}

/** @param {ServiceView} view */
function chip({ service, name, state, detail, buttons }) {
  return element(
    'li',
    { class: 'service', 'data-service': service, 'data-state': state },
    element('span', { class: 'lamp', 'aria-hidden': 'true' }),
    element(
      'span',
      { class: 'says' },
      element('strong', {}, name),
      element('span', { class: 'detail', title: detail }, detail),
    ),
    // Beside the name of its service, a button is one word: Start, Stop, Slow, Outage.
    ...buttons.map((button) => actionButton(button, wordOf(button.label))),
  );
}

/** @param {string} label `Start the bot`, `Discord outage` */
function wordOf(label) {
  const word = label.split(' ').find((each) => /^(start|stop|slow|outage)$/i.test(each)) ?? label;
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** @param {{ label: string, url: string }} where */
function link({ label, url }) {
  return element('li', {}, element('a', { href: url, target: '_blank', rel: 'noreferrer' }, label));
}
