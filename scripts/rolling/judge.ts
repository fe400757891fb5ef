import { setTimeout as delay } from 'node:timers/promises';
import { createPrometheus } from '../alerts/prometheus.ts';
import { type Cluster, startCluster } from '../faults/cluster.ts';
import { drain } from '../faults/drain.ts';
import { findings } from '../faults/truth.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { reasonOf, type Verdict } from '../system/run-proofs.ts';
import type { Part, Rounds } from './part.ts';
import { createTally } from './tally.ts';

export interface RollingVerdict extends Verdict {
  readonly rows: readonly { readonly kind: string; readonly asked: number; readonly failed: number }[];
}

/** Runs a part on a cluster of its own and compares what members have with what Stripe says they are entitled to. */
export async function judge(
  part: Part,
  rounds: Rounds,
  onStep: (done: number) => void = () => {},
): Promise<RollingVerdict> {
  const cluster = await startCluster({ replicas: 2, running: 1 });
  const tally = createTally();
  const alerts = watchAlerts(cluster);
  const rows = () => {
    const { asked, failures } = webhooks(cluster);
    return [{ kind: 'webhooks of Stripe', asked, failed: failures.length }, ...tally.rows()];
  };
  const { logs } = cluster;
  const failures = () => [...tally.failures(), ...webhooks(cluster).failures.slice(0, 5)];
  try {
    const { memberIds, notes = [], faults = [] } = await part.run(cluster, tally, rounds, onStep);
    const seconds = await drain(cluster);
    const found = await findings(cluster, memberIds);
    const { accepted, effects, lost, duplicated, outOfOrder } = found;
    return {
      rows: [...rows(), { kind: 'messages', asked: effects, failed: lost + duplicated + outOfOrder }],
      notes: [
        ...notes,
        `events accepted ${accepted}, messages ${effects}; lost ${lost}, duplicated ${duplicated}, out of order ${outOfOrder}`,
        `nothing pending ${seconds.toFixed(1)} s after the end`,
        ...(part.alerts === false
          ? []
          : [`alerts: none fired, pending for a moment: ${[...alerts.pending].join(', ') || 'none'}`]),
      ],
      faults: [
        ...faults,
        ...failures(),
        ...found.faults,
        ...(part.alerts === false ? [] : [...alerts.fired].map((alert) => `the alert ${alert} fired`)),
      ],
      logs,
    };
  } catch (error) {
    const faults = [`it did not come to its end: ${reasonOf(error)}`, ...failures()];
    return { rows: rows(), notes: [], faults, logs };
  } finally {
    await alerts.stop();
    await cluster.close();
  }
}

/** Webhooks that were not answered 2xx at once: Stripe would repeat them, but nobody should have to. */
export function webhooks({ stripe }: Cluster): { readonly asked: number; readonly failures: readonly string[] } {
  const attempts = stripe.deliveries.records.flatMap(({ attempts }) => attempts);
  const failed = attempts.filter(({ status = 0 }) => status < 200 || status > 299);
  return { asked: attempts.length, failures: failed.map(({ status = 'no answer', note }) => `${status} ${note}`) };
}

/** Scrapes both services once a second: a deployment is no incident. */
function watchAlerts(cluster: Cluster) {
  const prometheus = createPrometheus([
    { instance: 'backend', url: () => cluster.backendUrl, secret: LOCAL_SECRET },
    { instance: 'bot', url: () => `http://127.0.0.1:${cluster.botPorts.internalPort}`, secret: LOCAL_SECRET },
  ]);
  const [fired, pending] = [new Set<string>(), new Set<string>()];
  const stopping = new AbortController();
  const { signal } = stopping;
  const watch = async () => {
    let before = performance.now();
    while (!signal.aborted) {
      await delay(1_000, undefined, { signal }).catch(() => undefined);
      const now = performance.now();
      await prometheus.scrape((now - before) / 1_000);
      before = now;
      for (const alert of prometheus.pending()) pending.add(alert);
      for (const alert of prometheus.firing()) fired.add(alert);
    }
  };
  const watching = watch();
  return {
    fired,
    pending,
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}
