import type { Cluster, ClusterOptions } from './cluster.ts';

/** What a scenario leaves behind to be judged. */
export interface Aftermath {
  /** Whose messages and roles are compared with what Stripe says. */
  readonly memberIds: readonly string[];
  /** Deliveries that are rightly parked. */
  readonly parked?: number;
  /** Further rows of the report, `name: value`. */
  readonly notes?: readonly string[];
  /** What the scenario itself found wrong. */
  readonly faults?: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly cluster?: ClusterOptions;
  /** False for what is not meant to end with everything delivered. */
  readonly drains?: boolean;
  run(cluster: Cluster): Promise<Aftermath>;
}
