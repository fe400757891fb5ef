// @ts-check

/** The selected member stands in the address: a reload, or a link, shows the same. */
export const selected = () => location.hash.slice(1);

/** @param {string} discordId */
export function select(discordId) {
  if (selected() !== discordId) location.replace(`#${discordId}`);
}

/** @param {() => void} listener */
export const onSelect = (listener) => window.addEventListener('hashchange', listener);
