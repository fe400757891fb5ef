// @ts-check
import { calm, complain } from './alert.js';

/**
 * Does something; what goes wrong is said on the page.
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
 * A button that acts, once at a time.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<unknown>} run
 */
export function onPress(button, run) {
  button.addEventListener('click', async () => {
    // Not `disabled`: that would take the focus away.
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    await run();
    button.removeAttribute('aria-disabled');
  });
}
