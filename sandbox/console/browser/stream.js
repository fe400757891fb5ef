// @ts-check
import { part } from './dom.js';

const RECONNECT_MS = 1000;

/**
 * Calls back with every state that the server sends, for as long as the page is open.
 * @param {(snapshot: import('../snapshot.ts').Snapshot) => void} draw
 */
export function follow(draw) {
  const source = new EventSource('/stream');
  source.addEventListener('open', () => show('live'));
  source.addEventListener('snapshot', ({ data }) => draw(JSON.parse(data)));
  source.addEventListener('error', () => {
    show('reconnecting');
    if (source.readyState !== EventSource.CLOSED) return;
    // The browser has given up; we have not.
    setTimeout(() => follow(draw), RECONNECT_MS);
  });
}

/** @param {string} state */
function show(state) {
  const place = part('connection');
  if (place.textContent !== state) place.textContent = state;
  place.dataset.state = state;
}
