/** A number of sixteen digits or more: one of fewer fits into a double, and an id of Discord stands in quotes. */
const MANY_DIGITS = /(?:^|[:,[\s])-?\d{16}/;

/**
 * `JSON.parse`, except that an integer which a double cannot hold (`9007199254740993` would become `…992`) is a bigint.
 * No schema of a number accepts one; where the document allows any value it stays, and `withNumbers` ends it. A text that
 * is nested deeper than the stack is parsed as usual.
 * @throws {SyntaxError}
 */
export function parseExactly(text: string): unknown {
  if (!MANY_DIGITS.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(text, exactly);
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}

/** A reviver (ECMAScript, JSON.parse source text access). */
function exactly(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (inexact(context?.source ?? '', value) ?? value) : value;
}

/** The integer that a text means, `1` or `1.0`, where the number that was read of it is another one. */
export function inexact(source: string, read: number): bigint | undefined {
  const digits = /^([-+]?\d+)(?:\.0+)?$/.exec(source)?.[1];
  if (digits === undefined || !Number.isFinite(read)) return undefined;
  return BigInt(digits) === BigInt(read) ? undefined : BigInt(digits);
}

/** The message of a fault, instead of zod's "received bigint". */
export const INEXACT = 'Invalid input: too many digits to be read exactly';
export const isInexact = (message: string): boolean => message.endsWith('received bigint');

/** A validated value with numbers for the bigints of `parseExactly`; changed in place. @param text what it was read from. */
export function withNumbers(value: unknown, text: string): unknown {
  if (!MANY_DIGITS.test(text)) return value;
  const root = { value };
  const ahead: object[] = [root];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    for (const [key, inner] of Object.entries(next)) {
      if (typeof inner === 'bigint') Object.defineProperty(next, key, { value: Number(inner) });
      else if (typeof inner === 'object' && inner !== null) ahead.push(inner);
    }
  }
  return root.value;
}
