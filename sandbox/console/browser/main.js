// @ts-check
import { keepAges } from './ages.js';
import { drawConversation } from './conversation.js';
import { drawDeliveries } from './deliveries.js';
import { drawEvents } from './events.js';
import { drawMembers, listenToForm } from './members.js';
import { onSelect, selected } from './selection.js';
import { drawServices } from './services.js';
import { follow } from './stream.js';

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

follow((snapshot) => {
  latest = snapshot;
  draw();
});
onSelect(draw);
listenToForm();
keepAges();
