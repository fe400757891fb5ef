import { type Cluster, startCluster } from '../faults/cluster.ts';
import { drain } from '../faults/drain.ts';
import { findings } from '../faults/truth.ts';
import type { Part } from './part.ts';
import { createTally } from './tally.ts';

export interface Verdict {
  readonly rows: readonly { readonly kind: string; readonly asked: number; readonly failed: number }[];
  readonly notes: readonly string[];
  readonly faults: readonly string[];
  /** The services' last complaints, for when something is wrong. */
  readonly complaints: readonly string[];
}

/** Runs a part on a cluster of its own and compares what members have with what Stripe says they are entitled to. */
export async function judge(part: Part, times: number, onStep: (done: number) => void = () => {}): Promise<Verdict> {
  const cluster = await startCluster({ replicas: 2, running: 1 });
  const tally = createTally();
  const rows = () => {
    const { asked, failures } = webhooks(cluster);
    return [{ kind: 'webhooks of Stripe', asked, failed: failures.length }, ...tally.rows()];
  };
  const complaints = () => cluster.logs.filter((line) => /"level":"(?:warn|error)"/.test(line)).slice(-15);
  const failures = () => [...tally.failures(), ...webhooks(cluster).failures.slice(0, 5)];
  try {
    const { memberIds, notes, faults } = await part.run(cluster, tally, times, onStep);
    const seconds = await drain(cluster);
    const found = await findings(cluster, memberIds);
    const { accepted, effects, lost, duplicated, outOfOrder } = found;
    return {
      rows: [...rows(), { kind: 'messages', asked: effects, failed: lost + duplicated + outOfOrder }],
      notes: [
        ...notes,
        `events accepted ${accepted}, messages ${effects}; lost ${lost}, duplicated ${duplicated}, out of order ${outOfOrder}`,
        `nothing owed ${seconds.toFixed(1)} s after the end`,
      ],
      faults: [...faults, ...failures(), ...found.faults],
      complaints: complaints(),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const faults = [`it did not come to its end: ${reason}`, ...failures()];
    return { rows: rows(), notes: [], faults, complaints: complaints() };
  } finally {
    await cluster.close();
  }
}

/** Webhooks that were not answered 2xx at once: Stripe would repeat them, but nobody should have to. */
export function webhooks({ stripe }: Cluster): { readonly asked: number; readonly failures: readonly string[] } {
  const attempts = stripe.deliveries.records.flatMap(({ attempts }) => attempts);
  const failed = attempts.filter(({ status = 0 }) => status < 200 || status > 299);
  return { asked: attempts.length, failures: failed.map(({ status = 'no answer', note }) => `${status} ${note}`) };
}
