import type { Operator } from './operators.ts';

/** A mutation that no test has to notice, since nobody could: in words that the run prints. */
export interface Accepted {
  readonly path: string;
  readonly operator: Operator;
  /** The changed text and what it becomes, as the run prints them; any change of that text without `after`. */
  readonly before: string;
  readonly after?: string;
  readonly reason: string;
}

export const ACCEPTED: readonly Accepted[] = [];
