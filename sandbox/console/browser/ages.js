// @ts-check
import { element } from './dom.js';

/** @param {string} at ISO 8601 */
export const age = (at) => element('time', { datetime: at, title: new Date(at).toLocaleString('en-GB') }, format(at));

/** @param {string} at */
function format(at) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

/** Lets every age on the page grow. */
export function keepAges() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time[datetime]')) {
      const text = format(time.getAttribute('datetime') ?? '');
      if (time.textContent !== text && !time.classList.contains('fixed')) time.textContent = text;
    }
  }, 1000);
}
