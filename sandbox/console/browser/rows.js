// @ts-check
import { clock } from './ages.js';
import { element, part } from './dom.js';
import { keyedList } from './keyed-list.js';
import { select } from './selection.js';

/**
 * A list of rows, of which one at a time opens and shows what is behind it.
 * @template Item
 * @param {string} id of the list; `#<id>-new` says how many rows are held back
 * @param {(item: Item) => { key: string, discordId?: string, state: string }} about
 * @param {(item: Item) => HTMLElement[]} cells
 * @returns {(items: readonly Item[]) => void}
 */
export function openingRows(id, about, cells) {
  const place = part(id);
  /** @type {readonly Item[]} */
  let latest = [];
  /** @type {Set<string>} */
  let shown = new Set();
  let open = '';

  const list = keyedList(place, (/** @type {{ item: Item, isOpen: boolean }} */ { item }) => about(item).key, row);
  const draw = () => {
    // A row that arrives moves those below it: not under the pointer, which may be about to open one.
    const isHeld = matchMedia('(hover: hover)').matches && place.matches(':hover');
    const drawn = isHeld ? latest.filter((item) => shown.has(about(item).key)) : latest;
    shown = new Set(drawn.map((item) => about(item).key));
    const more = latest.length - drawn.length;
    part(`${id}-new`).textContent = more > 0 ? `${more} new` : '';
    list(drawn.map((item) => ({ item, isOpen: about(item).key === open })));
  };
  place.addEventListener('pointerleave', draw);

  /** @param {{ item: Item, isOpen: boolean }} shown */
  function row({ item, isOpen }) {
    const { key, discordId, state } = about(item);
    const line = element(
      'button',
      { type: 'button', class: 'line', 'aria-expanded': String(isOpen), 'data-focus': 'line' },
      ...cells(item),
    );
    line.addEventListener('click', () => {
      open = isOpen ? '' : key;
      draw();
    });
    const made = element('li', { class: 'row', 'data-state': state }, line);
    if (isOpen) {
      const detail = element('div', { class: 'detail' });
      made.append(detail);
      void show(detail, `/${id}/${encodeURIComponent(key)}`, discordId);
    }
    return made;
  }

  return (items) => {
    latest = items;
    draw();
  };
}

/** The last response, so that a row that is drawn anew is not empty until the next one. */
let last = { path: '', detail: /** @type {import('../snapshot.ts').DetailView | undefined} */ (undefined) };

/**
 * @param {HTMLElement} place
 * @param {string} path
 * @param {string | undefined} discordId
 */
async function show(place, path, discordId) {
  if (last.path === path && last.detail) place.replaceChildren(...drawDetail(last.detail, discordId));
  try {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(String(answer.status));
    const detail = await answer.json();
    const isAsDrawn = last.path === path && JSON.stringify(last.detail) === JSON.stringify(detail);
    last = { path, detail };
    if (!isAsDrawn || place.childElementCount === 0) place.replaceChildren(...drawDetail(detail, discordId));
  } catch {
    place.replaceChildren(element('p', { class: 'note' }, 'This cannot be read now.'));
  }
}

/**
 * @param {import('../snapshot.ts').DetailView} detail
 * @param {string | undefined} discordId
 */
function drawDetail({ facts, parts }, discordId) {
  const member = element(
    'button',
    { type: 'button', class: 'action plain', 'data-focus': 'member' },
    'Show the member',
  );
  member.addEventListener('click', () => select(discordId ?? ''));
  return [
    element('dl', {}, ...facts.map(([name, text]) => pair(name, text))),
    ...(discordId === undefined ? [] : [member]),
    ...parts.flatMap(({ title, payload, note, calls }) => [
      element('h3', {}, title),
      ...(payload === '' ? [] : [code(payload, `Payload of ${title}`)]),
      ...(note === '' ? [] : [element('p', { class: 'note' }, note)]),
      ...calls.map(drawCall),
    ]),
  ];
}

/** @param {import('../../wiretap.ts').Exchange} call */
function drawCall({
  at,
  method,
  path,
  requestHeaders,
  requestBody,
  durationMs,
  status,
  failure,
  responseHeaders,
  responseBody,
}) {
  const result = status === null ? (failure ?? 'no answer yet') : String(status);
  const isGood = status !== null && status < 300;
  return element(
    'section',
    { class: 'call' },
    element(
      'p',
      { class: 'call-line' },
      element('time', { class: 'fixed', datetime: at }, clock(at)),
      element('code', {}, `${method} ${path}`),
      element(
        'span',
        { class: `status ${isGood ? 'good' : status === null && failure === null ? '' : 'bad'}` },
        result,
      ),
      durationMs === null ? undefined : element('span', {}, `${durationMs} ms`),
    ),
    ...message('Request', requestHeaders, requestBody),
    ...message('Response', responseHeaders, responseBody),
  );
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} headers
 * @param {string} body
 */
function message(name, headers, body) {
  const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  if (lines.length === 0 && body === '') return [];
  return [
    element('h4', {}, name),
    code([...lines, ...(body === '' ? [] : ['', pretty(body)])].join('\n').trim(), name),
  ];
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/**
 * It scrolls, so the keyboard must reach it.
 * @param {string} text
 * @param {string} label
 */
const code = (text, label) => element('pre', { tabindex: '0', role: 'group', 'aria-label': label }, text);

/**
 * @param {string} name
 * @param {string} text
 */
const pair = (name, text) => element('div', {}, element('dt', {}, name), element('dd', {}, text));
