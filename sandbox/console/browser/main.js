// @ts-check
import { keepAges } from './ages.js';
import { drawConversation } from './conversation.js';
import { drawDeliveries } from './deliveries.js';
import { part } from './dom.js';
import { drawEvents } from './events.js';
import { drawMembers, listenToForm } from './members.js';
import { onSelect, selected } from './selection.js';
import { drawServices } from './services.js';

const RECONNECT_MS = 1000;

/** @type {import('../snapshot.ts').Snapshot | undefined} */
let latest;

function draw() {
  if (!latest) return;
  const chosen = latest.members.find(({ discordId }) => discordId === selected()) ?? latest.members[0];
  drawServices(latest);
  drawMembers(latest, chosen?.discordId ?? '');
  drawConversation(chosen);
  drawDeliveries(latest);
  drawEvents(latest);
}

/** Draws every state that the server sends, for as long as the page is open. */
function follow() {
  const source = new EventSource('/stream');
  source.addEventListener('open', () => show('live'));
  source.addEventListener('snapshot', ({ data }) => {
    latest = JSON.parse(data);
    draw();
  });
  source.addEventListener('error', () => {
    show('reconnecting');
    if (source.readyState !== EventSource.CLOSED) return;
    // The browser has given up; we have not.
    setTimeout(follow, RECONNECT_MS);
  });
}

/** @param {string} state */
function show(state) {
  const place = part('connection');
  if (place.textContent !== state) place.textContent = state;
  place.dataset.state = state;
}

follow();
onSelect(draw);
listenToForm();
keepAges();
