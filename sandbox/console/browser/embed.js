// @ts-check
import { element } from './dom.js';
import { markdown } from './markdown.js';

/**
 * An embed as Discord draws it.
 * @param {import('../snapshot.ts').EmbedView} embed
 * @param {string} language
 */
export function drawEmbed({ title, description, colour, footer, fields }, language) {
  const drawn = element(
    'article',
    { class: 'embed' },
    title === '' ? undefined : element('h3', {}, ...markdown(title, language)),
    description === '' ? undefined : element('p', { class: 'description' }, ...markdown(description, language)),
    fields.length === 0 ? undefined : element('dl', {}, ...fields.map((field) => drawField(field, language))),
    footer === '' ? undefined : element('p', { class: 'footer' }, footer),
  );
  drawn.style.setProperty('--bar', colour);
  return drawn;
}

/**
 * @param {import('../snapshot.ts').EmbedView['fields'][number]} field
 * @param {string} language
 */
const drawField = ({ name, value, inline }, language) =>
  element(
    'div',
    { class: inline ? 'inline' : undefined },
    element('dt', {}, ...markdown(name, language)),
    element('dd', {}, ...markdown(value, language)),
  );

/** @param {{ label: string, url: string }} button */
export const drawLink = ({ label, url }) =>
  // The bot's link may be any; only what a browser opens as a page is made one.
  element(
    'a',
    { class: 'link', href: /^https?:/.test(url) ? url : undefined, target: '_blank', rel: 'noreferrer' },
    label,
  );
