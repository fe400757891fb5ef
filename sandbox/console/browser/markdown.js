// @ts-check
import { element } from './dom.js';

/** The parts of Discord's markdown that the bot writes: bold, code, and moments that each reader sees in their own time. */
const PATTERN = /\*\*(?<bold>.+?)\*\*|`(?<code>[^`]+)`|<t:(?<seconds>\d{1,11})(?::(?<style>[tTdDfFR]))?>/g;

/**
 * @param {string} text
 * @param {string} language
 * @returns {(Node | string)[]}
 */
export function markdown(text, language) {
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
