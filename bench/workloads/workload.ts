import type { Section } from '../report/result.ts';

/** How thoroughly: rounds that count, and requests in each. */
export interface Effort {
  readonly rounds: number;
  readonly requests: number;
  /** Of a latency. */
  readonly samples: number;
}

export type Workload = (effort: Effort) => Promise<readonly Section[]>;
