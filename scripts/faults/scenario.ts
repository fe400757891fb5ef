import type { Cluster, ClusterOptions } from './cluster.ts';

/** The results of a scenario, to be judged. */
export interface Aftermath {
  /** The members whose messages and roles are compared with their subscriptions at Stripe. */
  readonly memberIds: readonly string[];
  /** Deliveries that are rightly parked. */
  readonly parked?: number;
  /** Further rows of the report, `name: value`. */
  readonly notes?: readonly string[];
  /** The faults that the scenario itself found. */
  readonly faults?: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly cluster?: ClusterOptions;
  /** False for what is not meant to end with everything delivered. */
  readonly drains?: boolean;
  run(cluster: Cluster): Promise<Aftermath>;
}
