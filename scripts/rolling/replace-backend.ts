import { Agent } from 'node:http';
import type { Cluster } from '../faults/cluster.ts';
import { until } from '../faults/drain.ts';
import { ask } from './ask.ts';

export type Backends = ReturnType<typeof deployBackends>;

/** Needs a cluster of two places of which the first runs. */
export function deployBackends(cluster: Cluster) {
  const stopMs: number[] = [];
  let at = 0;
  const place = (index: number) => {
    const slot = cluster.replicas[index];
    const ports = cluster.replicaPorts[index];
    if (slot === undefined || ports === undefined) throw new Error('The cluster has fewer than two places');
    return { slot, ports };
  };
  return {
    /** SIGTERM to exit of each replaced process. */
    stopMs,
    /** Replaces the running backend by a new one, as a platform with overlapping deployments does. */
    replace: async (overrides?: Readonly<Record<string, string>>) => {
      const old = place(at);
      at = 1 - at;
      const next = place(at);
      const launched = next.slot.launch(overrides);
      await Promise.race([
        until(() => isHealthy(next.ports.port), Boolean),
        launched.exited.then((code) => Promise.reject(new Error(`The new backend ended with ${code}`))),
      ]);
      cluster.route(at);
      const startedAt = performance.now();
      const code = await old.slot.kill('SIGTERM');
      stopMs.push(performance.now() - startedAt);
      if (code !== 0) throw new Error(`${old.slot.name} ended with ${code} instead of 0`);
    },
  };
}

/** Whether `/healthz` answers 200. */
const isHealthy = (port: number): Promise<boolean> =>
  ask(new Agent(), `http://127.0.0.1:${port}/healthz`, {}, [200]).then(
    () => true,
    () => false,
  );
