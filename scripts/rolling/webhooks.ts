import type { Cluster } from '../faults/cluster.ts';

/** Webhooks that were not answered 2xx at once: Stripe would repeat them, but nobody should have to. */
export function webhooks({ stripe }: Cluster): { readonly asked: number; readonly failures: readonly string[] } {
  const attempts = stripe.deliveries.records.flatMap(({ attempts }) => attempts);
  const failed = attempts.filter(({ status = 0 }) => status < 200 || status > 299);
  return { asked: attempts.length, failures: failed.map(({ status = 'no answer', note }) => `${status} ${note}`) };
}
