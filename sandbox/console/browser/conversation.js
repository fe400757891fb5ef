// @ts-check
import { element, part, setText } from './dom.js';
import { drawEmbed, drawLink } from './embed.js';
import { keyedList } from './keyed-list.js';

/** @typedef {import('../snapshot.ts').MessageView & { language: string }} Shown */

const list = keyedList(part('conversation'), (/** @type {Shown} */ { messageId }) => messageId, drawMessage);
let last = '';

/** @param {import('../snapshot.ts').MemberView | undefined} member */
export function drawConversation(member) {
  part('conversation-title').textContent = member ? `Moddy → ${member.name}` : 'Direct messages';
  part('conversation-about').textContent = member ? `as ${member.name} sees it` : '';
  setText('language-note', member?.languageNote ?? '');
  const messages = member?.messages ?? [];
  part('beginning').hidden = member === undefined;
  setText('conversation-empty', member && messages.length === 0 ? emptyText(member) : '');
  setText('conversation-absent', member ? '' : 'The bot is on the real Discord: its messages are there.');
  list(
    messages.map((message) => ({ ...message, language: member?.language ?? 'en' })),
    member?.discordId,
  );
  const newest = `${member?.discordId} ${messages.at(-1)?.messageId}`;
  if (newest === last) return;
  last = newest;
  const scroll = part('conversation-scroll');
  scroll.scrollTop = scroll.scrollHeight;
}

/** @param {import('../snapshot.ts').MemberView} member */
function emptyText({ name, isPresent, dmsOpen }) {
  if (!isPresent) return `No messages yet. ${name} is not on the server: a message waits until they join.`;
  if (!dmsOpen) return `No messages yet. ${name} does not accept direct messages.`;
  return `No messages yet. Choose a plan for ${name}, and Moddy writes here.`;
}

/** @param {Shown} message */
function drawMessage({ author, isBot, command, at, content, embeds, buttons, language }) {
  return element(
    'li',
    { class: command === null ? 'message' : 'message private' },
    isBot
      ? element('img', { class: 'portrait', src: '/moddy.svg', alt: '', width: '40', height: '40' })
      : element('span', { class: 'portrait', 'aria-hidden': 'true' }, author.slice(0, 1).toUpperCase()),
    element(
      'div',
      { class: 'body' },
      element(
        'p',
        { class: 'author' },
        element('strong', {}, author),
        isBot ? element('span', { class: 'app' }, 'APP') : undefined,
        element('time', { class: 'fixed', datetime: at }, clock(at)),
      ),
      command === null ? undefined : element('p', { class: 'command' }, command),
      content === '' ? undefined : element('p', {}, content),
      ...embeds.map((embed) => drawEmbed(embed, language)),
      buttons.length > 0 ? element('div', { class: 'links' }, ...buttons.map(drawLink)) : undefined,
      command === null ? undefined : element('p', { class: 'only' }, 'Only you can see this'),
    ),
  );
}

/** @param {string} at */
const clock = (at) => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
