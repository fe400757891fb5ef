import type { Spread } from '../measure/rounds.ts';

/** One thing that was measured. */
export interface Row {
  readonly name: string;
  readonly value: Spread;
  readonly unit: 'µs' | 'ms' | 'MB' | 's' | 'events/s';
  /** Against the section's base, from the same rounds: 1 is as good as the base, 2 twice as good. */
  readonly ratio?: Spread;
  readonly goal?: Goal;
}

export interface Goal {
  readonly of: 'value' | 'ratio';
  readonly bound: 'at least' | 'at most';
  readonly is: number;
}

export interface Section {
  readonly title: string;
  /** What the figures are, and against what the ratios. */
  readonly note: string;
  readonly rows: readonly Row[];
}

export function isMet({ value, ratio, goal }: Row): boolean | undefined {
  if (goal === undefined) return undefined;
  const reached = goal.of === 'value' ? value.median : (ratio?.median ?? Number.NaN);
  return goal.bound === 'at least' ? reached >= goal.is : reached <= goal.is;
}
