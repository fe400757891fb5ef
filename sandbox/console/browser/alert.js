// @ts-check
import { element, part } from './dom.js';

/** @param {string} text */
export function complain(text) {
  const dismiss = element('button', { type: 'button', 'aria-label': 'Dismiss' }, '×');
  dismiss.addEventListener('click', calm);
  part('alert').replaceChildren(element('p', {}, text), dismiss);
  part('alert').hidden = false;
}

export function calm() {
  part('alert').hidden = true;
  part('alert').replaceChildren();
}
