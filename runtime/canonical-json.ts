import { isRecord } from './is-record.ts';

/**
 * One text per JSON value: keys sorted, undefined properties left out, -0 as 0, a bigint as its digits. Iterative, because a body of 64 KiB can
 * be nested deeper than the stack.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  const ahead: (string | { readonly value: unknown })[] = [{ value }];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (typeof next === 'string') parts.push(next);
    else if (Array.isArray(next.value)) {
      ahead.push(']');
      for (let index = next.value.length - 1; index >= 0; index -= 1) {
        ahead.push({ value: next.value[index] ?? null }, index > 0 ? ',' : '');
      }
      ahead.push('[');
    } else if (isRecord(next.value)) {
      const keys = sortedKeys(next.value);
      ahead.push('}');
      for (let index = keys.length - 1; index >= 0; index -= 1) {
        const key = keys[index] ?? '';
        ahead.push({ value: next.value[key] }, `${index > 0 ? ',' : ''}${JSON.stringify(key)}:`);
      }
      ahead.push('{');
    } else parts.push(typeof next.value === 'bigint' ? String(next.value) : (JSON.stringify(next.value) ?? 'null'));
  }
  return parts.join('');
}

/** Integer-like keys come first, as in every JavaScript object: the stored request hashes have this order. */
function sortedKeys(record: Record<string, unknown>): string[] {
  const defined = Object.keys(record).filter((key) => record[key] !== undefined);
  return Object.keys(Object.fromEntries(defined.sort().map((key) => [key, true])));
}
