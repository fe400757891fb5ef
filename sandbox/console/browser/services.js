// @ts-check
import { act, onPress } from './act.js';
import { element, part } from './dom.js';
import { keyedList } from './keyed-list.js';

/** @typedef {import('../snapshot.ts').ServiceView} ServiceView */
/** @typedef {{ action: string, label: string, on: boolean }} Fault */

const list = keyedList(part('services'), (/** @type {ServiceView} */ { service }) => service, chip);
const weather = keyedList(part('weather'), (/** @type {Fault} */ { action }) => action, faultSwitch);
const links = keyedList(part('links'), (/** @type {{ url: string, label: string }} */ { url }) => url, link);

/** @param {import('../snapshot.ts').Snapshot} snapshot */
export function drawServices({ services, discord, links: elsewhere }) {
  list(services);
  part('weather').hidden = discord === null;
  weather(
    discord
      ? [
          { action: 'set-slow', label: 'Slow Discord', on: discord.slow },
          { action: 'set-outage', label: 'Discord outage', on: discord.outage },
        ]
      : [],
  );
  links(elsewhere);
}

/** @param {ServiceView} view */
function chip({ service, name, state, detail, controllable }) {
  return element(
    'li',
    { class: 'service', 'data-service': service, 'data-state': state },
    element('span', { class: 'lamp', 'aria-hidden': 'true' }),
    element(
      'span',
      { class: 'says' },
      element('strong', {}, name),
      element('span', { class: 'detail' }, state === 'slow' || state === 'outage' ? state : detail),
    ),
    controllable ? runButton(service, name, state) : undefined,
  );
}

/**
 * @param {string} service
 * @param {string} name
 * @param {string} state
 */
function runButton(service, name, state) {
  const isDown = state === 'down';
  const button = element(
    'button',
    {
      type: 'button',
      class: 'run',
      'data-focus': 'run',
      'aria-label': `${isDown ? 'Start' : 'Stop'} the ${name.toLowerCase()}`,
    },
    isDown ? 'Start' : 'Stop',
  );
  if (state === 'stopping' || state === 'starting') button.setAttribute('aria-disabled', 'true');
  onPress(button, () => act(isDown ? 'start-service' : 'stop-service', { service }));
  return button;
}

/** @param {Fault} fault */
function faultSwitch({ action, label, on }) {
  const button = element(
    'button',
    { type: 'button', class: 'switch', 'aria-pressed': String(on), 'data-focus': action },
    label,
  );
  onPress(button, () => act(action, { on: !on }));
  return button;
}

/** @param {{ label: string, url: string }} where */
function link({ label, url }) {
  return element('li', {}, element('a', { href: url, target: '_blank', rel: 'noreferrer' }, label));
}
