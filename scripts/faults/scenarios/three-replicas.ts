import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const LOAD_MS = 15_000;

export const threeReplicas: Scenario = {
  name: 'three replicas, every webhook twice and out of order',
  cluster: { replicas: 3 },
  run: async (cluster) => {
    cluster.stripe.deliveries.copies = 2;
    cluster.stripe.deliveries.jitterMs = 500;
    const load = startLoad(cluster, { everyMs: 40 });
    await delay(LOAD_MS);
    await load.stop();
    return { memberIds: load.memberIds, notes: [`happenings: ${load.happenings()}`] };
  },
};
