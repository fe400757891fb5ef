import { type AdoptOptions, adoptWaiting } from './adopt.ts';
import type { CompareOptions, CompareParts, Comparison } from './compare-account.ts';
import { runComparison } from './run-comparison.ts';

export interface ImportOptions extends Pick<CompareOptions, 'dry' | 'force'>, Pick<AdoptOptions, 'onProgress'> {
  readonly onCompared?: (comparison: Comparison) => void;
}

/** Not repeated by itself. */
const NEVER_MS = 365 * 24 * 60 * 60 * 1_000;

/**
 * Adopts a Stripe account: whatever differs from what is stored is synced silently, state and roles, no messages. Run
 * again it finds nothing, or what an interrupted one left.
 * @returns the comparison, and how many customers still wait (0 when it is whole).
 */
export async function importAccount(
  parts: CompareParts,
  { dry, force, onProgress, onCompared }: ImportOptions,
): Promise<{ readonly comparison: Comparison; readonly waiting: number }> {
  const comparison = await runComparison(parts, 'import', { dry, force, everyMs: NEVER_MS });
  onCompared?.(comparison);
  if (dry || comparison.stopped !== null) return { comparison, waiting: 0 };
  return { comparison, waiting: await adoptWaiting(parts, { signal: parts.signal, onProgress }) };
}
