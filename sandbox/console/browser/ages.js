// @ts-check
import { element } from './dom.js';

/** @param {string} at ISO 8601 */
export const age = (at) =>
  element('time', { class: 'age', datetime: at, title: new Date(at).toLocaleString('en-GB') }, format(at));

/** @param {string} at ISO 8601 */
export const clock = (at) => new Date(at).toLocaleTimeString('en-GB');

/** @param {string} at */
function format(at) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Keeps every age on the page current. */
export function keepAges() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time.age')) {
      const text = format(time.getAttribute('datetime') ?? '');
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1000);
}
