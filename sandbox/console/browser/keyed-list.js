// @ts-check

/**
 * Draws items into a container and touches only what changed: scroll position, focus and animations stay as they are.
 * @template Item
 * @param {HTMLElement} container
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => HTMLElement} draw
 * @returns {(items: readonly Item[], scene?: string) => void} what is there when a scene begins did not just arrive
 */
export function keyedList(container, keyOf, draw) {
  /** @type {Map<string, { text: string, node: HTMLElement }>} */
  let shown = new Map();
  /** @type {string | undefined} */
  let present;
  return (items, scene = '') => {
    const focused = document.activeElement;
    const owner = [...shown].find(([, { node }]) => node.contains(focused))?.[0];
    /** @type {typeof shown} */
    const next = new Map();
    for (const item of items) {
      const key = keyOf(item);
      const text = JSON.stringify(item);
      const old = shown.get(key);
      next.set(key, old?.text === text ? old : { text, node: draw(item) });
      if (!old && present === scene) next.get(key)?.node.classList.add('fresh');
    }
    for (const [key, { node }] of shown) if (next.get(key)?.node !== node) node.remove();
    let at = container.firstElementChild;
    for (const { node } of next.values()) {
      if (node === at) at = at.nextElementSibling;
      else container.insertBefore(node, at);
    }
    shown = next;
    present = scene;
    if (owner !== undefined && document.activeElement !== focused) giveBack(focused, next.get(owner)?.node);
  };
}

/**
 * A node that was drawn anew, or has moved, loses the focus: its successor gets it.
 * @param {Element | null} focused
 * @param {HTMLElement | undefined} node
 */
function giveBack(focused, node) {
  const name = focused instanceof HTMLElement ? focused.dataset.focus : undefined;
  // A button that is no longer offered leaves the focus with its card.
  const heir = node?.matches('[data-focus]')
    ? node
    : (node?.querySelector(`[data-focus="${CSS.escape(name ?? '')}"]`) ?? node?.querySelector('[data-focus]'));
  if (heir instanceof HTMLElement) heir.focus({ preventScroll: true });
}
