/** A line that stands within others is indented by at most twenty columns. */
const WIDTH = 100;

/** A literal of TypeScript with single quotes. */
export const literal = (value: null | boolean | number | string): string =>
  typeof value === 'string'
    ? `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
    : JSON.stringify(value);

/** A key of an object literal, quoted where it must be. */
export const key = (name: string): string =>
  isIdentifier(name) || /^[1-9][0-9]{0,14}$/.test(name) ? name : literal(name);

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name);

/** A field of an object, `.name` or `['na-me']`. */
export const field = (name: string): string => (isIdentifier(name) ? `.${name}` : `[${literal(name)}]`);

/** `open a, b close` on one line where that fits, else one item a line. */
export function list(open: string, items: readonly string[], close: string): string {
  const line = `${open}${items.join(', ')}${close}`;
  if (!line.includes('\n') && line.length <= WIDTH) return line;
  return block(open.trimEnd(), items, close.trimStart());
}

/** One item a line; the lines of an item are indented with it. */
export function block(open: string, items: readonly string[], close: string): string {
  const inside = items.map((item) => `\n${item},`.replaceAll('\n', '\n  '));
  return [open, ...inside, items.length > 0 ? '\n' : '', close].join('');
}

/** Text that cannot end the comment it stands in. */
export const comment = (text: string): string => text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ').trim();
