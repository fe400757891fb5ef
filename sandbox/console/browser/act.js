// @ts-check
import { element, part } from './dom.js';

/**
 * Does something; an error is shown on the page.
 * @param {string} action
 * @param {object} body
 * @returns {Promise<Record<string, unknown> | undefined>} undefined: it was rejected
 */
export async function act(action, body) {
  calm();
  try {
    const answer = await fetch(`/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const result = await answer.json();
    if (answer.ok) return result;
    complain(result.error);
  } catch {
    complain('The console does not answer: is make dev still running?');
  }
  return undefined;
}

/**
 * A button that acts, once at a time. It is never `disabled`, which would take the focus away.
 * @param {import('../snapshot.ts').ActionButton} button
 * @param {string} [text] what it says, where that is less than its label
 */
export function actionButton({ action, label, body, tone, isOffered, isOn }, text = label) {
  const button = element(
    'button',
    {
      type: 'button',
      class: `action ${tone}`,
      'aria-label': text === label ? undefined : label,
      'aria-disabled': isOffered ? undefined : 'true',
      'aria-pressed': isOn === undefined ? undefined : String(isOn),
      'data-focus': label,
    },
    text,
  );
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    await act(action, body);
    button.removeAttribute('aria-disabled');
  });
  return button;
}

/** @param {string} text */
function complain(text) {
  const dismiss = element('button', { type: 'button', 'aria-label': 'Dismiss' }, '×');
  dismiss.addEventListener('click', calm);
  part('alert').replaceChildren(element('p', {}, text), dismiss);
  part('alert').hidden = false;
}

function calm() {
  part('alert').hidden = true;
  part('alert').replaceChildren();
}
