// @ts-check
import { act, onPress } from './act.js';
import { element } from './dom.js';

/** @param {import('../snapshot.ts').Offer} offer */
export function offerButton({ action, label, body, tone }) {
  const button = element(
    'button',
    { type: 'button', class: `offer ${tone}`, 'data-focus': `${action} ${label}` },
    label,
  );
  onPress(button, () => act(action, body));
  return button;
}
