// @ts-check
import { element } from './dom.js';

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

/** The parts of Discord's markdown that the bot writes: bold, code, and moments that each reader sees in their own time. */
const PATTERN = /\*\*(?<bold>.+?)\*\*|`(?<code>[^`]+)`|<t:(?<seconds>\d{1,11})(?::(?<style>[tTdDfFR]))?>/g;

/**
 * @param {string} text
 * @param {string} language
 * @returns {(Node | string)[]}
 */
function markdown(text, language) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(PATTERN)) {
    parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const { bold, code, seconds } = match.groups ?? {};
    if (bold !== undefined) parts.push(element('strong', {}, ...markdown(bold, language)));
    else if (code !== undefined) parts.push(element('code', {}, code));
    else parts.push(moment(Number(seconds), language));
  }
  return [...parts, text.slice(at)];
}

/**
 * @param {number} seconds
 * @param {string} language
 */
function moment(seconds, language) {
  const at = new Date(seconds * 1000);
  const text = at.toLocaleDateString(language, { day: 'numeric', month: 'long', year: 'numeric' });
  return element('time', { class: 'fixed', datetime: at.toISOString() }, text);
}
