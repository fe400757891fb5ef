/**
 * Where a value that was read from JSON has an integer which a double cannot hold, so that it is another one now
 * (`9007199254740993` becomes `…992`). What the value no longer has, an unknown field, does not count.
 * @param text the JSON text.
 * @param read what a validator made of it.
 * @returns JSON pointers.
 */
export function inexactIntegers(text: string, read: unknown): string[] {
  if (!/\d{16}/.test(text)) return [];
  const found: string[] = [];
  const visit = (value: unknown, kept: unknown, path: string): void => {
    if (value instanceof Inexact) {
      if (typeof kept === 'number') found.push(path);
    } else if (typeof value === 'object' && value !== null && typeof kept === 'object' && kept !== null) {
      for (const [key, inner] of Object.entries(value)) {
        // A validator keeps names and positions.
        const other: unknown = Object.getOwnPropertyDescriptor(kept, key)?.value;
        visit(inner, other, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }
    }
  };
  visit(JSON.parse(text, marked), read, '');
  return found;
}

class Inexact {}

/** A reviver (ECMAScript, JSON.parse source text access). */
function marked(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || !/^-?\d+$/.test(source)) return value;
  return Number.isFinite(value) && BigInt(source) !== BigInt(value) ? new Inexact() : value;
}
